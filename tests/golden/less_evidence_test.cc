// SPDX-License-Identifier: Apache-2.0
// less_evidence_test: recordings with headers, from which some are taken: what the log cannot tell
// any more is unknown, not guessed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
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

class LessEvidenceTest : public testing::TestWithParam<std::filesystem::path> {
 protected:
  Causes Analyze(const std::vector<std::string>& fields, bool api) const {
    Recording recording = LoadRecording(GetParam());
    const TempDir folder;
    const std::string path = (folder.path() / "access.log").string();
    std::ofstream(path) << Without(Unpack(GetParam() / "access.log.xz"), fields);
    auto& options = recording.options;
    const auto snapshot = std::find(options.begin(), options.end(), "--traefik.snapshot");
    if (!api && snapshot != options.end()) options.erase(snapshot, snapshot + 2);
    return CausesOf(recording, AnalyzeLog(options, path));
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

std::vector<std::filesystem::path> WithHeaders() {
  std::vector<std::filesystem::path> paths;
  for (const auto& path : RecordingPaths()) {
    if (path.string().ends_with("json-full")) paths.push_back(path);
  }
  return paths;
}

INSTANTIATE_TEST_SUITE_P(Corpus, LessEvidenceTest, testing::ValuesIn(WithHeaders()), RecordingName);

}  // namespace
}  // namespace stickyd
