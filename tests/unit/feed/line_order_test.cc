// SPDX-License-Identifier: Apache-2.0
// line_order_test: logs whose newest line comes first, and lines that come twice.
#include "finished_logs_fixture.h"
#include "support/compress.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A site on which each client's sixth request breaks, as its log has it, and newest line first.
struct BothWays {
  std::string forwards, backwards;
};
BothWays SomeBreaks(uint64_t requests) {
  BothWays log;
  for (uint64_t i = 1; i <= requests; ++i) {
    const uint64_t client = i % 50;
    const int server = i / 50 % 6 == 5 ? 2 : 1;
    const std::string line =
        ClfLine(static_cast<int64_t>(i / 10), i, server, fmt::format("1.1.1.{}", client));
    log.forwards += line;
    log.backwards.insert(0, line);
  }
  return log;
}

class LineOrderTest : public FinishedLogsTest {};

TEST_F(LineOrderTest, FileWithItsNewestLineFirstIsReadFromItsEnd) {
  for (const uint64_t requests : {40U, 600U, 6000U}) {
    const BothWays log = SomeBreaks(requests);
    const std::string forwards = fmt::format("forwards{}.log", requests);
    const std::string backwards = fmt::format("backwards{}.log", requests);
    files_.Append(forwards, log.forwards);
    files_.Append(backwards, log.backwards);
    verdicts_.clear();
    Analyze({forwards});
    const auto verdicts = verdicts_;
    EXPECT_EQ(places_[9], std::pair(0U, 10UL));
    EXPECT_THAT(notes_, IsEmpty());
    verdicts_.clear();
    Analyze({backwards});
    EXPECT_EQ(verdicts_, verdicts);
    EXPECT_EQ(places_[9], std::pair(0U, requests - 9));
    EXPECT_EQ(Read(), requests);
    EXPECT_THAT(notes_, ElementsAre(HasSubstr("newest line")));
    EXPECT_THAT(problems_, IsEmpty());
  }
}

// Lines are written when their requests end, and CLF shows when they began, to the second.
TEST_F(LineOrderTest, LongRequestsAreInOrderOfTheirEnds) {
  std::string text;
  for (uint64_t i = 1; i <= 12; ++i) {
    std::string line = ClfLine(static_cast<int64_t>(2 * i), i, 1);
    line.replace(line.find(" 0ms"), 4, " 9000ms");
    text.insert(0, line);
  }
  files_.Append("long.log", text);
  Analyze({"long.log"});
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("newest line")));
  EXPECT_EQ(counts_.front(), 1U);
}

TEST_F(LineOrderTest, PartsWithTheirNewestLinesFirstAreOneLog) {
  const BothWays log = SomeBreaks(6000);
  const size_t middle = log.backwards.find('\n', log.backwards.size() / 2) + 1;
  files_.Append("access.log.1", log.backwards.substr(middle));
  files_.Append("access.log", log.backwards.substr(0, middle));
  files_.Append("forwards.log", log.forwards);
  Analyze({"forwards.log"});
  const auto counts = counts_;
  Analyze({"access.log", "access.log.1"});
  EXPECT_EQ(counts_, counts);
}

TEST_F(LineOrderTest, CompressedLogWithItsNewestLineFirstIsRefused) {
  for (const uint64_t requests : {150U, 6000U}) {
    const std::string path = fmt::format("a{}.gz", requests);
    files_.Append(path, GzipOf(SomeBreaks(requests).backwards));
    Analyze({path});
    EXPECT_THAT(problems_, ElementsAre(HasSubstr(path + ": its newest line comes first")));
    EXPECT_LE(Read(), 200U);
  }
}

// Parallel requests end in any order; a clock is set back; one client forges the head of a file.
TEST_F(LineOrderTest, OtherDisorderIsNotNewestFirst) {
  std::string text;
  for (uint64_t i = 1; i <= 12; ++i) text += ClfLine(5, 13 - i, 1);
  files_.Append("parallel.log", text);
  text.clear();
  for (uint64_t i = 1; i <= 100; ++i) text += ClfLine(static_cast<int64_t>(4000 + i), i, 1);
  for (uint64_t i = 101; i <= 200; ++i) text += ClfLine(static_cast<int64_t>(i), i, 1);
  files_.Append("clock.log", text);
  text.clear();
  for (uint64_t i = 1; i <= 300; ++i) text += ClfLine(static_cast<int64_t>(4000 - i), 300 - i, 1);
  files_.Append("forged.log", text + SomeBreaks(6000).forwards);
  for (const char* path : {"parallel.log", "clock.log", "forged.log"}) {
    Analyze({path});
    EXPECT_THAT(notes_, IsEmpty()) << path;
    EXPECT_THAT(problems_, IsEmpty()) << path;
  }
}

TEST_F(LineOrderTest, LinesThatComeTwiceAreJudgedOnce) {
  const BothWays log = SomeBreaks(6000);
  files_.Append("once.log", log.forwards);
  files_.Append("again.log", log.forwards + log.forwards);  // cat a a
  std::string twice;
  for (size_t at = 0; at < log.forwards.size();) {
    const size_t end = log.forwards.find('\n', at) + 1;
    twice += log.forwards.substr(at, end - at) + log.forwards.substr(at, end - at);
    at = end;
  }
  files_.Append("twice.log", twice);
  Analyze({"once.log"});
  const auto verdicts = verdicts_;
  const uint64_t breaks = Breaks();
  EXPECT_GT(breaks, 0U);
  for (const char* path : {"again.log", "twice.log"}) {
    verdicts_.clear();
    Analyze({path});
    EXPECT_EQ(Read(), 12'000U) << path;
    EXPECT_EQ(Parsed(), 6000U) << path;
    EXPECT_EQ(stats_.sources[0].skipped[static_cast<size_t>(SkipReason::kDuplicate)], 6000U)
        << path;
    EXPECT_EQ(verdicts_, verdicts) << path;
    EXPECT_EQ(Breaks(), breaks) << path;
    EXPECT_EQ(stats_.sources[0].sequences.restarts, 0U) << path;
  }
}

}  // namespace
}  // namespace stickyd
