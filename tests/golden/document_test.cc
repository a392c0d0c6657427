// SPDX-License-Identifier: Apache-2.0
// document_test: every example of docs/DETECTION.md is what stickyd says of such a log.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "analysis.h"
#include "support/temp_dir.h"
#include "worked_example.h"

namespace stickyd {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string TheDocument() {
  std::ifstream in(STICKYD_DETECTION_DOCUMENT);
  EXPECT_TRUE(in) << STICKYD_DETECTION_DOCUMENT;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Analysis AnalyzeExample(const WorkedExample& example) {
  const TempDir folder;
  std::vector<std::string> paths;
  for (const std::string& log : LogsOf(example)) {
    paths.push_back(folder.path() / fmt::format("{}-access.log", paths.size() + 1));
    std::ofstream(paths.back()) << log;
  }
  auto options = example.options;
  if (!example.services.empty()) {
    options.insert(options.end(), {"--traefik.snapshot", folder.path()});
    for (const auto& [name, text] : AnswersOf(example)) std::ofstream(folder.path() / name) << text;
  }
  return AnalyzeLogs(options, paths);
}

class ExampleChecker {
 public:
  void Check(const WorkedExample& example) {
    const Analysis analysis = AnalyzeExample(example);
    std::map<uint64_t, uint64_t> lines;  // of each file
    for (const ExampleRequest& request : example.requests) {
      place_ = request.place;
      const auto at = analysis.by_place.find({request.file - 1, ++lines[request.file]});
      if (at == analysis.by_place.end()) {
        complaints_.push_back(fmt::format("line {}: no record", place_));
        continue;
      }
      const Judged& judged = at->second;
      const ExampleClaim& claim = request.claim;
      const bool page = judged.verdict == "no_server";  // the error page of another service
      if (!page) Compare(ExampleServer(request.server), judged.server);
      Compare(claim.verdict, judged.verdict);
      if (!claim.evidence.empty()) Compare(claim.evidence, judged.evidence);
      if (!claim.cause.empty()) Compare(claim.cause, judged.cause);
      if (!claim.state.empty()) Compare(claim.state, judged.state);
      if (claim.missing) Compare(std::to_string(*claim.missing), MissingIn(analysis));
    }
  }

  std::vector<std::string> complaints() const { return complaints_; }

 private:
  static std::string MissingIn(const Analysis& analysis) {
    uint64_t missing = 0;
    for (const SourceStats& source : analysis.stats.sources) missing += source.sequences.missing;
    return std::to_string(missing);
  }

  void Compare(std::string_view claimed, std::string_view found) {
    if (claimed == found) return;
    complaints_.push_back(fmt::format("line {}: {}, not {}", place_, found, claimed));
  }

  size_t place_ = 0;
  std::vector<std::string> complaints_;
};

std::vector<std::string> ComplaintsOf(const std::string& document) {
  const WorkedExamples read = ReadExamples(document);
  if (!read.complaints.empty()) return read.complaints;
  ExampleChecker checker;
  for (const WorkedExample& example : read.examples) checker.Check(example);
  return checker.complaints();
}

TEST(DocumentTest, EveryExampleIsWhatStickydSays) {
  EXPECT_THAT(ComplaintsOf(TheDocument()), IsEmpty());
}

// An example that is true, for others to go wrong.
const std::string kTrueExample =
    "```\n"
    "with --session cookie:sid\n"
    "09:00:00.000  20ms  192.0.2.7:4001  A  Cookie: sid=1  -> first\n"
    "09:00:05.000  20ms  192.0.2.8:4001  B  Cookie: sid=1  -> break, evidence session, cause "
    "unknown\n"
    "```\n";

std::string TrueExampleWith(const std::string& text, const std::string& other) {
  std::string document = kTrueExample;
  return document.replace(document.find(text), text.size(), other);
}

TEST(DocumentTest, WhatIsWrongIsNoticed) {
  EXPECT_THAT(ComplaintsOf(kTrueExample), IsEmpty());
  const auto complaint = [](const char* text, const char* other) {
    return ComplaintsOf(TrueExampleWith(text, other));
  };
  EXPECT_THAT(complaint("first", "held"), ElementsAre("line 3: first, not held"));
  EXPECT_THAT(complaint("break", "ambiguous"), ElementsAre("line 4: break, not ambiguous"));
  EXPECT_THAT(complaint("session,", "client,"), ElementsAre("line 4: session, not client"));
  EXPECT_THAT(complaint("unknown", "failover"), ElementsAre("line 4: unknown, not failover"));
  EXPECT_THAT(complaint("cause unknown", "state hit"), ElementsAre(HasSubstr(", not hit")));
  EXPECT_THAT(complaint("cause unknown", "missing 1"), ElementsAre("line 4: 0, not 1"));
  EXPECT_THAT(complaint("B  C", "A  C"), ElementsAre("line 4: held, not break"));
  EXPECT_THAT(complaint("-> first", " OPTIONS  -> first"), Contains("line 3: excluded, not first"));
}

TEST(DocumentTest, NothingIsPassedOver) {
  const auto complaint = [](const char* text, const char* other) {
    return ComplaintsOf(TrueExampleWith(text, other));
  };
  EXPECT_THAT(ComplaintsOf("Text.\n"), ElementsAre(HasSubstr("no example")));
  EXPECT_THAT(ComplaintsOf(kTrueExample + "```\n```\n"),
              ElementsAre(HasSubstr("an empty example")));
  EXPECT_THAT(ComplaintsOf(kTrueExample + "```\n" + kTrueExample), Not(IsEmpty()));
  EXPECT_THAT(ComplaintsOf(kTrueExample + "```sh\nls\n```\n"), IsEmpty());
  const char* const lost = "a line of a log in no example";
  EXPECT_THAT(complaint("```\nwith", "```text\nwith"), Contains(HasSubstr(lost)).Times(2));
  EXPECT_THAT(complaint("```\nwith", "with"), Contains(HasSubstr(lost)));
  EXPECT_THAT(complaint("with", "if"), ElementsAre("line 2: no verdict"));
  EXPECT_THAT(complaint("-> first", ""), ElementsAre("line 3: no verdict"));
  EXPECT_THAT(complaint("first", "fist"), ElementsAre("line 3: no verdict: fist"));
  EXPECT_THAT(complaint("first", "first  evidence client"),
              ElementsAre("line 3: write `, evidence client`"));
  EXPECT_THAT(complaint("unknown", "none"), ElementsAre("line 4: no claim: cause none"));
  EXPECT_THAT(complaint("20ms", "20 minutes"), ElementsAre(HasSubstr("20 minutes")));
  EXPECT_THAT(complaint("  20ms", ""), ElementsAre(HasSubstr("a column is missing")));
  EXPECT_THAT(complaint("00:00.000", "00:00"), Contains(HasSubstr("none of this format")));
  EXPECT_THAT(complaint("-> first", "-> first, missing 1"), ElementsAre(HasSubstr("last line")));
}

TEST(DocumentTest, RowsVaryTheExampleBeforeThem) {
  const std::string lines = kTrueExample + "| line 1 | line 2 | cause |\n|---|---|---|\n";
  const auto same = [&](const std::string& row) { return ComplaintsOf(lines + row + "\n"); };
  EXPECT_THAT(same("| `192.0.2.9:1` | | `unknown` |"), IsEmpty());
  EXPECT_THAT(same("| | | `cookie_path` |"), Contains("line 8: unknown, not cookie_path"));
  EXPECT_THAT(same("| | `A` | `unknown` |"), Contains("line 8: held, not break"));
  EXPECT_THAT(same("| `x` | | `unknown` |"), ElementsAre("line 8: no column of a log: x"));
  EXPECT_THAT(same("| | `unknown` |"), ElementsAre("line 8: no cell for each line"));
  EXPECT_THAT(same("| | | nothing |"), ElementsAre("line 8: no cause, or no log"));
  EXPECT_THAT(ComplaintsOf(kTrueExample + "| | | `unknown` |\n"),
              ElementsAre("line 6: a cause in no table of examples"));

  const std::string services =
      kTrueExample + "| services that the API shows | cause |\n|---|---|\n";
  const auto with = [&](const std::string& row) { return ComplaintsOf(services + row + "\n"); };
  EXPECT_THAT(with("| `shop: A, B` | `not_sticky` |"), IsEmpty());
  EXPECT_THAT(with("| `shop: A, B` | `failover` |"),
              ElementsAre("line 8: not_sticky, not failover"));
  EXPECT_THAT(with("| `shop: A B` | `failover` |"), ElementsAre("line 8: no service: shop: A B"));
}

}  // namespace
}  // namespace stickyd
