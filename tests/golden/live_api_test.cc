// SPDX-License-Identifier: Apache-2.0
// live_api_test: what Traefik's API says while a log is read gives the verdicts and causes that the
// same answers give when they were saved. The answers of each recording are served over HTTP at the
// times at which they were recorded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "analysis.h"
#include "recording.h"
#include "stickyd/api/api_poller.h"
#include "support/fake_api.h"

namespace stickyd {
namespace {

class SetClock : public Clock {
 public:
  Monotonic Now() const override { return Monotonic(std::chrono::nanoseconds(wall_ns)); }
  int64_t WallNanoseconds() const override { return wall_ns; }
  int64_t wall_ns = 0;
};

struct Saved {
  int64_t wall_ns = 0;
  std::string rawdata, version, entry_points;
};

std::vector<Saved> SavedAnswers(const std::filesystem::path& folder) {
  const auto read = [](const std::filesystem::path& path) {
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  std::vector<Saved> answers;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string time = read(entry.path() / "time.json");
    const size_t digits = time.find_first_of("0123456789");
    answers.push_back({std::stoll(time.substr(digits)), read(entry.path() / "rawdata.json"),
                       read(entry.path() / "version.json"),
                       read(entry.path() / "entrypoints.json")});
  }
  std::sort(answers.begin(), answers.end(),
            [](const Saved& a, const Saved& b) { return a.wall_ns < b.wall_ns; });
  return answers;
}

class Collector : public OutcomeSink {
 public:
  void OnRecord(const Outcome& outcome, bool /*open*/) override { Keep(outcome); }
  void OnClosed(const Outcome& outcome) override { Keep(outcome); }
  std::map<uint64_t, std::pair<std::string_view, std::string_view>> by_line;

 private:
  void Keep(const Outcome& outcome) {
    by_line[outcome.line] = {Name(outcome.judgement.verdict), Name(outcome.cause)};
  }
};

// A daemon that follows the log while Traefik's API changes.
class Live {
 public:
  Live(const Recording& recording, Pipeline& pipeline)
      : answers_(SavedAnswers(recording.path / "api")), pipeline_(pipeline) {}

  void Feed(const std::string& log) {
    const std::string padded = log + std::string(kLinePadding, '\0');
    const LaneId lane = pipeline_.AddLane("access.log");
    uint64_t number = 0;
    for (size_t begin = 0; begin < log.size();) {
      const size_t end = std::min(log.find('\n', begin), log.size());
      const std::string_view text = std::string_view(padded).substr(begin, end - begin);
      const auto prepared = pipeline_.Prepare(lane, 0, Line{text, ++number});
      if (prepared.waits) {
        AskUntil(prepared.end);
        do {
          pipeline_.Commit(lane);
        } while (pipeline_.Next(lane).waits);
      }
      begin = end + 1;
    }
    AskUntil(EventTime::max());
    pipeline_.Finish();
  }
  size_t changes() const { return changes_; }

 private:
  void AskUntil(EventTime time) {
    for (; next_ < answers_.size() && EventTimeFromUnixNanoseconds(answers_[next_].wall_ns) <= time;
         ++next_) {
      const Saved& answer = answers_[next_];
      api_.Put("/api/rawdata", {200, answer.rawdata, ""});
      api_.Put("/api/version", {answer.version.empty() ? 404 : 200, answer.version, ""});
      api_.Put("/api/entrypoints?per_page=500&page=1",
               {answer.entry_points.empty() ? 404 : 200, answer.entry_points, ""});
      clock_.wall_ns = answer.wall_ns;
      poller_.Poll();
      EXPECT_TRUE(poller_.States()[0].up) << poller_.States()[0].message;
      for (ApiPoller::Reading& reading : poller_.Take()) {
        ++changes_;
        if (reading.config == nullptr) {
          pipeline_.ConfirmConfig(reading.time);
        } else {
          pipeline_.AddConfig(std::move(reading.config));
        }
      }
    }
  }

  const std::vector<Saved> answers_;
  Pipeline& pipeline_;
  FakeApi api_;
  SetClock clock_;
  ApiPoller poller_{
      {{ApiTarget{api_.url(), "", "", "", {}}}, [](const auto&) { return ApiPoller::Findings(); }},
      RealFileSystem(),
      clock_,
      [] {}};
  size_t next_ = 0;
  size_t changes_ = 0;
};

class LiveApiTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(LiveApiTest, SaysWhatTheSavedAnswersSay) {
  const Recording recording = LoadRecording(GetParam());
  const std::string log = (recording.path / "access.log.xz").string();
  const Analysis saved = AnalyzeLog(recording.options, log);

  std::vector<std::string> options = recording.options;
  options.erase(options.end() - 2, options.end());  // the saved answers
  options.insert(options.begin(), {"--config.file", "/dev/null"});
  auto read = ReadSettings(options, kCommonOptions | kAnalyzeOptions, {}, RealFileSystem());
  ASSERT_TRUE(read.problems.empty()) << read.problems[0].message;
  Collector sink;
  auto setup = SetUpPipeline(read.settings, &sink);
  ASSERT_TRUE(setup.has_value());
  Live live(recording, *setup->pipeline);
  live.Feed(Unpack(log));
  EXPECT_GT(live.changes(), 0U);

  ASSERT_EQ(sink.by_line.size(), saved.by_line.size());
  for (const auto& [line, judged] : saved.by_line) {
    const auto& [verdict, cause] = sink.by_line[line];
    EXPECT_EQ(verdict, judged.verdict) << "line " << line;
    EXPECT_EQ(cause, judged.cause) << "line " << line;
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, LiveApiTest, testing::ValuesIn(RecordingsWithApi()),
                         RecordingName);
INSTANTIATE_TEST_SUITE_P(Field, LiveApiTest, testing::ValuesIn(RecordingsWithApi("field")),
                         RecordingName);

}  // namespace
}  // namespace stickyd
