// SPDX-License-Identifier: Apache-2.0
// less_evidence_test: recordings with headers, from which some are taken: what the log cannot tell
// any more is unknown, not guessed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analysis.h"
#include "recording.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

std::string Without(const std::string& log, const std::vector<std::string>& fields) {
  std::istringstream lines(log);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    auto object = nlohmann::json::parse(line, nullptr, false);
    if (object.is_object()) {
      for (const std::string& field : fields) object.erase(field);
      line = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    out.append(line).push_back('\n');
  }
  return out;
}

struct Causes {
  uint64_t right = 0, unknown = 0, wrong = 0;
};

Causes CausesOf(const Recording& recording, const Analysis& analysis) {
  Causes causes;
  for (const auto& [line, row] : recording.rows) {
    const auto at = analysis.by_line.find(line);
    if (at == analysis.by_line.end()) continue;
    const Judged& judged = at->second;
    if (judged.verdict != "break" || row.verdict != "break") continue;
    const bool right = judged.cause == row.cause;
    const bool unknown = judged.cause == "unknown";
    ++(right ? causes.right : unknown ? causes.unknown : causes.wrong);
  }
  return causes;
}

// Breaks by line, with evidence and cause.
using Breaks = std::map<uint64_t, std::pair<std::string, std::string>>;

class LessEvidenceTest : public testing::TestWithParam<std::filesystem::path> {
 protected:
  // Without these fields, and perhaps without the API's answers.
  static Analysis AnalyzeWithout(const Recording& recording, const std::vector<std::string>& fields,
                                 bool api) {
    const TempDir folder;
    const std::string path = (folder.path() / "access.log").string();
    std::ofstream(path) << Without(Unpack(recording.path / "access.log.xz"), fields);
    std::vector<std::string> options = recording.options;
    const auto snapshot = std::find(options.begin(), options.end(), "--traefik.snapshot");
    if (!api && snapshot != options.end()) options.erase(snapshot, snapshot + 2);
    return AnalyzeLog(options, path);
  }
  Causes Analyze(const std::vector<std::string>& fields, bool api) const {
    const Recording recording = LoadRecording(GetParam());
    return CausesOf(recording, AnalyzeWithout(recording, fields, api));
  }
  Breaks BreaksOf(const std::vector<std::string>& fields, bool api) const {
    Breaks breaks;
    const Analysis analysis = AnalyzeWithout(LoadRecording(GetParam()), fields, api);
    for (const auto& [line, judged] : analysis.by_line) {
      if (judged.verdict == "break")
        breaks[line] = {std::string(judged.evidence), std::string(judged.cause)};
    }
    return breaks;
  }
  static void ExpectNoGuess(const Causes& causes) {
    EXPECT_LE(causes.wrong * 50, causes.right + causes.unknown + causes.wrong);
  }
};

TEST_P(LessEvidenceTest, WithoutSetCookieNoCauseIsGuessed) {
  const std::vector<std::string> fields = {"downstream_Set-Cookie", "origin_Set-Cookie"};
  ExpectNoGuess(Analyze(fields, true));
  // Cookies that pass between http and https look like two people's.
  if (GetParam().filename().string().starts_with("rc6_secure_over_http")) return;
  ExpectNoGuess(Analyze(fields, false));
}

TEST_P(LessEvidenceTest, WithoutCookieNoCauseIsGuessed) {
  ExpectNoGuess(Analyze({"request_Cookie"}, true));
}

TEST_P(LessEvidenceTest, WithoutAddressesOfConnectionsNoCauseIsGuessed) {
  ExpectNoGuess(Analyze({"ClientAddr", "ClientPort"}, true));
}

// Who saves Traefik's answers once has them of some day before the break.
TEST_P(LessEvidenceTest, WithTheFirstSnapshotOnlyNoCauseIsGuessed) {
  Recording recording = LoadRecording(GetParam());
  const auto at =
      std::find(recording.options.begin(), recording.options.end(), "--traefik.snapshot");
  if (at == recording.options.end()) return;
  const TempDir folder;
  const std::filesystem::path first = std::filesystem::path(*(at + 1)) / "00";
  std::filesystem::create_directory(folder.path() / "api");
  std::filesystem::copy(first, folder.path() / "api" / "00",
                        std::filesystem::copy_options::recursive);
  *(at + 1) = (folder.path() / "api").string();
  const std::string path = (folder.path() / "access.log").string();
  std::ofstream(path) << Unpack(GetParam() / "access.log.xz");
  ExpectNoGuess(CausesOf(recording, AnalyzeLog(recording.options, path)));
}

// With more evidence, a right cause does not become unknown or wrong; and what a poorer log takes
// for a break, although the richer one does not, rests on the address.
class MoreEvidenceTest : public LessEvidenceTest {};

TEST_P(MoreEvidenceTest, MoreEvidenceNeverTakesARightCauseAway) {
  const Recording recording = LoadRecording(GetParam());
  const std::vector<std::string> headers = {"downstream_Set-Cookie",  "origin_Set-Cookie",
                                            "request_Cookie",         "request_Origin",
                                            "request_Referer",        "request_Sec-Fetch-Dest",
                                            "request_Sec-Fetch-Mode", "request_Sec-Fetch-Site",
                                            "request_User-Agent",     "request_Via",
                                            "request_Upgrade",        "request_X-Forwarded-Proto"};
  const Breaks all = BreaksOf({}, true);
  const Breaks no_api = BreaksOf({}, false);
  const Breaks no_headers = BreaksOf(headers, true);
  const Breaks neither = BreaksOf(headers, false);
  // Cookies of two hosts, each honoured on its own, are two sessions; the log without them has one.
  const bool two_hosts = GetParam().filename().string().starts_with("rc7_two_hosts");
  for (const auto& [poorer, richer] :
       {std::pair(&no_api, &all), std::pair(&no_headers, &all), std::pair(&neither, &no_api),
        std::pair(&neither, &no_headers)}) {
    for (const auto& [line, found] : *poorer) {
      const auto row = recording.rows.find(line);
      const auto better = richer->find(line);
      if (row == recording.rows.end() || row->second.overlap) continue;
      if (better == richer->end()) {
        const bool guess = found.first == "client" || row->second.verdict == "break" || two_hosts;
        EXPECT_TRUE(guess) << "line " << line << ": " << found.first;
      } else if (found.second == row->second.cause) {
        EXPECT_EQ(better->second.second, found.second) << "line " << line;
      }
    }
  }
}

std::vector<std::filesystem::path> WithHeaders(const char* folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& path : RecordingPaths(folder)) {
    if (path.string().ends_with("json-full")) paths.push_back(path);
  }
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Corpus, LessEvidenceTest, testing::ValuesIn(WithHeaders("corpus")),
                         RecordingName);
INSTANTIATE_TEST_SUITE_P(Corpus, MoreEvidenceTest, testing::ValuesIn(WithHeaders("corpus")),
                         RecordingName);
INSTANTIATE_TEST_SUITE_P(Field, MoreEvidenceTest, testing::ValuesIn(WithHeaders("field")),
                         RecordingName);

}  // namespace
}  // namespace stickyd
