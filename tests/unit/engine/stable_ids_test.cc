// SPDX-License-Identifier: Apache-2.0
// stable_ids_test: under one key a client of a service has one id: in every run, whatever else the
// log holds and in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "padded.h"
#include "stickyd/engine/pipeline.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

using Ids = std::map<std::string, uint64_t>;  // by service and client

class IdsSink : public OutcomeSink {
 public:
  void OnRecord(const Outcome& outcome, bool /*open*/) override { last = outcome; }
  void OnClosed(const Outcome& /*outcome*/) override {}
  Outcome last;
};

Ids IdsOf(const std::vector<std::string>& lines, const std::vector<std::string>& sessions) {
  IdsSink sink;
  PipelineOptions options;
  options.identifier.sessions = sessions;
  const auto pipeline = *Pipeline::Create(options, KeyedHash({}), &sink);
  const LaneId source = pipeline->AddLane("log");
  Ids ids;
  uint64_t number = 0;
  for (std::string text : lines) {
    while (text.ends_with('\n')) text.pop_back();
    pipeline->Feed(source, 0, Padded(text).line(++number));
    const std::string client = text.substr(0, text.find(' '));
    ids[pipeline->services().Name(sink.last.service) + ' ' + client] = sink.last.session;
  }
  return ids;
}

TEST(StableIdsTest, OrderOfServicesDoesNotMatter) {
  std::vector<std::string> lines;
  uint64_t count = 0;
  for (const char* service : {"cart@docker", "www@docker", "api@docker"}) {
    lines.push_back(ClfLine(0, ++count, 1, "10.0.0.9", service));
    lines.push_back(ClfLine(0, ++count, 1, "2001:db8::9", service));
  }
  const Ids ids = IdsOf(lines, {"auto"});
  ASSERT_EQ(ids.size(), 6U);
  std::set<uint64_t> different;
  for (const auto& [whose, id] : ids) different.insert(id);
  EXPECT_EQ(different.size(), 6U);  // one client is somebody else to each service
  std::reverse(lines.begin(), lines.end());
  EXPECT_EQ(IdsOf(lines, {"auto"}), ids);
  EXPECT_EQ(IdsOf({lines[1]}, {"auto"}), (Ids{*ids.find("api@docker 10.0.0.9")}));
}

// The one of three sessions that a line has is the same person, whatever else --session names.
TEST(StableIdsTest, OrderOfSessionsDoesNotMatter) {
  const auto line = [](const char* user) {
    return fmt::format(
        "10.0.0.9 - {} [05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 1 "
        "\"shop@docker\" \"http://10.1.0.1:80\" 0ms",
        user);
  };
  const Ids alone = IdsOf({line("ann")}, {"username"});
  EXPECT_EQ(IdsOf({line("ann")}, {"cookie:sid", "tls-subject", "username"}), alone);
  EXPECT_NE(IdsOf({line("bob")}, {"username"}), alone);
  EXPECT_NE(IdsOf({line("ann")}, {"none"}), alone);
}

}  // namespace
}  // namespace stickyd
