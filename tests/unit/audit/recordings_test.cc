// SPDX-License-Identifier: Apache-2.0
// recordings_test: what the audit finds in the answers of real Traefik, faulty and healthy.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "auditing.h"

namespace stickyd {
namespace {

using Json = nlohmann::json;

AuditInput Recording(const std::string& name) {
  std::ifstream file(std::string(STICKYD_TEST_DATA) + "/audit/" + name + ".json");
  AuditInput input;
  for (const Json& step : Json::parse(file)) {
    ApiAnswers api;
    api.rawdata = step["rawdata"].dump();
    api.entry_points = step["entrypoints"].dump();
    api.version = step["version"].dump();
    api.overview = step["overview"].dump();
    api.time = EventTimeFromUnixNanoseconds(step["time"]["time_unix_ns"].get<int64_t>());
    auto config = ReadConfig(api);
    EXPECT_TRUE(config.has_value()) << name << ": " << config.error().message;
    if (config) input.configs.push_back(std::make_shared<TraefikConfig>(std::move(*config)));
  }
  return input;
}

// "error A2 cart@file", above info; those for information by id only.
struct Summary {
  std::vector<std::string> loud;
  std::set<std::string> quiet;
};
Summary Summarize(const AuditInput& input) {
  Summary out;
  for (const Finding& finding : Audit(input)) {
    if (finding.level == FindingLevel::kInfo) {
      out.quiet.emplace(finding.rule->id);
    } else {
      out.loud.push_back(
          fmt::format("{} {} {}", Name(finding.level), finding.rule->id, finding.service));
    }
  }
  std::sort(out.loud.begin(), out.loud.end());
  return out;
}

struct Expected {
  std::vector<std::string> loud;
  std::vector<std::string> quiet = {};
};
const std::map<std::string, Expected> kExpected = {
    {"healthy", {{}}},
    {"healthy_v2", {{}}},
    {"nested_healthy", {{}}},
    {"cross_site_done_right", {{}, {"A10"}}},
    {"nat", {{}}},
    {"behind_proxies", {{}}},

    {"rc1_not_sticky", {{"warning A1 my-app@file"}}},
    {"redacted", {{"warning A1 my-app@file"}}},
    {"rc1_sticky_empty", {{"error A3 webapp@file"}}},
    {"rc2_orphan", {{"error A2 cart-webstack@file"}}},
    {"rc3_cookie_path", {{"warning A11 cart@file"}}},
    {"rc4_cross_site_fetch", {{"warning A10 crm@file"}, {"X2"}}},
    {"rc4_none_without_secure", {{"error A8 my-app@file"}}},
    {"rc6_browser", {{"warning A9 webapp@file"}}},
    {"rc6_http_only", {{"error A9 crm@file"}}},
    {"rc6_secure_over_http", {{"warning A9 cart@file"}}},
    {"rc7_two_hosts", {{"warning A10 shop@file"}}},
    {"max_age", {{"warning A12 portal@file"}}},
    {"hrw", {{"error A4 webapp@file"}}},
    {"nested_child_plain", {{"error A6 shop@file"}}},
    {"nested_root_plain", {{"error A6 crm@file"}}},
    {"nested_root_plain_v2", {{"error A6 crm@file"}}},
    {"shared_name", {{"error A7 cart@file"}}},
    {"app_cookie_collision", {{"warning A16 my-app@file"}}},
    {"set_cookie_lost", {{"error X7 webapp@file"}}},
    {"renamed", {{"warning A19 my-app-v2@file"}, {"A17"}}},
    {"upgrade", {{"warning A19 "}}},

    {"swarm_vip", {{"warning A12 crm@file"}, {"A5"}}},
    {"two_services_one_pool", {{"warning S1 app-upload@file"}}},
    {"one_pool_sticky_and_plain", {{"warning A1 web@file"}, {"S2"}}},
    {"nginx_expires_frozen", {{}, {"S5"}}},
    {"nginx_canary_withdrawn",
     {{"warning S15 default-app-app-80-wrr@kubernetesingressnginx"}, {"S5"}}},
    {"crd_collision",
     {{"error A6 default-app-sticky@kubernetescrd", "warning S7 default-app-80@kubernetescrd",
       "warning S7 default-app-80@kubernetescrd"}}},
    {"domain_does_not_cover", {{"error S8 crm@file"}}},
    {"forwardauth_outposts", {{"warning S9 outposts@file"}}},
    {"failover_by_status", {{"warning S10 shop@file"}}},
    {"replicas_other_networks", {{}}},
    {"weighted_child_dead", {{"warning A13 blue@file", "warning S13 my-app@file"}}},
    {"blue_green_router_switch", {{"warning A19 shop-green@file"}}},
};

TEST(RecordingsTest, EachFaultIsFoundAndNothingElse) {
  for (const auto& [name, expected] : kExpected) {
    SCOPED_TRACE(name);
    const AuditInput input = Recording(name);
    ASSERT_FALSE(input.configs.empty());
    const Summary found = Summarize(input);
    EXPECT_EQ(found.loud, expected.loud);
    for (const std::string& id : expected.quiet) EXPECT_TRUE(found.quiet.contains(id)) << id;
  }
}

TEST(RecordingsTest, EachRecordingIsExpectedToSaySomething) {
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(STICKYD_TEST_DATA) + "/audit")) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_TRUE(kExpected.contains(entry.path().stem().string())) << entry.path();
  }
}

TEST(RecordingsTest, CrossSiteIsAnErrorWhereTheOperatorSaysSo) {
  AuditInput input = Recording("rc4_cross_site_fetch");
  input.embedded = {"api.example.org"};
  const Summary found = Summarize(input);
  EXPECT_THAT(found.loud, testing::Contains("error X2 crm@file"));
  input = Recording("cross_site_done_right");
  input.embedded = {"api.example.org"};
  EXPECT_THAT(Summarize(input).loud, testing::IsEmpty()) << "nothing more can be done there";
}

TEST(RecordingsTest, TheOtherReplicaIsMissed) {
  // The recording has the answers of one replica; the other one had these addresses.
  AuditInput input = Recording("replicas_other_networks");
  Answers other;
  other.routers = Route("shop@file", "shop", "Host(`app.solvethenetwork.com`)");
  other.services = Lb("shop@file", R"("name": "sticky.cart")",
                      {"http://127.143.9.11:8080", "http://127.143.9.12:8080", "http://x:8080"});
  input.replicas = {Configure(other)};
  EXPECT_EQ(Summarize(input).loud, std::vector<std::string>{"error S11 shop@file"});
}

TEST(RecordingsTest, FindingsKeepTheirFingerprintsInOtherOrdersAndAtOtherTimes) {
  for (const char* name : {"crd_collision", "nested_child_plain", "renamed"}) {
    SCOPED_TRACE(name);
    AuditInput input = Recording(name);
    std::set<std::string> first;
    for (const Finding& finding : Audit(input)) {
      EXPECT_EQ(finding.fingerprint.size(), 16U);
      EXPECT_TRUE(first.insert(finding.fingerprint).second) << finding.text << " is not alone";
    }
    input.configs.insert(input.configs.begin(), input.configs.front());
    input.configs.push_back(input.configs.back());
    std::set<std::string> again;
    for (const Finding& finding : Audit(input)) again.insert(finding.fingerprint);
    EXPECT_EQ(again, first);
  }
}

TEST(RecordingsTest, NewAddressesOfServersAreNoNewFindings) {
  const auto with = [](const char* address) {
    Answers answers;
    answers.routers = Route("r@docker", "shop", "Host(`a`)");
    answers.services = Lb("shop@docker", R"("name": "lb")", {address});
    return Ask("A5", answers);
  };
  EXPECT_EQ(with("http://10.0.0.1:80")[0].fingerprint, with("http://10.0.0.7:80")[0].fingerprint);
}

}  // namespace
}  // namespace stickyd
