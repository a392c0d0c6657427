// SPDX-License-Identifier: Apache-2.0
// hostile_live_test: hostile clients and people ask a real Traefik on loopback, and stickyd reads
// what it wrote. Which one is in the environment: STICKYD_TRAEFIK=/path/to/traefik (v1.7 or newer);
// without it, nothing is tested. STICKYD_KEEP=FOLDER keeps the logs, each with what was sent.
#include <fmt/chrono.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <thread>

#include "backend.h"
#include "following_stickyd.h"
#include "golden/recording.h"
#include "hostile_log.h"
#include "hostile_requests.h"
#include "loopback.h"
#include "real_traefik.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

constexpr size_t kServers = 3;
constexpr size_t kPeople = 6;
constexpr size_t kRounds = 8;
// A source must have shown so many counts before a line can contradict them.
constexpr size_t kRequestsBefore = 72;

const char* FromEnvironment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

struct Answer {
  std::string server;  // empty: another one than ours
  std::string cookie;  // that it sets
};

// A person has an address, and a browser that keeps the cookie. The last one's proxy does not pass
// it on as it is: now and then a session of theirs breaks.
struct Person {
  std::string client, cookie, server;
  bool loses_cookie = false;
};

class Visit {
 public:
  explicit Visit(RealTraefik& traefik) : traefik_(traefik) {
    for (size_t i = 1; i <= kPeople; ++i)
      people_.push_back({fmt::format("127.28.0.{}", i), "", ""});
    people_.back().loses_cookie = true;
  }

  void Run() {
    Come(people_.size());
    NextRound();
    while (sent_.size() < kRequestsBefore) Come(people_.size() - 1);
    const std::vector<HostileRequest> hostile = HostileRequests(Knowledge());
    const bool believes_everybody = traefik_.version().starts_with("v1");
    const size_t each = (hostile.size() + kRounds - 1) / kRounds;
    for (size_t i = 0; i < hostile.size(); ++i) {
      if (i % each == 0) {
        NextRound();
        Come(people_.size());
      }
      if (!believes_everybody || !hostile[i].field.ends_with("not trusted")) Attack(hostile[i]);
      Ask(people_[i % (people_.size() - 1)]);  // whatever it did is done to them
    }
    NextRound();
    Come(people_.size());
  }

  const std::vector<SentRequest>& sent() const { return sent_; }

 private:
  // CLF has whole seconds: what is to be sure lies further apart.
  static void NextRound() {
    using Clock = std::chrono::system_clock;
    const auto begin = std::chrono::ceil<std::chrono::seconds>(Clock::now());
    while (Clock::now() < begin + std::chrono::seconds(2)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  SiteKnowledge Knowledge() const {
    SiteKnowledge site{
        traefik_.version().starts_with("v1") ? "shop" : "shop@file", people_[0].server, {}, {}, {}};
    for (const Person& person : people_) site.clients.push_back(person.client);
    const auto now = fmt::gmtime(std::time(nullptr));
    site.clf_time = fmt::format("{:%d/%b/%Y:%H:%M:%S} +0000", now);
    site.rfc3339_time = fmt::format("{:%Y-%m-%dT%H:%M:%S}.5Z", now);
    return site;
  }

  Answer Send(uint16_t port, const std::string& from, const std::string& bytes, bool http2) {
    const UniqueFd fd = ConnectFrom(from, port);
    Write(fd, bytes);
    Answer answer;
    const std::string said = http2 ? ReadHttp2Body(fd) : ReadAll(fd);
    const size_t server = said.rfind("http://127.0.0.1:");
    if (server != std::string::npos) answer.server = said.substr(server);
    const std::string set_cookie = fmt::format("Set-Cookie: {}=", RealTraefik::kCookie);
    const size_t cookie = said.find(set_cookie);
    if (cookie != std::string::npos) {
      const size_t begin = cookie + set_cookie.size();
      answer.cookie = said.substr(begin, said.find(';', begin) - begin);
    }
    return answer;
  }

  // The first so many people, once.
  void Come(size_t people) {
    for (size_t i = 0; i < people; ++i) Ask(people_[i]);
  }

  void Ask(Person& person) {
    HostileRequest request;
    const std::string mark = fmt::format("n={}", sent_.size());
    request.target = "/?" + mark;
    request.headers = {{"user-agent", "browser of " + person.client}};
    const std::string cookie = person.loses_cookie ? "lost" : person.cookie;
    if (!person.cookie.empty()) {
      request.headers.emplace_back("cookie", fmt::format("{}={}", RealTraefik::kCookie, cookie));
    }
    const Answer answer = Send(traefik_.web(), person.client, request.BytesFor(""), false);
    ASSERT_FALSE(answer.server.empty());
    const bool held = person.server == answer.server;
    const char* const verdict = person.server.empty() ? "first" : held ? "held" : "break";
    sent_.push_back({false, person.client, mark, answer.server, verdict, "", ""});
    person.server = answer.server;
    if (!answer.cookie.empty()) person.cookie = answer.cookie;
  }

  void Attack(HostileRequest request) {
    const size_t number = sent_.size();
    const std::string client = fmt::format("127.66.{}.{}", number / 250, number % 250 + 1);
    std::string mark;
    if (request.target == "/") {
      mark = fmt::format("h={}", number);
      request.target = "/?" + mark;
    }
    const bool direct = request.way == HostileRequest::Way::kDirect;
    const Answer answer =
        Send(direct ? traefik_.web() : traefik_.proxied(), direct ? client : RealTraefik::kProxy,
             request.BytesFor(client), request.protocol == HostileRequest::Protocol::kHttp2);
    sent_.push_back({true, client, mark, answer.server, "", request.field, request.what});
  }

  RealTraefik& traefik_;
  std::vector<Person> people_;
  std::vector<SentRequest> sent_;
};

class HostileLiveTest : public testing::TestWithParam<RealTraefik::Format> {
 protected:
  static void Keep(const std::string& version, const std::string& log, const std::string& table,
                   const std::string& report) {
    const std::filesystem::path folder = FromEnvironment("STICKYD_KEEP");
    if (folder.empty()) return;
    const bool clf = GetParam() == RealTraefik::Format::kClf;
    const std::filesystem::path kept = folder / (version + (clf ? "-clf" : "-json"));
    std::filesystem::create_directories(kept);
    std::ofstream(kept / "access.log") << log;
    std::ofstream(kept / "requests.tsv") << table;
    std::ofstream(kept / "report.tsv") << report;
  }

  static void CheckMetrics(const FollowingStickyd& following, const HostileLog& log) {
    for (const char* const name :
         {"stickyd_log_missing_requests_total", "stickyd_log_restarts_total",
          "stickyd_log_clock_steps_total", "stickyd_source_read_errors_total"}) {
      EXPECT_EQ(following.Sum(name), 0) << name;
    }
    const auto of_lines = [&](const char* what) {
      return following.Sum(fmt::format("stickyd_lines_{}total", what));
    };
    EXPECT_EQ(of_lines(""), of_lines("parsed_") + of_lines("unparsed_") + of_lines("skipped_"));
    const auto breaks = static_cast<size_t>(std::lround(following.Sum("stickyd_breaks_total")));
    // In JSON a break may wait half a minute for the connection that would clear it.
    EXPECT_LE(breaks, log.breaks() + log.old_cookies());
    if (GetParam() == RealTraefik::Format::kClf) {
      EXPECT_EQ(breaks, log.breaks());
    }
    for (const std::string& service : following.Services()) {
      EXPECT_TRUE(HostileLog::IsService(service)) << service;
    }
  }
};

TEST_P(HostileLiveTest, NobodyMakesUpWhatDidNotHappen) {
  const std::string binary = FromEnvironment("STICKYD_TRAEFIK");
  if (binary.empty()) GTEST_SKIP() << "STICKYD_TRAEFIK names no Traefik";
  const TempDir folder;
  std::vector<std::unique_ptr<Backend>> backends;
  std::vector<std::string> servers;
  for (size_t i = 0; i < kServers; ++i) {
    backends.push_back(std::make_unique<Backend>());
    servers.push_back(backends.back()->url());
  }
  RealTraefik traefik({binary, folder.path(), GetParam(), servers});
  ASSERT_EQ(traefik.problem(), "");
  FollowingStickyd following(traefik.log(), folder.path());
  Visit visit(traefik);
  visit.Run();
  traefik.Stop();
  const std::string text = Unpack(traefik.log());
  const HostileLog log(text, visit.sent());
  Keep(traefik.version(), text, HostileLog::WriteRequests(visit.sent()), log.Check());
  following.WaitForLines(log.lines());
  CheckMetrics(following, log);
}

std::string FormatName(const testing::TestParamInfo<RealTraefik::Format>& info) {
  return info.param == RealTraefik::Format::kClf ? "Clf" : "Json";
}

INSTANTIATE_TEST_SUITE_P(Formats, HostileLiveTest,
                         testing::Values(RealTraefik::Format::kClf, RealTraefik::Format::kJson),
                         FormatName);

}  // namespace
}  // namespace stickyd
