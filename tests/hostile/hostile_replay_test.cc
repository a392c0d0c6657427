// SPDX-License-Identifier: Apache-2.0
// hostile_replay_test: what hostile clients made real Traefiks write, once more
// (tests/data/hostile, made by hostile_live_test with STICKYD_KEEP).
#include <gtest/gtest.h>

#include "golden/recording.h"
#include "hostile_log.h"

namespace stickyd {
namespace {

std::vector<std::filesystem::path> HostileRecordings() {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path folder = STICKYD_TEST_DATA "/hostile";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class HostileReplayTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(HostileReplayTest, NobodyMakesUpWhatDidNotHappen) {
  HostileLog(Unpack(GetParam() / "access.log.xz"),
             HostileLog::ReadRequests(Unpack(GetParam() / "requests.tsv.xz")))
      .Check();
}

INSTANTIATE_TEST_SUITE_P(Recordings, HostileReplayTest, testing::ValuesIn(HostileRecordings()),
                         RecordingName);

}  // namespace
}  // namespace stickyd
