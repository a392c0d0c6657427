// SPDX-License-Identifier: Apache-2.0
// option_use_test: which options have met something, and which are still named as idle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "padded.h"
#include "stickyd/engine/pipeline.h"
#include "support/json_line.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class OptionUseTest : public testing::Test {
 protected:
  std::vector<std::string> IdleAfter(const std::vector<JsonRequest>& requests) {
    auto pipeline = *Pipeline::Create(options_, KeyedHash({}), nullptr);
    const LaneId lane = pipeline->AddLane("log");
    uint64_t count = 0;
    for (const JsonRequest& request : requests) {
      std::string line = JsonLine(request, ++count);
      line.pop_back();
      pipeline->Feed(lane, 0, Padded(line).line(count));
    }
    return pipeline->Stats(Pipeline::Windows::kSum).idle_options;
  }
  PipelineOptions options_;
};

TEST_F(OptionUseTest, AClientIsExcludedByTheAddressThatItsProxyNames) {
  options_.identifier.trusted_proxies = {"1.1.1.1"};
  options_.identifier.exclude.clients = {"7.7.7.7", "1.1.1.1"};
  EXPECT_THAT(IdleAfter({{.more = R"(,"ClientHost":"7.7.7.7, 1.1.1.1")"}}),
              ElementsAre("--exclude.client 1.1.1.1"));
  options_.identifier.trusted_proxies = {};
  EXPECT_THAT(IdleAfter({{.more = R"(,"ClientHost":"7.7.7.7, 1.1.1.1")"}}),
              ElementsAre("--exclude.client 7.7.7.7"));
}

TEST_F(OptionUseTest, EachIdentityWaitsForItself) {
  options_.identifier.sessions = {"cookie:a", "header:X-User", "cookie:b", "username"};
  EXPECT_THAT(IdleAfter({{}}), ElementsAre("--session cookie:a", "--session header:X-User",
                                           "--session cookie:b", "--session username"));
  EXPECT_THAT(IdleAfter({{.cookie = "b=1"}}),
              ElementsAre("--session cookie:a", "--session header:X-User", "--session username"));
  EXPECT_THAT(IdleAfter({{.cookie = "a=1; b=2", .more = R"(,"request_X-User":"u")"}}),
              ElementsAre("--session username"));
  EXPECT_THAT(IdleAfter({{.cookie = "a=1"},
                         {.start_ms = 1, .cookie = "b=1"},
                         {.start_ms = 2, .more = R"(,"request_X-User":"u")"},
                         {.start_ms = 3, .more = R"(,"ClientUsername":"ann")"}}),
              IsEmpty());
}

TEST_F(OptionUseTest, WhatIsNoNameWaitsForNothing) {
  for (const char* word : {"auto", "none"}) {
    options_.identifier.sessions = {word};
    EXPECT_THAT(IdleAfter({{}}), IsEmpty()) << word;
  }
}

// Of two exclusions that meet one record both are of use.
TEST_F(OptionUseTest, WhatAnotherExclusionHidesCountsToo) {
  options_.identifier.exclude.paths = {"^/health$"};
  options_.identifier.exclude.user_agents = {"^Probe"};
  options_.identifier.exclude.clients = {"1.1.1.0/24"};
  options_.identifier.exclude.services = {"shop@file"};
  EXPECT_THAT(IdleAfter({{.path = "/health", .agent = "Probe/1"}}), IsEmpty());
  EXPECT_THAT(
      IdleAfter({{.client = "2.2.2.2", .path = "/", .agent = "A", .service = "other@file"}}),
      ElementsAre("--exclude.path ^/health$", "--exclude.user-agent ^Probe",
                  "--exclude.client 1.1.1.0/24", "--exclude.service shop@file"));
}

TEST_F(OptionUseTest, RootsHaveTheirProviderOrNot) {
  options_.interpreter.roots = {"shop", "shop@docker", "web@file", "we"};
  EXPECT_THAT(IdleAfter({{}}), ElementsAre("--root web@file", "--root we"));
  EXPECT_THAT(IdleAfter({{.router = "web@file"}}),
              ElementsAre("--root shop", "--root shop@docker", "--root we"));
  EXPECT_THAT(IdleAfter({{.router = "web"}}),
              ElementsAre("--root shop", "--root shop@docker", "--root we"));
}

TEST_F(OptionUseTest, MapsMatchWholeRouters) {
  options_.interpreter.service_map = {{"shop", "a"}, {"shop@.*", "b"}};
  EXPECT_THAT(IdleAfter({{}}), ElementsAre("--service.map shop=a"));
}

}  // namespace
}  // namespace stickyd
