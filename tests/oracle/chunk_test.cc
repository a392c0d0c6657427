// SPDX-License-Identifier: Apache-2.0
// chunk_test: how the bytes of a log arrive, and how time passes in between, changes nothing that
// is said of any line: a finished file, or one that grows by chunks and is followed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <random>

#include "comparison.h"
#include "golden/recording.h"
#include "golden/small_logs.h"
#include "random_log.h"
#include "stickyd/feed/finished_logs.h"
#include "stickyd/source/followed_file.h"
#include "support/temp_dir.h"

namespace stickyd::oracle {
namespace {

#ifdef __SANITIZE_ADDRESS__  // which makes the tables of each run ten times as expensive
constexpr size_t kSplitEvery = 7;
#else
constexpr size_t kSplitEvery = 1;
#endif

using Words = std::map<uint64_t, std::string>;  // all that is said, by line

struct Reader {
  explicit Reader(const Settings& settings) {
    auto setup = SetUpPipeline(settings, &sink);
    EXPECT_TRUE(setup.has_value());
    pipeline = std::move(setup->pipeline);
  }
  Words Finish() {
    pipeline->Finish();
    Words words;
    for (const auto& [line, outcome] : sink.by_line) {
      const Judgement& judged = outcome.judgement;
      words[line] = fmt::format("{} {} {} {} {} {} {}", pipeline->servers().Name(outcome.server),
                                Name(judged.verdict), Name(judged.evidence),
                                pipeline->servers().Name(judged.pin), Name(judged.state),
                                Name(outcome.cause), judged.first_break);
    }
    return words;
  }

  Collector sink;
  std::unique_ptr<Pipeline> pipeline;
};

class ChunkTest : public testing::Test {
 protected:
  const TempDir folder_;
  const std::string path_ = (folder_.path() / "access.log").string();

  Words Batch(const Settings& settings, const std::string& text, size_t threads = 1) {
    std::ofstream(path_) << text;
    Reader run(settings);
    FinishedLogs files(RealFileSystem(), {path_}, {settings.pipeline.max_line_bytes, threads},
                       *run.pipeline);
    while (files.Step(7)) {
    }
    return run.Finish();
  }

  // `chunk`: how many bytes are written next.
  template <class Chunk>
  Words Followed(const Settings& settings, const std::string& text, Chunk chunk) {
    std::ofstream file(path_, std::ios::trunc);
    Reader run(settings);
    const LaneId source = run.pipeline->AddLane("log");
    FileLedger ledger;
    FollowedFile follower(RealFileSystem(), ledger, path_, settings.pipeline.max_line_bytes,
                          StartAt::kBeginning);
    FollowedFile::Clock::time_point now{};
    for (size_t at = 0; at < text.size();) {
      const size_t size = std::min<size_t>(chunk(), text.size() - at);
      file.write(text.data() + at, static_cast<std::streamsize>(size)).flush();
      at += size;
      follower.Check(now += std::chrono::milliseconds(1), Strangers::kRead);
      for (Line line; follower.Next(line);) Feed(*run.pipeline, source, line);
      CommitAll(*run.pipeline, source, run.pipeline->Drained(source, Pipeline::End::kForNow));
      run.pipeline->Advance(run.pipeline->now());
    }
    return run.Finish();
  }

  static void ExpectSame(const Words& followed, const Words& batch, uint64_t which) {
    ASSERT_EQ(followed.size(), batch.size()) << which;
    for (const auto& [line, said] : batch) {
      ASSERT_EQ(followed.at(line), said) << which << ", line " << line;
    }
  }

  // Time passes in silence, up to when the line is written.
  static void Feed(Pipeline& pipeline, LaneId source, const Line& line) {
    CommitAll(pipeline, source, pipeline.Prepare(source, 0, line));
  }
  static void CommitAll(Pipeline& pipeline, LaneId source, Pipeline::Prepared prepared) {
    for (; prepared.waits; prepared = pipeline.Next(source)) {
      const EventDuration silence = prepared.end - pipeline.now();
      if (silence > EventDuration(1) && silence < std::chrono::hours(48)) {
        pipeline.Advance(pipeline.now() + silence / 2);
        pipeline.Advance(prepared.end - EventDuration(1));
      }
      pipeline.Commit(source);
    }
  }
};

TEST_F(ChunkTest, EverySplitPointOfEverySmallLogSaysTheSame) {
  const Settings settings = SettingsOf({});
  for (const SmallLog& log : SmallLogs()) {
    if (log.name == "replicas") continue;
    const Words batch = Batch(settings, log.text);
    ASSERT_GT(batch.size(), 1U) << log.name;
    for (size_t split = 1; split < log.text.size(); split += kSplitEvery) {
      size_t next = split;
      const auto chunk = [&] { return std::exchange(next, log.text.size()); };
      ExpectSame(Followed(settings, log.text, chunk), batch, split);
    }
  }
}

TEST_F(ChunkTest, RandomChunksOfRandomLogsSayTheSame) {
  std::mt19937_64 random(1);
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const RandomLog log = MakeRandomLog(seed);
    const std::string text = Joined(log.lines);
    const Settings settings = SettingsOf(OptionsOf(log, folder_.path()));
    const Words batch = Batch(settings, text);
    const auto chunk = [&] { return 1 + random() % (random() % 2 == 0 ? 40 : 3000); };
    ExpectSame(Followed(settings, text, chunk), batch, seed);
    if (seed % 10 == 0) ExpectSame(Batch(settings, text, 2 + seed % 3), batch, seed);
  }
}

class ChunkCorpusTest : public ChunkTest,
                        public testing::WithParamInterface<std::filesystem::path> {};

TEST_P(ChunkCorpusTest, RandomChunksSayTheSame) {
  const Recording recording = LoadRecording(GetParam());
  const std::string text = Unpack(GetParam() / "access.log.xz");
  const Settings settings = SettingsOf(recording.options);
  const Words batch = Batch(settings, text);
  ASSERT_GT(batch.size(), 10U);
  for (const size_t threads : {2U, 4U}) ExpectSame(Batch(settings, text, threads), batch, threads);
  std::mt19937_64 random(1);
  for (const uint64_t most : {50U, 5000U, 200'000U}) {
    const auto chunk = [&] { return 1 + random() % most; };
    ExpectSame(Followed(settings, text, chunk), batch, most);
  }
}

INSTANTIATE_TEST_SUITE_P(Recordings, ChunkCorpusTest, testing::ValuesIn(RecordingPaths()),
                         RecordingName);

}  // namespace
}  // namespace stickyd::oracle
