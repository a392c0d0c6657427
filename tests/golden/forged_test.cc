// SPDX-License-Identifier: Apache-2.0
// forged_test: one request of a CLF recording names a user that holds whole log lines, as Traefik
// writes them (docs/SECURITY.md, "The log"). Whatever those lines say, everybody else is judged as
// before, no server or service appears, and nothing is missing or restarted.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <random>
#include <set>

#include "analysis.h"
#include "recording.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

constexpr size_t kFirstHost = 100;      // the source has shown by then what it writes
constexpr uint64_t kLowestCount = 128;  // right after a restart, counts can be guessed
constexpr size_t kTurns = 8;            // for each shape

// A CLF line of a recording in which nobody is logged in.
struct ClfLine {
  std::string client, time, rest, count, router, server;

  static std::optional<ClfLine> Read(const std::string& line) {
    const size_t user = line.find(" - - [");
    const size_t time_end = line.find("] \"");
    const size_t server = line.rfind(" \"http");
    if (user == std::string::npos || time_end == std::string::npos || server == std::string::npos) {
      return std::nullopt;
    }
    const size_t router = line.rfind(" \"", server - 1);
    const size_t count = line.rfind(' ', router - 1);
    return ClfLine{line.substr(0, user),
                   line.substr(user + 6, time_end - user - 6),
                   line.substr(time_end),
                   line.substr(count + 1, router - count - 1),
                   line.substr(router + 2, server - router - 3),
                   line.substr(server + 2, line.rfind('"') - server - 2)};
  }
  // The line with another user.
  std::string With(const std::string& user) const {
    return client + " - " + user + " [" + time + rest;
  }
};

// What an attacker knows of the site.
struct Knowledge {
  std::string time;
  std::vector<std::string> clients;
  std::vector<std::pair<std::string, std::string>> pools;  // router and server, as logged
};

struct Forger {
  const Knowledge& known;
  std::mt19937_64& random;

  template <class List>
  const auto& Any(const List& list) {
    return list[random() % list.size()];
  }
  std::string Line(const std::string& count, bool real_names) {
    const auto& [router, server] = Any(known.pools);
    const std::string made_up = fmt::format("http://10.66.6.{}:80", random() % 4);
    return fmt::format("{} - - [{}] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" {} \"{}\" \"{}\" 3ms",
                       Any(known.clients), known.time, count, real_names ? router : "evil@file",
                       real_names ? server : made_up);
  }
  // `lines` of them, their counts one after the other.
  std::string Block(size_t lines, uint64_t count, bool real_names) {
    std::string block;
    for (size_t i = 0; i < lines; ++i) block += Line(std::to_string(count + i), real_names) + "\n";
    return block;
  }
  std::string Json() {
    return fmt::format(
        R"({{"ClientHost":"{0}","ClientAddr":"{0}:1","ServiceName":"evil@file","RouterName":)"
        R"("evil@file","ServiceURL":"http://10.66.6.8:80","StartUTC":"2026-11-23T00:39:40Z",)"
        R"("Duration":1000000,"RequestCount":77,"DownstreamStatus":200}})",
        Any(known.clients));
  }
};

struct Shape {
  const char* name;
  std::function<std::string(Forger&)> user;
};

std::vector<Shape> Shapes() {
  return {
      {"fragment_and_rest", [](Forger& f) { return "x\n" + f.Block(20, 9'000'001, false) + "y"; }},
      {"names_are_real", [](Forger& f) { return "x\n" + f.Block(20, 9'000'001, true) + "y"; }},
      {"first_line_is_whole",
       [](Forger& f) {
         std::string block = f.Block(20, 9'000'001, true);
         return block.substr(block.find(" - ") + 3) + "y";
       }},
      {"last_line_is_whole",
       [](Forger& f) {
         return "x\n" + f.Block(20, 9'000'001, false) + f.Any(f.known.clients) + " - -";
       }},
      {"first_and_last_are_whole",
       [](Forger& f) {
         std::string block = f.Block(20, 9'000'001, true);
         return block.substr(block.find(" - ") + 3) + f.Any(f.known.clients) + " - -";
       }},
      {"looks_like_a_restart",
       [](Forger& f) {
         std::string block = f.Block(40, 1, true);
         return block.substr(block.find(" - ") + 3) + f.Any(f.known.clients) + " - -";
       }},
      {"without_counts",
       [](Forger& f) {
         return "- [" + f.known.time +
                "] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" - \"r\" \"http://a\" "
                "3ms\n" +
                f.Line("-", true) + "\n" + f.Line("-", true) + "\n" + f.Any(f.known.clients) +
                " - -";
       }},
      {"json_behind_a_fragment",
       [](Forger& f) { return "x\n" + f.Json() + "\n" + f.Json() + "\ny"; }},
      {"json_behind_a_whole_line",
       [](Forger& f) {
         std::string line = f.Line("9000001", true);
         return line.substr(line.find(" - ") + 3) + "\n" + f.Json() + "\ny";
       }},
      {"wrapped_as_containers_do",
       [](Forger& f) {
         return "x\n2026-11-23T00:39:40.5Z stdout F " + f.Line("9000001", true) +
                "\n{\"MESSAGE\":\"" + "10.0.0.1 - - x\"}\ny";
       }},
      {"a_rest_that_is_none",
       [](Forger& f) {
         const std::string line = f.Line("9000001", true);
         return "x\ny" + line.substr(line.find(" [")) + "\n" + f.Block(20, 9'000'002, true) + "y";
       }},
      {"as_long_as_a_head_can_be",
       [](Forger& f) {
         std::string block = f.Block(7500, 9'000'001, true);
         block.resize(block.rfind('\n', 1'040'000) + 1);
         return block.substr(block.find(" - ") + 3) + f.Any(f.known.clients) + " - -";
       }},
      {"one_line_with_another_time",
       [](Forger&) {
         return std::string(
             "- [01/Jan/2026:00:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 "
             "\"evil@file\" \"http://10.66.6.6:80\" 3ms");
       }},
  };
}

std::set<std::string> NamesOf(const PipelineStats& stats) {
  std::set<std::string> names;
  for (size_t i = 0; i < stats.services.size(); ++i) {
    if (stats.services[i].second.requests.sum() > 0) names.insert(stats.services[i].first);
    for (const auto& [server, count] : stats.servers[i]) names.insert(server);
  }
  return names;
}

std::vector<std::filesystem::path> ClfRecordings() {
  std::vector<std::filesystem::path> paths = RecordingPaths();
  std::erase_if(paths, [](const auto& path) {
    return path.filename().string().find("-clf") == std::string::npos;
  });
  return paths;
}

class ForgedTest : public testing::TestWithParam<std::filesystem::path> {
 protected:
  void SetUp() override {
    recording_ = LoadRecording(GetParam());
    std::istringstream input(Unpack(GetParam() / "access.log.xz"));
    std::set<std::string> clients;
    for (std::string line; std::getline(input, line); lines_.push_back(line)) {
      const auto read = ClfLine::Read(line);
      if (!read) continue;
      const bool usable = lines_.size() >= kFirstHost && std::stoull(read->count) >= kLowestCount;
      if (usable) hosts_.push_back(lines_.size());
      if (clients.insert(read->client).second) known_.clients.push_back(read->client);
      known_.pools.emplace_back(read->router, read->server);
    }
    ASSERT_FALSE(hosts_.empty());
    before_ = Analyze(lines_);
  }

  Analysis Analyze(const std::vector<std::string>& lines) {
    const std::string log = (folder_.path() / "access.log").string();
    std::ofstream out(log);
    for (const std::string& line : lines) out << line << '\n';
    out.close();
    return AnalyzeLog(recording_.options, log);
  }

  // The line `host` becomes several. Nobody but its client is judged otherwise.
  void Forge(size_t host, const std::string& user) {
    const ClfLine line = *ClfLine::Read(lines_[host]);
    std::vector<std::string> forged = lines_;
    forged[host] = line.With(user);
    const auto more = static_cast<size_t>(std::count(user.begin(), user.end(), '\n'));
    const Analysis after = Analyze(forged);
    ASSERT_EQ(after.stats.sources[0].lines, Counted(after.stats.sources[0]));
    ASSERT_EQ(NamesOf(after.stats), NamesOf(before_.stats));
    ASSERT_EQ(after.stats.sources[0].sequences.missing, before_.stats.sources[0].sequences.missing);
    ASSERT_EQ(after.stats.sources[0].sequences.restarts_told,
              before_.stats.sources[0].sequences.restarts_told);
    size_t judged = 0;
    for (const auto& [number, was] : before_.by_line) {
      if (number == host + 1) continue;
      const auto now = after.by_line.find(number > host + 1 ? number + more : number);
      ASSERT_NE(now, after.by_line.end()) << "line " << number << " is lost";
      ++judged;
      const auto read = ClfLine::Read(lines_[number - 1]);
      if (read && read->client == line.client) continue;
      ASSERT_EQ(now->second.verdict, was.verdict) << lines_[number - 1];
      ASSERT_EQ(now->second.server, was.server) << lines_[number - 1];
    }
    ASSERT_LE(after.by_line.size(), judged + 1)
        << "a line that nobody's request wrote was believed";
  }

  const TempDir folder_;
  Recording recording_;
  std::vector<std::string> lines_;
  std::vector<size_t> hosts_;  // lines that may be forged into
  Knowledge known_;
  Analysis before_;
};

TEST_P(ForgedTest, NobodyElseIsJudgedOtherwise) {
  std::mt19937_64 random(7);
  for (const Shape& shape : Shapes()) {
    for (size_t turn = 0; turn < kTurns; ++turn) {
      const size_t host = hosts_[random() % hosts_.size()];
      known_.time = ClfLine::Read(lines_[host])->time;
      Forger forger{known_, random};
      SCOPED_TRACE(fmt::format("{}, into line {}", shape.name, host + 1));
      Forge(host, shape.user(forger));
      if (HasFatalFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, ForgedTest, testing::ValuesIn(ClfRecordings()), RecordingName);

}  // namespace
}  // namespace stickyd
