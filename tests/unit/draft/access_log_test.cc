// SPDX-License-Identifier: Apache-2.0
#include "drafting.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What is said of an access log with these settings, beside a service that runs.
std::vector<std::string> SaidOf(const std::string& log) {
  return Said(AuditDraft({{"traefik.yml", "entryPoints: {web: {address: ':80'}}\n" + log},
                          {"a.yml",
                           "http: {routers: {a: {rule: 'Host(`a`)', service: a}}, "
                           "services: {a: {loadBalancer: {servers: [{url: "
                           "'http://10.0.0.1'}]}}}}\n"}}),
              "X5");
}

constexpr const char* kNames =
    "names: {cookie: keep, Set-Cookie: redact, User-Agent: keep, Referer: keep, Origin: keep, "
    "Sec-Fetch-Site: keep, Upgrade: keep}";

TEST(AccessLogTest, WhatItKeepsIsReadFromTheStaticConfiguration) {
  EXPECT_THAT(SaidOf(""), ElementsAre(HasSubstr("writes no access log")));
  EXPECT_THAT(SaidOf("accessLog: {}\n"), ElementsAre(HasSubstr("in the common format")));
  EXPECT_THAT(SaidOf("accessLog: {format: json}\n"),
              ElementsAre(HasSubstr("does not keep Cookie, Set-Cookie, User-Agent")));
  EXPECT_THAT(SaidOf("accessLog: {format: JSON, fields: {headers: {defaultMode: keep}}}\n"),
              IsEmpty());
  EXPECT_THAT(
      SaidOf(fmt::format("accessLog: {{format: json, fields: {{headers: {{{}}}}}}}\n", kNames)),
      IsEmpty());
}

TEST(AccessLogTest, FieldsAndFiltersAreToldOf) {
  EXPECT_THAT(SaidOf(fmt::format("accessLog: {{format: json, fields: {{defaultMode: drop, names: "
                                 "{{StartUTC: keep, Duration: keep, ServiceURL: keep, RouterName: "
                                 "keep}}, headers: {{{}}}}}}}\n",
                                 kNames)),
              ElementsAre(HasSubstr("does not keep ClientHost and RequestCount, without")));
  EXPECT_THAT(SaidOf("accessLog: {format: json, filters: {statusCodes: ['500']}, fields: {headers: "
                     "{defaultMode: keep}}}\n"),
              ElementsAre(HasSubstr("is filtered")));
}

TEST(AccessLogTest, FlagsSayTheSame) {
  const Audited audited = AuditText("compose.yml", R"(services:
  proxy:
    image: traefik:v3.7.9
    command:
      - --accesslog.format=json
      - --accesslog.fields.headers.defaultmode=keep
  a:
    image: a
    labels: [traefik.enable=true]
)");
  EXPECT_THAT(Said(audited, "X5"), IsEmpty());
}

}  // namespace
}  // namespace stickyd
