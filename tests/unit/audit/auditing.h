// SPDX-License-Identifier: Apache-2.0
// auditing.h: small configurations, and what the audit says of them.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/audit/audit.h"
#include "stickyd/traefik/config_reader.h"

namespace stickyd {

// Answers of the API, made of members of their objects.
struct Answers {
  std::string routers;
  std::string services;
  std::string middlewares;
  std::string entry_points =
      R"([{"name": "web", "address": ":80"}, {"name": "websecure", "address": ":443", "http": {"tls": {}}}])";
  std::string version = "3.7.9";
  std::string overview;
  int second = 100;
};

inline std::string Servers(const std::vector<std::string>& urls) {
  std::string out;
  for (const std::string& url : urls) {
    out += (out.empty() ? "" : ", ") + fmt::format(R"({{"url": "{}"}})", url);
  }
  return out;
}

inline const std::vector<std::string> kTwo = {"http://10.0.0.1:80", "http://10.0.0.2:80"};
inline const std::vector<std::string> kOthers = {"http://10.0.1.1:80", "http://10.0.1.2:80"};

// A load balancer; `cookie` is the body of sticky.cookie, "-" for none.
inline std::string Lb(std::string_view name, std::string_view cookie,
                      const std::vector<std::string>& urls = kTwo, std::string_view more = "") {
  const std::string sticky =
      cookie == "-" ? "" : fmt::format(R"("sticky": {{"cookie": {{{}}}}}, )", cookie);
  return fmt::format(R"("{}": {{"loadBalancer": {{{}"servers": [{}]{}{}}}}})", name, sticky,
                     Servers(urls), more.empty() ? "" : ", ", more);
}

// A service of services, each NAME or NAME=WEIGHT; `more` is the rest of its body.
inline std::string Weighted(std::string_view name, const std::vector<std::string>& children,
                            std::string_view more = "") {
  std::string list;
  for (const std::string& child : children) {
    const size_t equals = child.find('=');
    list += fmt::format(R"({}{{"name": "{}", "weight": {}}})", list.empty() ? "" : ", ",
                        child.substr(0, equals),
                        equals == std::string::npos ? "1" : child.substr(equals + 1));
  }
  return fmt::format(R"("{}": {{"weighted": {{"services": [{}]{}{}}}}})", name, list,
                     more.empty() ? "" : ", ", more);
}

inline std::string Route(std::string_view name, std::string_view service, std::string_view rule,
                         std::string_view more = R"("entryPoints": ["web"])") {
  return fmt::format(R"("{}": {{"service": "{}", "rule": "{}", {}}})", name, service, rule, more);
}

inline AuditInput::Config Configure(const Answers& answers) {
  ApiAnswers api;
  api.rawdata = fmt::format(R"({{"routers": {{{}}}, "services": {{{}}}, "middlewares": {{{}}}}})",
                            answers.routers, answers.services, answers.middlewares);
  api.entry_points = answers.entry_points;
  api.version = fmt::format(R"({{"Version": "{}"}})", answers.version);
  api.overview = answers.overview;
  api.time = EventTime(std::chrono::seconds(answers.second));
  auto config = ReadConfig(api);
  EXPECT_TRUE(config.has_value()) << config.error().message << "\n" << api.rawdata;
  return std::make_shared<TraefikConfig>(config ? std::move(*config) : TraefikConfig());
}

// What a rule says of one configuration, in the order of the audit.
inline std::vector<Finding> Ask(std::string_view rule, const AuditInput& input) {
  std::vector<Finding> out;
  for (Finding& finding : Audit(input)) {
    if (finding.rule->id == rule) out.push_back(std::move(finding));
  }
  return out;
}
inline std::vector<Finding> Ask(std::string_view rule, const Answers& answers) {
  return Ask(rule, AuditInput{{Configure(answers)}, {}, {}});
}

// One service behind one router of one host.
inline Answers OneService(std::string_view cookie,
                          std::string_view rule = "Host(`a.example.com`)") {
  Answers answers;
  answers.routers = Route("r@file", "shop", rule);
  answers.services = Lb("shop@file", cookie);
  return answers;
}

// `error shop@file: text`; what a test expects of a finding.
MATCHER_P3(Says, level, service, part, "") {
  *result_listener << Name(arg.level) << " of " << arg.service << ": " << arg.text;
  return Name(arg.level) == std::string_view(level) && arg.service == service &&
         arg.text.find(part) != std::string::npos;
}

}  // namespace stickyd
