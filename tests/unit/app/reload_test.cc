// SPDX-License-Identifier: Apache-2.0
// reload_test: what SIGHUP and SIGUSR1 ask for: other settings, another file of events.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/temp_dir.h"
#include "watching.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using ReloadTest = Watching;

TEST_F(ReloadTest, ReloadFollowsOtherFiles) {
  files_.Create(kLog);
  Start({"--log", kLog});
  files_.Create("/other.log");
  reread_ = {"--log", "/other.log"};
  watcher_->RequestReload();
  Round();
  files_.Append("/other.log", ClfLine(0, 1, 1));
  files_.Append(kLog, ClfLine(0, 1, 1));
  Round();
  EXPECT_EQ(Lines(), 1U);
  EXPECT_TRUE(status().last_reload_successful);
  EXPECT_EQ(status().sources[0].name, "/other.log");
}

TEST_F(ReloadTest, ReloadWhileBehindDecidesOnWhatWasRead) {
  std::string backlog;
  for (int i = 0; i < 40'000; ++i) backlog += ClfLine(i / 100, static_cast<uint64_t>(i) + 1, 1);
  files_.Append(kLog, backlog);
  files_.Append("/b.log", ClfLine(450, 1, 1));
  Start({"--log", kLog, "--log", "/b.log", "--from", "beginning"});
  ASSERT_LT(Lines(), 40'000U);
  reread_ = {"--log", "/b.log"};
  watcher_->RequestReload();
  Round();
  EXPECT_EQ(status().pipeline.records, Lines());  // all lines here are records
}

TEST_F(ReloadTest, ReloadWithAMistakeChangesNothing) {
  files_.Create(kLog);
  Start({"--log", kLog});
  reread_ = {"--log", "/other.log", "--idle", "soon"};
  watcher_->RequestReload();
  Round();
  EXPECT_FALSE(status().last_reload_successful);
  files_.Create("/other.log");
  Round();
  files_.Append("/other.log", ClfLine(0, 1, 1));
  files_.Append(kLog, ClfLine(0, 1, 1));
  Round();
  EXPECT_EQ(status().sources[0].name, kLog);
  EXPECT_EQ(Lines(), 1U);
}

TEST_F(ReloadTest, ReloadWithAMissingSnapshotChangesNothing) {
  files_.Create(kLog);
  Start({"--log", kLog});
  reread_ = {"--log", "/other.log", "--traefik.snapshot", "/no/such/folder"};
  watcher_->RequestReload();
  Round();
  EXPECT_FALSE(status().last_reload_successful);
  EXPECT_EQ(status().sources[0].name, kLog);
}

TEST_F(ReloadTest, RoundsGoOnWhileSnapshotsAreRead) {
  files_.Create(kLog);
  Start({"--log", kLog});
  files_.Append("/snapshots/rawdata.json", R"({"routers": {"r@file": {"service": "s"}},
      "services": {"s@file": {"loadBalancer": {"servers": [{"url": "http://a:80"}]}}}})");
  files_.Create("/other.log");
  reread_ = {"--log", "/other.log", "--traefik.snapshot", "/snapshots"};
  hold_ = true;
  watcher_->RequestReload();
  Round();
  files_.Append(kLog, ClfLine(0, 1, 1));
  Round();
  EXPECT_EQ(Lines(), 1U);
  EXPECT_EQ(status().sources[0].name, kLog) << "nothing has changed yet";
  EXPECT_TRUE(status().configured.empty());
  waker_.woken = false;
  RunAside();
  EXPECT_TRUE(waker_.woken);
  Round();
  EXPECT_EQ(status().sources[0].name, "/other.log");
  EXPECT_EQ(status().configured.size(), 1U);
}

TEST_F(ReloadTest, ReloadAskedForMeanwhileComesAfterwards) {
  files_.Create(kLog);
  Start({"--log", kLog});
  hold_ = true;
  watcher_->RequestReload();
  Round();
  reread_ = {"--log", kLog, "--idle", "soon"};
  watcher_->RequestReload();
  Round();
  EXPECT_TRUE(status().last_reload_successful);
  RunAside();
  Round();
  EXPECT_FALSE(status().last_reload_successful);
}

TEST_F(ReloadTest, ReloadsFollowEachOtherASecondApartAndNoneIsForgotten) {
  files_.Create(kLog);
  Start({"--log", kLog});
  reread_ = {"--idle", "soon"};
  watcher_->RequestReload();
  Round();
  EXPECT_FALSE(status().last_reload_successful);
  reread_ = {"--log", kLog};
  watcher_->RequestReload();
  Round(milliseconds(100));
  EXPECT_FALSE(status().last_reload_successful);
  Round(milliseconds(1000));
  EXPECT_TRUE(status().last_reload_successful);
}

TEST_F(ReloadTest, EventsGoToANewFileWhenReopened) {
  const TempDir temp;
  const std::filesystem::path events = temp.path() / "events.json";
  const auto lines_in = [](const std::filesystem::path& path) {
    std::ifstream in(path);
    return std::count(std::istreambuf_iterator<char>(in), {}, '\n');
  };
  files_.Create(kLog);
  Start({"--log", kLog, "--events", events.string()});
  files_.Append(kLog, ClfLine(0, 1, 1) + ClfLine(10, 2, 2) + ClfLine(100, 3, 2, "2.2.2.2"));
  Round();
  EXPECT_EQ(lines_in(events), 1);
  std::filesystem::rename(events, temp.path() / "events.json.1");
  watcher_->RequestReopen();
  files_.Append(kLog, ClfLine(110, 4, 1) + ClfLine(200, 5, 2, "2.2.2.2"));
  Round();
  EXPECT_EQ(lines_in(events), 1);
  EXPECT_EQ(lines_in(temp.path() / "events.json.1"), 1);
  EXPECT_EQ(status().events_written, 2U);
}

TEST_F(ReloadTest, EventsThatCannotBeReopenedAreCountedAndTheDaemonGoesOn) {
  const TempDir temp;
  const std::filesystem::path folder = temp.path() / "events";
  std::filesystem::create_directory(folder);
  files_.Create(kLog);
  Start({"--log", kLog, "--events", (folder / "e.json").string()});
  std::filesystem::remove_all(folder);
  watcher_->RequestReopen();
  files_.Append(kLog, ClfLine(0, 1, 1));
  Round();
  EXPECT_EQ(status().events_failed, 1U);
  EXPECT_EQ(Lines(), 1U);
}

}  // namespace
}  // namespace stickyd
