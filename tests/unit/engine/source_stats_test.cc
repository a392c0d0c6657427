// SPDX-License-Identifier: Apache-2.0
// source_stats_test: what the pipeline counts of a source's lines, whatever their verdicts.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "padded.h"
#include "stickyd/engine/inspector.h"
#include "stickyd/engine/pipeline.h"
#include "support/json_line.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SourceCountsTest : public testing::Test {
 protected:
  void Use(const PipelineOptions& options) {
    pipeline_ = *Pipeline::Create(options, KeyedHash({}), nullptr);
    lane_ = pipeline_->AddLane("log");
    number_ = 0;
  }
  void Feed(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    pipeline_->Feed(lane_, 0, Padded(text).line(++number_));
  }
  void FeedJson(const JsonRequest& request) { Feed(JsonLine(request, ++count_)); }
  SourceStats source(size_t i = 0) {
    return pipeline_->Stats(Pipeline::Windows::kSum).sources.at(i);
  }
  uint64_t Unparsed(UnparsedReason reason) {
    return source().unparsed[static_cast<size_t>(reason)];
  }
  uint64_t Skipped(SkipReason reason) { return source().skipped[static_cast<size_t>(reason)]; }

  std::unique_ptr<Pipeline> pipeline_ = *Pipeline::Create({}, KeyedHash({}), nullptr);
  LaneId lane_ = pipeline_->AddLane("log");
  uint64_t number_ = 0;  // of lines
  uint64_t count_ = 0;   // of requests
};

TEST_F(SourceCountsTest, SourceIsUnreadableWhileNobodyCanReadItsLines) {
  for (int i = 0; i < 19; ++i) Feed("what is this?");
  for (int i = 0; i < 5; ++i) Feed("");  // not strange
  EXPECT_TRUE(source().IsReadable());
  Feed("what is this?");
  EXPECT_FALSE(source().IsReadable());
  EXPECT_EQ(Unparsed(UnparsedReason::kNotAccessLog), 20U);
  EXPECT_EQ(Skipped(SkipReason::kEmpty), 5U);
  EXPECT_EQ(source().lines, 25U);
  FeedJson({});
  EXPECT_TRUE(source().IsReadable());
  EXPECT_EQ(source().parsed, 1U);
  ASSERT_EQ(source().unparsed_places.size(), 3U);
  EXPECT_EQ(source().unparsed_places[2].line, 3U);
  for (int i = 0; i < 999; ++i) Feed("what is this?");
  EXPECT_TRUE(source().IsReadable());
  FeedJson({.start_ms = 10});
  for (int i = 0; i < 999; ++i) Feed("what is this?");
  EXPECT_TRUE(source().IsReadable()) << "in a row";
  Feed("what is this?");
  EXPECT_FALSE(source().IsReadable());
}

// A client writes as many of those as it likes.
TEST_F(SourceCountsTest, LinesThatAClientCanMakeAreNotStrange) {
  for (int i = 0; i < 30; ++i) Feed("6.6.6.6 - half of");
  EXPECT_EQ(Unparsed(UnparsedReason::kFragment), 30U);
  EXPECT_TRUE(source().IsReadable());
}

TEST_F(SourceCountsTest, LaneThatIsGoneMakesItsSourceReadableAgain) {
  FeedJson({});
  const LaneId other = pipeline_->AddLane("log");
  for (uint64_t i = 1; i <= 20; ++i) pipeline_->Feed(other, 0, Padded("what?").line(i));
  EXPECT_FALSE(source().IsReadable());
  pipeline_->DropLane(other);
  EXPECT_TRUE(source().IsReadable());
  EXPECT_EQ(source().lines, 21U);
}

TEST_F(SourceCountsTest, RecordsAreCountedByWhatTheyName) {
  FeedJson({});
  FeedJson({.start_ms = 10, .server = '-'});
  FeedJson({.start_ms = 20, .server = '-', .status = 404, .more = R"(,"x":1)"});
  std::string line = JsonLine({.start_ms = 30}, 9);
  line.replace(line.find("\"RequestCount\":9,"), 17, "");
  Feed(line);
  EXPECT_EQ(source().with_server, 2U);
  EXPECT_EQ(source().with_count, 3U);
  EXPECT_EQ(source().answered_without_server, 2U);
  const PipelineStats stats = pipeline_->Stats(Pipeline::Windows::kSum);
  EXPECT_EQ(stats.no_server, 2U);
  EXPECT_EQ(stats.records, 4U);
  EXPECT_FALSE(stats.finished);
  EXPECT_FALSE(stats.has_config);
  EXPECT_EQ(stats.sources[0].last_event, stats.now);
}

TEST_F(SourceCountsTest, ExcludedRecordsAreCountedByTheirReasonAndNotJudged) {
  PipelineOptions options;
  options.identifier.exclude.paths = {"^/health"};
  Use(options);
  FeedJson({.path = "/health"});
  FeedJson({.start_ms = 10, .path = "/health"});
  FeedJson({.start_ms = 20, .method = "OPTIONS"});
  FeedJson({.start_ms = 30, .server = '-', .path = "/health"});
  FeedJson({.start_ms = 40});
  const PipelineStats stats = pipeline_->Stats(Pipeline::Windows::kSum);
  EXPECT_EQ(stats.excluded[ExcludeReason::kPath], 2U);
  EXPECT_EQ(stats.excluded[ExcludeReason::kPreflight], 1U);
  EXPECT_EQ(stats.excluded.sum(), 3U);
  EXPECT_EQ(stats.no_server, 1U);
  EXPECT_EQ(stats.services.at(0).second.requests.sum(), 1U);
  EXPECT_EQ(stats.services.at(0).second.sessions, 1U);
}

TEST_F(SourceCountsTest, RecordsOutsideTheRangeAreSkippedByTheirStart) {
  PipelineOptions options;
  options.since = EventTime(std::chrono::seconds(1'767'603'600 + 10));
  options.until = EventTime(std::chrono::seconds(1'767'603'600 + 20));
  Use(options);
  for (const int64_t ms : {9'999, 10'000, 19'999, 20'000}) FeedJson({.start_ms = ms});
  EXPECT_EQ(source().parsed, 2U);
  EXPECT_EQ(Skipped(SkipReason::kOutOfRange), 2U);
  EXPECT_EQ(source().lines, 4U);
}

// Are the clients of a source people at all?
TEST_F(SourceCountsTest, ClientsAreSampledByTheirKind) {
  for (const char* client : {"1.1.1.1", "1.1.1.1", "2.2.2.2", "unknown"}) {
    FeedJson({.start_ms = static_cast<int64_t>(count_) * 10, .client = client});
  }
  Feed(ClfLine(1, 7, 1, "6.6.6.6, 1.1.1.1"));
  EXPECT_EQ(source().of_clients, 5U);
  EXPECT_EQ(source().of_first_client, 3U);
  EXPECT_EQ(source().client_lists, 1U);
  EXPECT_EQ(source().odd_clients, 1U);
}

TEST_F(SourceCountsTest, AfterTheFirstThousandOneClientInSixtyFourIsSampled) {
  for (int i = 0; i < 1024 + 64 * 3; ++i) {
    FeedJson({.start_ms = i, .client = "1.1.1.1"});
    if (i == 1023) {
      EXPECT_EQ(source().of_clients, 1024U);
    }
    if (i == 1024) {
      EXPECT_EQ(source().of_clients, 1024U);
    }
  }
  EXPECT_EQ(source().of_clients, 1024U + 3);
}

TEST_F(SourceCountsTest, WhereAProxyIsTrustedClientsAreNotSampled) {
  PipelineOptions options;
  options.identifier.trusted_proxies = {"10.0.0.0/8"};
  Use(options);
  FeedJson({.client = "unknown"});
  EXPECT_EQ(source().of_clients, 0U);
}

TEST_F(SourceCountsTest, ReplicasBehindOnePrefixHaveSequencesOfTheirOwn) {
  const auto feed = [&](const std::string& prefix, int64_t second, uint64_t count) {
    Feed(prefix + ClfLine(second, count, 1));
  };
  for (int64_t i = 0; i < 100; ++i) {
    feed("web-1 | ", i, 1000 + static_cast<uint64_t>(i));
    feed("web-2 | ", i, 5000 + static_cast<uint64_t>(i));
  }
  EXPECT_EQ(source().parsed, 200U);
  EXPECT_EQ(source().sequences.sequences, 2U);
  EXPECT_EQ(source().sequences.restarts, 0U);
  EXPECT_EQ(source().sequences.missing, 0U);
  EXPECT_FALSE(source().sequences.several);
}

// Behind half of a line anything may be the words of who sent it, until its other half has come.
TEST_F(SourceCountsTest, BehindAFragmentTheNextCountProvesNothing) {
  for (int64_t i = 1; i <= 100; ++i) Feed(ClfLine(i, static_cast<uint64_t>(i), 1));
  Feed("6.6.6.6 - half of");
  Feed(ClfLine(101, 101, 2));
  EXPECT_EQ(Unparsed(UnparsedReason::kForged), 1U);
  EXPECT_EQ(source().parsed, 100U);
}

// What is refused is gone: it is not believed with what is held after it.
TEST_F(SourceCountsTest, LinesThatWereRefusedDoNotComeWithARestart) {
  for (int64_t i = 1; i <= 100; ++i) Feed(ClfLine(i, static_cast<uint64_t>(i), 1));
  Feed(ClfLine(101, 9'000'001, 2));
  Feed(ClfLine(101, 9'000'002, 2));
  Feed(ClfLine(101, 101, 1, "2.2.2.2"));
  Feed(ClfLine(102, 102, 1));
  EXPECT_EQ(Unparsed(UnparsedReason::kForged), 3U);
  for (int64_t i = 1; i <= 3; ++i) Feed(ClfLine(110 + i, static_cast<uint64_t>(i), 1));
  pipeline_->Finish();
  EXPECT_EQ(source().lines, 107U);
  EXPECT_EQ(source().parsed, 104U);
  EXPECT_EQ(source().sequences.restarts, 1U);
  const PipelineStats stats = pipeline_->Stats(Pipeline::Windows::kSum);
  EXPECT_EQ(stats.services.at(0).second.breaks.sum(), 0U);
}

// The longest request decides how long a number may stay away.
TEST_F(SourceCountsTest, NumberIsMissingOnceTheLongestRequestWouldHaveEnded) {
  std::string slow = ClfLine(0, 1000, 1);
  slow.replace(slow.rfind("0ms"), 3, "300000ms");
  Feed(slow);
  Feed(ClfLine(1, 1001, 1));
  Feed(ClfLine(2, 1003, 1));
  Feed(ClfLine(200, 1004, 1));
  EXPECT_EQ(source().sequences.missing, 0U) << "1002 may take 300 s too";
  Feed(ClfLine(700, 1005, 1));
  Feed(ClfLine(701, 1006, 1));  // the log did go on that much later
  EXPECT_EQ(source().sequences.missing, 1U);
}

// Another shipper may write what comes after a truncation, with other words before its lines.
TEST_F(SourceCountsTest, PrefixIsLearntAnewAfterAGap) {
  const auto feed = [&](std::string text, bool after_gap) {
    if (text.ends_with('\n')) text.pop_back();
    const Padded padded(text);
    Line line = padded.line(++number_);
    line.after_gap = after_gap;
    pipeline_->Feed(lane_, 0, line);
  };
  for (const bool record_first : {true, false}) {
    Use({});
    for (int64_t i = 0; i < 10; ++i) Feed(ClfLine(i, 100 + static_cast<uint64_t>(i), 1));
    if (!record_first) feed("what is this?", true);
    for (int64_t i = 0; i < 100; ++i) {
      feed("web-1 | " + ClfLine(20 + i, 110 + static_cast<uint64_t>(i), 1), record_first && i == 0);
      feed("web-2 | " + ClfLine(20 + i, 5000 + static_cast<uint64_t>(i), 1), false);
    }
    EXPECT_EQ(source().parsed, 210U);
    EXPECT_EQ(source().sequences.missing, 0U) << record_first;
    EXPECT_EQ(source().sequences.sequences, 2U);
    EXPECT_FALSE(source().sequences.several) << "each has a sequence of its own";
  }
}

// What comes behind a gap and is no record names no replica: there is room for a few only.
TEST_F(SourceCountsTest, LinesBehindAGapAreNoReplicas) {
  for (int64_t i = 0; i < 10; ++i) {
    Feed("web-1 | " + ClfLine(i, 100 + static_cast<uint64_t>(i), 1));
  }
  for (const char* word : {"what", "is", "this", "and", "all", "of", "that", "there"}) {
    const Padded text(std::string(word) + " | it?");
    Line line = text.line(++number_);
    line.after_gap = *word == 'w';
    pipeline_->Feed(lane_, 0, line);
  }
  for (int64_t i = 0; i < 100; ++i) {
    Feed("web-1 | " + ClfLine(20 + i, 110 + static_cast<uint64_t>(i), 1));
    Feed("web-2 | " + ClfLine(20 + i, 5000 + static_cast<uint64_t>(i), 1));
  }
  EXPECT_EQ(source().sequences.sequences, 2U);
  EXPECT_FALSE(source().sequences.several);
}

TEST_F(SourceCountsTest, ReplicasAreBoundedAndTheRestAreTheFirst) {
  for (uint64_t i = 0; i < 12; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    Feed("web-" + name + " | " + ClfLine(0, 1000 * (i + 1), 1, "1.1.1." + std::to_string(i)));
    Feed("web-" + name + " | " + ClfLine(0, 1000 * (i + 1) + 1, 1, "1.1.1." + std::to_string(i)));
  }
  pipeline_->Finish();
  EXPECT_EQ(source().lines, 24U);
  EXPECT_GE(source().sequences.sequences, 8U);
}

// Which count a line had that is too long to be read nobody knows: that one is not missing.
TEST_F(SourceCountsTest, LineThatIsTooLongIsNotMissing) {
  for (const bool there : {true, false}) {
    Use({});
    count_ = 0;
    FeedJson({});
    ++count_;
    const Padded text(std::string(100, 'x'));
    Line line = text.line(++number_);
    line.too_long = true;
    if (there) pipeline_->Feed(lane_, 0, line);
    for (int64_t ms = 1000; ms < 200'000; ms += 1000) FeedJson({.start_ms = ms});
    EXPECT_EQ(Unparsed(UnparsedReason::kTooLong), there ? 1U : 0U);
    EXPECT_EQ(source().sequences.missing, there ? 0U : 1U);
  }
}

class Looking : public Inspector {
 public:
  bool Wants(const Outcome& outcome) const override { return outcome.line % 2 == 1; }
  void OnJudged(const Inspection& inspection) override {
    judged.push_back(inspection.outcome.line);
    verdicts.push_back(inspection.outcome.judgement.verdict);
  }
  void OnClosed(const Outcome& outcome, const std::vector<RowTrace>& rows) override {
    closed.push_back(outcome.line);
    traced += rows.empty() ? 0U : 1U;
  }
  bool WantsLine(uint32_t /*file*/, uint64_t line) const override { return line % 2 == 1; }
  void OnNoRecord(uint32_t /*file*/, uint64_t line, LineFate fate) override {
    no_record.push_back(line);
    fates.push_back(fate);
  }
  void OnNotJudged(const Outcome& outcome) override { not_judged.push_back(outcome.line); }

  std::vector<uint64_t> judged, closed, no_record, not_judged;
  std::vector<Verdict> verdicts;
  std::vector<LineFate> fates;
  size_t traced = 0;
};

TEST_F(SourceCountsTest, WhoeverLooksIsShownTheLinesThatItWants) {
  Looking looking;
  pipeline_->SetInspector(&looking);
  FeedJson({});                                 // 1: first
  FeedJson({.start_ms = 1000});                 // 2: held
  FeedJson({.start_ms = 2000});                 // 3: held
  FeedJson({.start_ms = 3000, .server = '-'});  // 4
  FeedJson({.start_ms = 4000, .server = '-'});  // 5: no server
  Feed("what?");                                // 6
  Feed("what?");                                // 7
  Feed("");                                     // 8
  Feed("");                                     // 9: skipped
  FeedJson({.start_ms = 5000, .server = 'b'});  // 10: a break
  FeedJson({.start_ms = 6000, .server = 'a'});  // 11: and back
  pipeline_->Finish();
  EXPECT_THAT(looking.judged, ElementsAre(1, 3, 11));
  EXPECT_THAT(looking.verdicts, ElementsAre(Verdict::kFirst, Verdict::kHeld, Verdict::kBreak));
  EXPECT_THAT(looking.not_judged, ElementsAre(5));
  EXPECT_THAT(looking.no_record, ElementsAre(7, 9));
  EXPECT_THAT(looking.fates, ElementsAre(LineFate::Unparsed(UnparsedReason::kNotAccessLog),
                                         LineFate::Skipped(SkipReason::kEmpty)));
  EXPECT_THAT(looking.closed, ElementsAre(11));
  EXPECT_EQ(looking.traced, 1U);
}

TEST_F(SourceCountsTest, NewOptionsAreTakenOrRefusedAsAWhole) {
  PipelineOptions options;
  options.identifier.exclude.paths = {"^/health"};
  options.identifier.sessions = {"cookie:NOPE"};
  ASSERT_TRUE(pipeline_->Reconfigure(options).has_value());
  FeedJson({.path = "/health"});
  PipelineStats stats = pipeline_->Stats(Pipeline::Windows::kSum);
  EXPECT_EQ(stats.excluded.sum(), 1U);
  EXPECT_THAT(stats.idle_options, ElementsAre("--session cookie:NOPE"));
  options.identifier.exclude.paths = {};
  options.identifier.sessions = {"header:X-Other"};
  EXPECT_FALSE(pipeline_->Reconfigure(options).has_value()) << "another field of the log";
  options.identifier.sessions = {"auto"};
  options.interpreter.service_map = {{"(", "x"}};
  EXPECT_FALSE(pipeline_->Reconfigure(options).has_value());
  options.interpreter.service_map = {};
  options.identifier.exclude.clients = {"x"};
  EXPECT_FALSE(pipeline_->Reconfigure(options).has_value());
  FeedJson({.start_ms = 10, .path = "/health"});
  stats = pipeline_->Stats(Pipeline::Windows::kSum);
  EXPECT_EQ(stats.excluded.sum(), 2U) << "nothing has changed";
  EXPECT_THAT(stats.idle_options, ElementsAre("--session cookie:NOPE"));
  options.identifier.exclude.clients = {};
  ASSERT_TRUE(pipeline_->Reconfigure(options).has_value());
  FeedJson({.start_ms = 20, .path = "/health"});
  stats = pipeline_->Stats(Pipeline::Windows::kSum);
  EXPECT_EQ(stats.excluded.sum(), 2U);
  EXPECT_THAT(stats.idle_options, IsEmpty());
}

}  // namespace
}  // namespace stickyd
