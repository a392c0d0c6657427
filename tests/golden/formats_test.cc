// SPDX-License-Identifier: Apache-2.0
// formats_test: what people really feed it: one log in many wrappings says the same in each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analysis.h"
#include "stickyd/expose/report/remarks.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

const std::string kFormats = STICKYD_TEST_DATA "/formats/";

std::vector<std::string> Verdicts(const Analysis& analysis) {
  std::vector<std::string> all;
  for (const auto& [line, one] : analysis.by_line) {
    all.push_back(one.server + " " + std::string(one.verdict));
  }
  return all;
}

uint64_t BreaksIn(const Analysis& analysis) {
  uint64_t breaks = 0;
  for (const auto& [name, service] : analysis.stats.services) breaks += service.breaks.sum();
  return breaks;
}

std::vector<std::string> LinesOf(const std::string& name) {
  std::ifstream in(kFormats + name + ".log");
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Analysis AnalyzeText(const std::string& text) {
  const TempDir folder;
  const std::string path = folder.path() / "access.log";
  std::ofstream(path, std::ios::binary) << text;
  return AnalyzeLog({}, path);
}

uint64_t Unparsed(const Analysis& analysis, UnparsedReason reason) {
  return analysis.stats.sources.at(0).unparsed[static_cast<size_t>(reason)];
}
uint64_t Skipped(const Analysis& analysis, SkipReason reason) {
  return analysis.stats.sources.at(0).skipped[static_cast<size_t>(reason)];
}

bool HasRemark(const Analysis& analysis, const std::string& word) {
  for (const Remark& remark : Remarks(analysis.stats)) {
    if (remark.text.find(word) != std::string::npos) return true;
  }
  return false;
}

TEST(FormatsTest, WrappedLogsSayWhatBareOnesSay) {
  const auto clf = Verdicts(AnalyzeLog({}, kFormats + "00-bare-clf.log"));
  const auto json = Verdicts(AnalyzeLog({}, kFormats + "00-bare-json.log"));
  ASSERT_EQ(clf.size(), 60U);
  ASSERT_EQ(json.size(), 60U);
  for (const char* const name :
       {"01-clf-journalctl-short", "02-clf-docker-logs-t", "04-clf-forwarded-with-port",
        "06-journalctl-json", "08-json-prefixes", "09-json-compose-colour",
        "10-log-key-without-newline", "11-message-envelopes", "13-clf-trailing-blank",
        "14-bom-json", "14b-bom-clf", "19-numbers-as-floats"}) {
    SCOPED_TRACE(name);
    const Analysis analysis = AnalyzeLog({}, kFormats + name + ".log");
    const SourceStats& source = analysis.stats.sources.at(0);
    EXPECT_EQ(source.parsed, 60U);
    EXPECT_EQ(source.lines, 60U);
    EXPECT_EQ(source.lines, Counted(source));
    EXPECT_EQ(Verdicts(analysis), std::string(name).find("clf") == std::string::npos ? json : clf);
  }
}

TEST(FormatsTest, LogWithItsNewestLineFirstSaysWhatItSaysTheOtherWayRound) {
  auto json = Verdicts(AnalyzeLog({}, kFormats + "00-bare-json.log"));
  std::reverse(json.begin(), json.end());  // lines keep their numbers
  EXPECT_EQ(Verdicts(AnalyzeLog({}, kFormats + "17-newest-first.log")), json);
}

TEST(FormatsTest, LinesThatComeTwiceAreJudgedOnce) {
  const Analysis analysis = AnalyzeLog({}, kFormats + "18-every-line-twice.log");
  EXPECT_EQ(Verdicts(analysis), Verdicts(AnalyzeLog({}, kFormats + "00-bare-json.log")));
  EXPECT_EQ(Skipped(analysis, SkipReason::kDuplicate), 60U);
  EXPECT_EQ(analysis.stats.sources.at(0).lines, Counted(analysis.stats.sources.at(0)));
  EXPECT_TRUE(HasRemark(analysis, "came again"));
}

// Each puts what a tool puts around a line.
using Wrap = std::function<std::string(size_t number, const std::string& line)>;
struct Wrapping {
  const char* name;
  Wrap wrap;
  uint64_t parts = 1;  // lines for each
};

std::string Object(const char* key, const std::string& line) {
  return nlohmann::json{{"a", 1}, {key, line}, {"z", {{"b", 2}}}}.dump();
}

std::string Binary(const std::string& line) {
  std::string bytes;
  for (size_t i = 0; i < 8; ++i) bytes += static_cast<char>(line.size() >> (8 * i) & 0xFFU);
  return "MESSAGE\n" + bytes + line;
}

std::vector<Wrapping> Wrappings() {
  const auto behind = [](const std::string& prefix) {
    return [prefix](size_t, const std::string& line) { return prefix + line; };
  };
  const auto in = [](const char* key) {
    return [key](size_t, const std::string& line) { return Object(key, line); };
  };
  return {
      {"journalctl", behind("Jan 05 09:00:00 edge1 traefik[812]: ")},
      {"journalctl -o short-iso", behind("2026-01-05T09:00:00+0000 edge1 traefik[812]: ")},
      {"docker logs -t", behind("2026-01-05T09:00:00.000000001Z ")},
      {"docker compose logs", behind("traefik-1  | ")},
      {"with times", behind("traefik-1  | 2026-01-05T09:00:00.000000001Z ")},
      {"in colour", behind("\x1b[36mtraefik-1  | \x1b[0m")},
      {"docker service logs", behind("edge_traefik.1.of166iz3i550@swarm1    | ")},
      {"kubectl logs --prefix", behind("[pod/traefik-74/traefik] ")},
      {"stern", behind("\x1b[32mtraefik-74\x1b[0m \x1b[32mtraefik\x1b[0m ")},
      {"RFC 3164", behind("<30>Jan  5 09:00:00 10.9.8.7 traefik[812]: ")},
      {"RFC 5424", behind("<30>1 2026-01-05T09:00:00Z 10.9.8.7 - 812 - - ")},
      {"its data", behind("<30>1 2026-01-05T09:00:00Z e t 8 - [m x=\"] - \\\"\"][n] \xEF\xBB\xBF")},
      {"aws logs tail", behind("2026-01-05T09:00:00.000000+00:00 traefik/traefik/0123abc ")},
      {"logcli", behind("2026-01-05T09:00:00Z {app=\"traefik\", pod=\"x\"} ")},
      {"Grafana", behind("1767603600000\t2026-01-05T09:00:00.000Z\t")},
      {"grep -H", behind("/var/log/access.log:")},
      {"grep -n",
       [](size_t number, const std::string& line) { return std::to_string(number) + ":" + line; }},
      {"ts", behind("Jan 05 09:00:00 ")},
      {"blanks", behind("  \t")},
      {"behind it", [](size_t, const std::string& line) { return line + " \x1b[0m\t\r"; }},
      {"log", in("log")},
      {"message", in("message")},
      {"MESSAGE", in("MESSAGE")},
      {"line", in("line")},
      {"short_message", in("short_message")},
      {"textPayload", in("textPayload")},
      {"_source.message",
       [](size_t, const std::string& line) {
         return R"({"_index":"x","_source":)" + Object("message", line) + "}";
       }},
      {"behind a prefix",
       [](size_t, const std::string& line) { return "x | " + Object("message", line); }},
      {"a string", [](size_t, const std::string& line) { return nlohmann::json(line).dump(); }},
      {"body.stringValue",
       [](size_t, const std::string& line) {
         return R"({"body":)" + Object("stringValue", line) + "}";
       }},
      {"a list of bytes",
       [](size_t, const std::string& line) {
         const std::vector<unsigned char> bytes(line.begin(), line.end());
         return nlohmann::json{{"MESSAGE", bytes}}.dump();
       }},
      {"journalctl -o export",
       [](size_t, const std::string& line) {
         return "__CURSOR=s=1\nMESSAGE=" + line + "\n_PID=812\n";
       },
       4},
  };
}

TEST(FormatsTest, EveryWrappingIsTakenOff) {
  for (const char* const name : {"00-bare-clf", "00-bare-json"}) {
    const auto lines = LinesOf(name);
    const auto bare = Verdicts(AnalyzeLog({}, kFormats + name + ".log"));
    for (const Wrapping& wrapping : Wrappings()) {
      SCOPED_TRACE(std::string(name) + ": " + wrapping.name);
      std::string text;
      for (size_t i = 0; i < lines.size(); ++i) text += wrapping.wrap(i + 1, lines[i]) + "\n";
      const Analysis analysis = AnalyzeText(text);
      const SourceStats& source = analysis.stats.sources.at(0);
      EXPECT_EQ(source.parsed, lines.size());
      EXPECT_EQ(source.lines, wrapping.parts * lines.size());
      EXPECT_EQ(source.lines, Counted(source));
      EXPECT_EQ(Verdicts(analysis), bare);
    }
  }
}

TEST(FormatsTest, WhatAJournalWritesAsBytesIsReadWhole) {
  const auto lines = LinesOf("00-bare-clf");
  std::string text;
  for (const std::string& line : lines) text += "__CURSOR=s=1\n" + Binary(line) + "\n_PID=812\n\n";
  const Analysis analysis = AnalyzeText(text);
  EXPECT_EQ(analysis.stats.sources.at(0).parsed, lines.size());
  EXPECT_EQ(Verdicts(analysis), Verdicts(AnalyzeLog({}, kFormats + "00-bare-clf.log")));
}

TEST(FormatsTest, JsonOverSeveralLinesAndArraysAreRead) {
  const auto lines = LinesOf("00-bare-json");
  const auto bare = Verdicts(AnalyzeLog({}, kFormats + "00-bare-json.log"));
  using Json = nlohmann::json;
  std::string objects;
  std::string rows;
  Json array = Json::array();
  Json hits = Json::array();
  Json events = Json::array();
  for (const std::string& line : lines) {
    const Json record = Json::parse(line);
    objects += record.dump(2) + "\n";
    rows += (rows.empty() ? "[" : ",\n") + record.dump();
    array.push_back(record);
    hits.push_back({{"_index", "a"}, {"_source", {{"traefik", record}}}});
    events.push_back({{"timestamp", 1}, {"message", line}});
  }
  const std::pair<const char*, std::string> rows_of[] = {
      {"jq .", objects},
      {"jq -s .", array.dump(2) + "\n"},
      {"one in a line", rows + "]\n"},
      {"Elasticsearch", Json{{"hits", {{"hits", hits}, {"total", 60}}}}.dump(1) + "\n"},
      {"CloudWatch", Json{{"events", events}, {"searchedLogStreams", Json::array()}}.dump(4)},
  };
  for (const auto& [name, text] : rows_of) {
    SCOPED_TRACE(name);
    const Analysis analysis = AnalyzeText(text);
    const SourceStats& source = analysis.stats.sources.at(0);
    EXPECT_EQ(source.parsed, lines.size());
    EXPECT_EQ(source.lines, Counted(source));
    EXPECT_EQ(Verdicts(analysis), bare);
  }
  const Analysis one_line = AnalyzeText(array.dump() + "\n");
  EXPECT_EQ(Unparsed(one_line, UnparsedReason::kJsonArray), 1U);
  EXPECT_TRUE(HasRemark(one_line, "jq -c"));
}

TEST(FormatsTest, WhatCannotBeReadSaysWhatToType) {
  const auto lines = LinesOf("00-bare-json");
  const auto clf = LinesOf("00-bare-clf");
  const auto quoted = [](std::string line) {
    for (size_t at = line.find('"'); at != std::string::npos; at = line.find('"', at + 2)) {
      line.insert(at, 1, '"');
    }
    return "\"2026\",\"" + line + "\"\n";
  };
  EXPECT_EQ(Unparsed(AnalyzeText(quoted(lines[0])), UnparsedReason::kCsv), 1U);
  EXPECT_EQ(Unparsed(AnalyzeText(quoted(clf[0])), UnparsedReason::kCsv), 1U);
  EXPECT_TRUE(HasRemark(AnalyzeText(quoted(clf[0])), "mlr --icsv"));
  for (const std::string& line : {lines[0], clf[0]}) {
    const nlohmann::json loki = {{"result", {{{"values", {{"17", line}}}}}}};
    EXPECT_EQ(Unparsed(AnalyzeText(loki.dump() + "\n"), UnparsedReason::kJsonArray), 1U);
  }
}

TEST(FormatsTest, RecordsThatAreObjectsAreTakenOut) {
  const auto lines = LinesOf("00-bare-json");
  const auto bare = Verdicts(AnalyzeLog({}, kFormats + "00-bare-json.log"));
  for (const char* const key : {"json", "jsonPayload", "traefik", "_source", "message"}) {
    std::string text;
    for (const std::string& line : lines) text += std::string("{\"") + key + "\":" + line + "}\n";
    EXPECT_EQ(Verdicts(AnalyzeText(text)), bare) << key;
  }
}

TEST(FormatsTest, NamesBeforeLinesAreReplicas) {
  const Analysis analysis = AnalyzeLog({}, kFormats + "03-clf-service-logs-two-replicas.log");
  const SourceStats& source = analysis.stats.sources.at(0);
  EXPECT_EQ(source.parsed, 16U);
  EXPECT_EQ(BreaksIn(analysis), 7U);
  EXPECT_EQ(source.sequences.restarts, 0U);
  EXPECT_EQ(source.sequences.missing, 0U);
}

// What clients forge behind a shipper's prefix is what they forge without.
TEST(FormatsTest, ForgedLinesBehindAPrefixAreForged) {
  for (const char* const name :
       {"clf-lf-two-forged", "real-traefik-h2-cubic-14k", "real-traefik-userinfo-forged"}) {
    const std::string path = std::string(STICKYD_TEST_DATA "/raw/hostile/") + name + ".log";
    const auto bare = Verdicts(AnalyzeLog({}, path));
    for (const char* const prefix :
         {"Jan 05 09:00:00 edge1 traefik[812]: ", "traefik-1  | ", "access.log:12:",
          "<30>1 2026-01-05T09:00:00Z edge1 traefik 812 - - ", "edge_traefik.1.x@swarm1 | "}) {
      SCOPED_TRACE(std::string(name) + " behind " + prefix);
      std::ifstream in(path);
      std::string text;
      for (std::string line; std::getline(in, line);) text += prefix + line + "\n";
      const Analysis analysis = AnalyzeText(text);
      EXPECT_EQ(Verdicts(analysis), bare);
      EXPECT_EQ(analysis.stats.services.size(), 1U);
      EXPECT_EQ(BreaksIn(analysis), 0U);
    }
  }
}

// Nor is a name that they write before their lines a replica, of which nothing is known yet.
TEST(FormatsTest, NamesInForgedLinesAreNoReplicas) {
  const std::string path = STICKYD_TEST_DATA "/raw/hostile/clf-lf-two-forged.log";
  const auto bare = Verdicts(AnalyzeLog({}, path));
  for (const char* const prefix : {"", "edge1 traefik[812]: ", "access.log:12:"}) {
    std::ifstream in(path);
    std::string text;
    for (std::string line; std::getline(in, line);) {
      const bool forged = line.find("//10.66.6.") != std::string::npos;
      text += prefix + std::string(forged ? "evil-host | " : "") + line + "\n";
    }
    EXPECT_EQ(Verdicts(AnalyzeText(text)), bare) << prefix;
  }
}

TEST(FormatsTest, ListsWithoutATrustedProxyAreToldOf) {
  EXPECT_TRUE(
      HasRemark(AnalyzeLog({}, kFormats + "05-forwarded-list-no-option.log"), "--proxy.trusted"));
  EXPECT_FALSE(HasRemark(AnalyzeLog({"--proxy.trusted", "172.71.0.0/16"},
                                    kFormats + "05-forwarded-list-no-option.log"),
                         "--proxy.trusted"));
}

TEST(FormatsTest, OneAddressForEverybodyIsToldOf) {
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "10.0.0.2 - - [05/Jan/2026:09:00:00 +0000] \"GET / HTTP/2.0\" 200 5 \"-\" \"-\" " +
            std::to_string(i + 1) + " \"shop@file\" \"http://10.1.0.1:80\" 3ms\n";
  }
  EXPECT_TRUE(HasRemark(AnalyzeText(text), "trustedIPs"));
  EXPECT_FALSE(HasRemark(AnalyzeLog({}, kFormats + "00-bare-clf.log"), "trustedIPs"));
}

TEST(FormatsTest, WhatAJournalLeftOutIsNamedWithTheCommandThatShowsIt) {
  const Analysis analysis = AnalyzeLog({}, kFormats + "07-journalctl-json-null.log");
  EXPECT_EQ(Unparsed(analysis, UnparsedReason::kMessageNull), 20U);
  EXPECT_TRUE(HasRemark(analysis, "journalctl --all"));
  const Analysis blob = AnalyzeText("Jan 05 09:00:00 edge1 traefik[812]: [4.1K blob data]\n");
  EXPECT_EQ(Unparsed(blob, UnparsedReason::kMessageNull), 1U);
}

TEST(FormatsTest, NeighboursOnTheStreamCostThemselvesOnly) {
  const Analysis analysis = AnalyzeLog({}, kFormats + "12-neighbour-common-clf.log");
  EXPECT_EQ(analysis.stats.sources.at(0).parsed, 12U);
  EXPECT_EQ(BreaksIn(analysis), 11U);
  EXPECT_EQ(Unparsed(analysis, UnparsedReason::kForeignClf), 12U);
  EXPECT_FALSE(HasRemark(analysis, "forge"));
  const Analysis plugins = AnalyzeLog({}, kFormats + "20-plugin-lines.log");
  EXPECT_EQ(plugins.stats.sources.at(0).parsed, 10U);
  EXPECT_EQ(Skipped(plugins, SkipReason::kPlugin), 13U);
}

TEST(FormatsTest, WhereServiceUrlWasDroppedTheAddressIsTheServer) {
  const auto bare = Verdicts(AnalyzeLog({}, kFormats + "00-bare-json.log"));
  std::string text;
  for (const std::string& line : LinesOf("00-bare-json")) {
    auto record = nlohmann::json::parse(line);
    record.erase("ServiceURL");
    text += record.dump() + "\n";
  }
  EXPECT_EQ(Verdicts(AnalyzeText(text)), bare);
}

}  // namespace
}  // namespace stickyd
