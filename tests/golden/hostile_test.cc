// SPDX-License-Identifier: Apache-2.0
// hostile_test: one client of a recording turns hostile. Whatever it writes into the fields that
// are a client's own (user agent, path, user name, forwarded list, cookies, ...), the verdicts of
// everybody else stay as they were, and no server appears that Traefik did not choose.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "analysis.h"
#include "recording.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

constexpr size_t kTurns = 24;

// Where a client's words stand in a CLF line: user, target, referer, agent.
struct ClfSpots {
  size_t user = 0, user_end = 0, target = 0, target_end = 0, referer = 0, agent = 0;
};

class Attacker {
 public:
  explicit Attacker(uint64_t seed) : random_(seed) {}

  std::string Rewrite(const std::string& line, const std::string& victim) {
    return line.starts_with("{") ? RewriteJson(line, victim) : RewriteClf(line, victim);
  }

 private:
  size_t Below(size_t n) { return random_() % n; }

  std::string Words(bool colons) {
    static const std::vector<std::string> kWords = {"\"",
                                                    "\\\"",
                                                    "\\",
                                                    " - ",
                                                    "[",
                                                    "]",
                                                    " ",
                                                    "-",
                                                    "7",
                                                    "0ms",
                                                    "\" 7 \"",
                                                    "\" \"",
                                                    "\" 200 5 \"-\" \"-\" 9 \"evil@file\" \"http",
                                                    "//203.0.113.9/\" 3ms",
                                                    "' OR 1=1",
                                                    "\t",
                                                    "\xff\xfe",
                                                    "\x1b[31m",
                                                    "%22",
                                                    "{\"ServiceURL\"",
                                                    "<script>",
                                                    "\xe2\x80\xa8",
                                                    "[05/Jan/2026",
                                                    "09",
                                                    "00 +0000] \"GET / HTTP/1.1\"",
                                                    "time=\"2026",
                                                    "level=error msg=\"x\"",
                                                    "GET",
                                                    "HTTP/1.1",
                                                    ",",
                                                    ";",
                                                    "=",
                                                    "127.0.0.1",
                                                    "::1"};
    std::string words;
    for (size_t n = 1 + Below(12); n > 0; --n) {
      words += kWords[Below(kWords.size())];
      if (colons && Below(5) == 0) words += ':';
    }
    return words;
  }

  std::string RewriteJson(const std::string& line, const std::string& victim) {
    nlohmann::ordered_json json = nlohmann::ordered_json::parse(line);
    const auto maybe = [&](const char* key, const std::string& value) {
      if (json.contains(key) && Below(2) == 0) json[key] = value;
    };
    maybe("request_User-Agent", Words(true));
    maybe("request_Referer", Words(true));
    maybe("request_Origin", Words(true));
    maybe("request_Via", Words(true));
    maybe("request_Sec-Fetch-Site", Words(true));
    maybe("ClientUsername", Words(false));
    maybe("RequestHost", Words(true));
    maybe("RequestMethod", Below(3) == 0 ? "OPTIONS" : Words(true));
    if (Below(2) == 0 && json.contains("RequestPath")) {
      json["RequestPath"] = json["RequestPath"].get<std::string>() + "?" + Words(true);
    }
    if (Below(2) == 0 && json.contains("request_Cookie")) {
      json["request_Cookie"] = json["request_Cookie"].get<std::string>() + "; " + Words(true) +
                               "=" + Words(true) + "; sticky=" + Words(true);
    }
    const std::string host = json["ClientHost"].get<std::string>();
    if (Below(3) == 0) json["ClientHost"] = victim + ", " + Words(false) + ", " + host;
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }

  // HOST - USER [TIME] "METHOD TARGET PROTO" STATUS SIZE "REFERER" "AGENT" ...
  std::string RewriteClf(const std::string& line, const std::string& victim) {
    const size_t user = line.find(" - ");
    const size_t time = line.find(" [");
    const size_t request = line.find("] \"");
    const size_t target = line.find(' ', request + 3);
    const size_t proto = line.find(" HTTP/", target);
    const size_t request_end = line.find('"', proto);
    const size_t referer = line.find(" \"", request_end + 1);
    const size_t agent = line.find("\" \"", referer + 2);
    const size_t agent_end = line.find("\" ", agent + 3);
    if (agent_end == std::string::npos) return line;
    std::string made;
    if (Below(3) == 0) made = victim + ", " + Words(true) + ", ";
    made += line.substr(0, user + 3);
    made += Below(2) == 0 ? Words(false) : line.substr(user + 3, time - user - 3);
    made += line.substr(time, target - time);
    made += line.substr(target, proto - target);
    if (Below(2) == 0) made += Words(true);
    made += line.substr(proto, referer + 2 - proto);
    made += Below(2) == 0 ? Words(true) : line.substr(referer + 2, agent - referer - 2);
    made += "\" \"";
    made += Below(2) == 0 ? Words(true) : line.substr(agent + 3, agent_end - agent - 3);
    return made + line.substr(agent_end);
  }

  std::mt19937_64 random_;
};

std::string ClientOf(const std::string& line) {
  if (!line.starts_with("{")) return line.substr(0, line.find(" - "));
  const auto json = nlohmann::json::parse(line, nullptr, false);
  return json.is_object() ? json.value("ClientHost", "") : "";
}

std::set<std::string> ServersOf(const PipelineStats& stats) {
  std::set<std::string> servers;
  for (const auto& of_service : stats.servers) {
    for (const auto& [name, count] : of_service) servers.insert(name);
  }
  return servers;
}

class HostileTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(HostileTest, NobodyElseIsJudgedOtherwise) {
  const Recording recording = LoadRecording(GetParam());
  const std::string text = Unpack(GetParam() / "access.log.xz");
  std::vector<std::string> lines;
  std::map<std::string, size_t> clients;
  std::istringstream input(text);
  for (std::string line; std::getline(input, line);) {
    const std::string client = ClientOf(line);
    if (!client.empty()) ++clients[client];
    lines.push_back(std::move(line));
  }
  std::vector<std::string> names;
  for (const auto& [name, count] : clients) names.push_back(name);
  ASSERT_GE(names.size(), 2U);
  const TempDir folder;
  const std::string log = (folder.path() / "access.log").string();
  std::ofstream(log) << text;
  const Analysis before = AnalyzeLog(recording.options, log);
  const std::set<std::string> servers = ServersOf(before.stats);

  std::mt19937_64 random(std::hash<std::string>{}(GetParam().filename().string()));
  size_t rewritten = 0;
  for (size_t turn = 0; turn < kTurns; ++turn) {
    const std::string attacker = names[random() % names.size()];
    const std::string victim = names[random() % names.size()];
    Attacker rewriter(random());
    {
      std::ofstream hostile(log);
      for (const std::string& line : lines) {
        const bool own = ClientOf(line) == attacker;
        const std::string written = own ? rewriter.Rewrite(line, victim) : line;
        rewritten += written != line ? 1U : 0U;
        hostile << written << '\n';
      }
    }
    const Analysis after = AnalyzeLog(recording.options, log);
    ASSERT_EQ(after.stats.sources[0].lines, Counted(after.stats.sources[0]));
    for (const std::string& server : ServersOf(after.stats)) {
      ASSERT_TRUE(servers.contains(server)) << server;
    }
    for (const auto& [number, was] : before.by_line) {
      if (ClientOf(lines[number - 1]) == attacker) continue;
      const auto now = after.by_line.find(number);
      ASSERT_NE(now, after.by_line.end()) << attacker << ": line " << number << " is lost";
      ASSERT_EQ(now->second.verdict, was.verdict)
          << attacker << " as " << victim << ", turn " << turn << ", line " << number;
      ASSERT_EQ(now->second.server, was.server) << number;
    }
  }
  EXPECT_GT(rewritten, kTurns);
}

INSTANTIATE_TEST_SUITE_P(Corpus, HostileTest, testing::ValuesIn(RecordingPaths()), RecordingName);

}  // namespace
}  // namespace stickyd
