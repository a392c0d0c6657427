// SPDX-License-Identifier: Apache-2.0
// verdict_writer_test: verdicts are written in the order of their records, each once it is final.
#include "stickyd/expose/sinks/verdict_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class VerdictWriterTest : public testing::Test {
 protected:
  VerdictWriterTest() { writer_.SetNames({&servers_, &services_, &scopes_, &files_}); }
  Outcome Record(uint64_t id, Verdict verdict = Verdict::kHeld) const {
    Outcome outcome;
    outcome.id = id;
    outcome.line = id;
    outcome.judgement.verdict = verdict;
    return outcome;
  }
  std::vector<nlohmann::json> Written() {
    EXPECT_TRUE(writer_.Finish().has_value());
    return All();
  }
  // What is in the file once the writer has nothing left to wait for.
  std::vector<nlohmann::json> All() const {
    std::ifstream in(path_);
    std::vector<nlohmann::json> all;
    for (std::string line; std::getline(in, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }
  std::vector<int> Lines() {
    std::vector<int> lines;
    for (const auto& json : Written()) lines.push_back(json["line"]);
    return lines;
  }

  const TempDir folder_;
  const std::string path_ = folder_.path() / "verdicts";
  NameTable<ServerId> servers_{9};
  NameTable<ServiceId> services_{9};
  NameTable<ScopeId> scopes_{9};
  std::vector<std::string> files_ = {"a.log"};
  VerdictWriter writer_{*OutputFile::Open(path_, OpenMode::kTruncate)};
};

TEST_F(VerdictWriterTest, OpenOneIsWaitedForAndThoseBehindItWait) {
  writer_.OnRecord(Record(1), false);
  writer_.OnRecord(Record(2, Verdict::kBreak), true);
  writer_.OnRecord(Record(3), false);
  writer_.OnRecord(Record(4, Verdict::kBreak), true);
  writer_.OnRecord(Record(5), false);
  writer_.OnClosed(Record(4, Verdict::kFirst));
  writer_.OnClosed(Record(2, Verdict::kAmbiguous));
  writer_.OnClosed(Record(1, Verdict::kBreak));  // it was written long ago
  const auto written = Written();
  ASSERT_EQ(written.size(), 5U);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(written[i]["line"], i + 1);
  EXPECT_EQ(written[0]["verdict"], "held");
  EXPECT_EQ(written[1]["verdict"], "ambiguous");
  EXPECT_EQ(written[3]["verdict"], "first");
}

TEST_F(VerdictWriterTest, WhatIsClosedIsWrittenWithAllThatWaitedForIt) {
  writer_.OnRecord(Record(1), true);
  for (uint64_t id = 2; id <= 2000; ++id) writer_.OnRecord(Record(id), false);
  EXPECT_THAT(All(), IsEmpty());
  writer_.OnClosed(Record(1));
  EXPECT_GT(All().size(), 500U) << "without an end of the run";
}

TEST_F(VerdictWriterTest, OpenOnesAreWrittenAsTheyAreAtTheEnd) {
  writer_.OnRecord(Record(1, Verdict::kBreak), true);
  writer_.OnRecord(Record(2), true);
  EXPECT_THAT(Lines(), ElementsAre(1, 2));
}

TEST_F(VerdictWriterTest, LineHasWhatIsKnownAndNoMore) {
  Outcome full = Record(1, Verdict::kBreak);
  full.service = services_.Intern("shop@file");
  full.scope = scopes_.Intern("shop");
  full.server = servers_.Intern("http://b");
  full.judgement.pin = servers_.Intern("http://a");
  full.judgement.evidence = Evidence::kCookie;
  full.judgement.state = StickyState::kRefused;
  full.session = 0xab;
  full.has_request_count = true;
  full.request_count = 7;
  full.cause = Cause::kServerGone;
  full.because = "why";
  full.change = "what";
  writer_.OnRecord(full, false);
  Outcome excluded = Record(2, Verdict::kExcluded);
  excluded.excluded = ExcludeReason::kPath;
  excluded.file = 7;
  writer_.OnRecord(excluded, false);
  writer_.OnRecord(Record(3, Verdict::kNoServer), false);
  writer_.OnRecord(Record(4, Verdict::kFirst), false);
  const auto written = Written();
  ASSERT_EQ(written.size(), 4U);
  EXPECT_EQ(written[0], nlohmann::json::parse(R"({"line": 1, "file": "a.log",
      "time": "1970-01-01T00:00:00.000000Z", "service": "shop@file", "scope": "shop",
      "server": "http://b", "session": "00000000000000ab", "verdict": "break",
      "evidence": "cookie", "pin": "http://a", "cause": "server_gone", "because": "why",
      "change": "what", "state": "refused", "request_count": 7})"));
  const auto keys = [](const nlohmann::json& json) {
    std::vector<std::string> names;
    for (const auto& [key, value] : json.items()) names.push_back(key);
    return names;
  };
  EXPECT_THAT(keys(written[1]), ElementsAre("excluded", "file", "line", "time", "verdict"));
  EXPECT_EQ(written[1]["file"], "");
  EXPECT_EQ(written[1]["excluded"], "path");
  EXPECT_THAT(keys(written[2]), ElementsAre("file", "line", "time", "verdict"));
  EXPECT_THAT(keys(written[3]), ElementsAre("evidence", "file", "line", "time", "verdict"));
}

TEST_F(VerdictWriterTest, FullDiskIsToldAtTheEnd) {
  VerdictWriter writer(*OutputFile::Open("/dev/full", OpenMode::kAppend));
  writer.SetNames({&servers_, &services_, &scopes_, &files_});
  writer.OnRecord(Record(1), false);
  EXPECT_FALSE(writer.Finish().has_value());
}

}  // namespace
}  // namespace stickyd
