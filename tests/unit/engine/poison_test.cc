// SPDX-License-Identifier: Apache-2.0
// poison_test: one client that makes up what it likes, beside two hundred who do not. What is said
// of those stays the same, line by line; what is said of the attack is bounded and can be seen.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "padded.h"
#include "stickyd/engine/pipeline.h"

namespace stickyd {
namespace {

constexpr int kPeople = 200;
constexpr int kAttacks = 11'000;  // more than the tables have room for
constexpr const char* kAttacker = "10.66.6.6";

struct Request {
  int64_t ms = 0;
  std::string address;
  std::string forwarded;  // as ClientHost; empty: the address
  std::string agent = "browser";
  int port = 0;
  int server = 1;
  std::string cookie;
  bool set_cookie = false;
};

Request At(int64_t ms, const std::string& address, int port, int server) {
  Request request;
  request.ms = ms;
  request.address = address;
  request.port = port;
  request.server = server;
  return request;
}
std::string Url(int server) { return fmt::format("http://10.0.0.{}:80", server); }
std::string Cookie(int server) { return "sticky=" + Url(server); }
std::string Person(int i) { return fmt::format("10.1.0.{}", i); }

std::string Json(const Request& of, uint64_t count) {
  std::string line = fmt::format(
      R"({{"ClientAddr":"{0}:{1}","ClientHost":"{2}","Duration":1000000,"RequestCount":{3},)"
      R"("RouterName":"shop@file","ServiceName":"shop@file","ServiceURL":"{4}",)"
      R"("StartUTC":"2026-01-05T{5:02}:{6:02}:{7:02}.{8:03}Z","DownstreamStatus":200,)"
      R"("RequestMethod":"GET","RequestPath":"/","RequestHost":"shop","RequestScheme":"http",)"
      R"("request_User-Agent":"{9}")",
      of.address.find(':') == std::string::npos ? of.address : "[" + of.address + "]", of.port,
      of.forwarded.empty() ? of.address : of.forwarded, count, Url(of.server),
      9 + of.ms / 3'600'000, of.ms / 60'000 % 60, of.ms / 1000 % 60, of.ms % 1000, of.agent);
  if (!of.cookie.empty()) line += fmt::format(R"(,"request_Cookie":"{}")", of.cookie);
  if (of.set_cookie) {
    line += fmt::format(R"(,"origin_Set-Cookie":"{0}","downstream_Set-Cookie":"{0}")",
                        Cookie(of.server) + "; Path=/");
  }
  return line + "}";
}

// Half of them browsers with cookies; half of them come back before the attack; all land elsewhere
// after it.
bool HasCookies(int i) { return i % 2 == 0; }

class Log : public OutcomeSink {
 public:
  explicit Log(uint32_t limit) {
    PipelineOptions options;
    options.sessions.max_sessions = limit;
    options.max_connections = limit;
    pipeline_ = *Pipeline::Create(options, KeyedHash({}), this);
    source_ = pipeline_->AddLane("log");
  }

  void People(int64_t ms, int server, bool again) {
    for (int i = 0; i < kPeople; ++i) {
      if (again && i % 4 < 2) continue;
      const bool first = ms == 0;
      Request request = At(ms + i * 10, Person(i), 2000 + i, server);
      request.cookie = HasCookies(i) && !first ? Cookie(1) : "";
      request.set_cookie = HasCookies(i) && first;
      Send(request, true);
    }
  }
  void Send(const Request& request, bool innocent) {
    innocent_ = innocent;
    ++count_;
    pipeline_->Feed(source_, 0, Padded(Json(request, count_)).line(count_));
  }
  void Finish() { pipeline_->Finish(); }

  void OnRecord(const Outcome& outcome, bool open) override {
    if (open && innocent_) open_.push_back(outcome.id);
    if (!open) Note(outcome, innocent_);
  }
  void OnClosed(const Outcome& outcome) override {
    Note(outcome, std::find(open_.begin(), open_.end(), outcome.id) != open_.end());
  }

  // What was said of the innocent, by time.
  std::vector<std::string> said() const {
    std::vector<std::string> sorted = said_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  int breaks() const { return breaks_; }  // of the attacker
  PipelineStats stats() { return pipeline_->Stats(Pipeline::Windows::kSum); }

 private:
  void Note(const Outcome& outcome, bool innocent) {
    const Judgement& judgement = outcome.judgement;
    const bool is_break = judgement.verdict == Verdict::kBreak;
    if (!innocent) {
      breaks_ += is_break ? 1 : 0;
      return;
    }
    said_.push_back(fmt::format("{} {} {} {}", outcome.start.time_since_epoch().count(),
                                Name(judgement.verdict), Name(judgement.evidence),
                                is_break && judgement.first_break));
  }

  std::unique_ptr<Pipeline> pipeline_;
  LaneId source_{};
  uint64_t count_ = 0;
  bool innocent_ = true;
  std::vector<uint64_t> open_;
  std::vector<std::string> said_;
  int breaks_ = 0;
};

struct Attack {
  const char* name;
  std::function<void(int, Request&)> make;
  int most_breaks;  // of 11,000 requests
  uint32_t limit = 10'000;
};

void PrintTo(const Attack& attack, std::ostream* out) { *out << attack.name; }

std::string Play(const Attack* attack, Log& log) {
  log.People(0, 1, false);
  log.People(3'000, 1, true);
  for (int i = 0; i < kAttacks; ++i) {
    if (attack == nullptr) break;
    Request request = At(10'000 + i * 10, kAttacker, 3000 + i, 1);
    attack->make(i, request);
    log.Send(request, false);
  }
  log.People(130'000, 2, false);
  log.Finish();
  return fmt::format("{}", fmt::join(log.said(), "\n"));
}

class PoisonTest : public testing::TestWithParam<Attack> {};

TEST_P(PoisonTest, ChangesNothingThatIsSaidOfOthersAndLittleOfTheSum) {
  Log quiet(GetParam().limit);
  Log poisoned(GetParam().limit);
  const std::string without = Play(nullptr, quiet);
  EXPECT_EQ(Play(&GetParam(), poisoned), without);
  ASSERT_EQ(quiet.stats().services.at(0).second.breaks.sum(), 200U);  // worth protecting
  EXPECT_LE(poisoned.breaks(), GetParam().most_breaks);
  const PipelineStats stats = poisoned.stats();
  EXPECT_EQ(stats.sources[0].lines, 500U + kAttacks);
  EXPECT_EQ(stats.sources[0].parsed, 500U + kAttacks);
  EXPECT_LE(stats.sessions.entries, GetParam().limit);
  if (poisoned.breaks() > 0) {
    const double share = *stats.services.at(0).second.top_break_share;
    EXPECT_NEAR(share, poisoned.breaks() / (200.0 + poisoned.breaks()), 1.0 / 32);
  }
}

const Attack kAttackList[] = {
    {"agents", [](int i, Request& r) { r.agent = fmt::format("a{}", i); }, 0},
    {"agents_that_come_twice",
     [](int i, Request& r) { r.agent = fmt::format("a{}", i / 2 % 5000); }, 0},
    {"agents_on_all_servers",
     [](int i, Request& r) {
       r.agent = fmt::format("a{}", i);
       r.server = i % 2 + 1;
     },
     128 + 7},
    {"stale_cookies_of_many_agents",
     [](int i, Request& r) {
       r.agent = fmt::format("a{}", i);
       r.cookie = Cookie(2);
     },
     128 + 7},
    {"a_stale_cookie", [](int, Request& r) { r.cookie = Cookie(2); }, 1},
    {"stale_cookies_in_turn", [](int i, Request& r) { r.cookie = Cookie(2 + i % 2); }, 128 + 7},
    {"sessions",
     [](int i, Request& r) { r.cookie = fmt::format("JSESSIONID=0123456789abcdef{}", i); }, 0},
    {"sessions_of_many_agents",
     [](int i, Request& r) {
       r.agent = fmt::format("a{}", i);
       r.cookie = fmt::format("JSESSIONID=0123456789abcdef{}", i);
     },
     0},
    {"a_session_on_the_servers_of_its_cookies",
     [](int i, Request& r) {
       r.server = i % 2 + 1;
       r.cookie = "JSESSIONID=0123456789abcdef; " + Cookie(r.server);
     },
     128 + 7},
    {"guessed_cookies",
     [](int i, Request& r) {
       r.server = i % 3 + 1;
       r.cookie = Cookie(r.server);
     },
     0},
    {"connections", [](int i, Request& r) { r.port = 1 + i % 65'535; }, 0},
    {"forwarded_addresses",
     [](int i, Request& r) { r.forwarded = fmt::format("11.0.{}.{}", i / 250, i % 250); }, 0},
    {"forwarded_addresses_that_come_twice",
     [](int i, Request& r) {
       const int of = i % 5500;
       r.forwarded = fmt::format("11.0.{}.{}", of / 250, of % 250);
     },
     0, 5'000},
    {"forwarded_addresses_of_others",
     [](int i, Request& r) {
       r.forwarded = Person(i % kPeople);
       r.server = 3;
     },
     0},
    {"forwarded_addresses_with_sessions",
     [](int i, Request& r) {
       r.forwarded = fmt::format("11.0.{}.{}", i / 250, i % 250);
       r.cookie = fmt::format("JSESSIONID=0123456789abcdef{}", i);
     },
     0, 20'000},
    {"addresses_of_a_network",
     [](int i, Request& r) { r.address = fmt::format("2001:db8:6:6::{:x}", i + 1); }, 0},
};

INSTANTIATE_TEST_SUITE_P(Attacks, PoisonTest, testing::ValuesIn(kAttackList),
                         [](const auto& of) { return of.param.name; });

// Many people behind one address are no attack: what they hold gives them room.
TEST(PoisonTest, AnOfficeBehindOneAddressIsSeenAsBefore) {
  Log log(10'000);
  constexpr int kOffice = 600;
  int64_t ms = 0;
  const auto come = [&](int i, int server, bool first) {
    Request request = At(ms += 10, kAttacker, 2000 + i, server);
    request.agent = fmt::format("browser {}", i);
    request.cookie = first ? "" : Cookie(1);
    request.set_cookie = first;
    log.Send(request, false);
  };
  for (int i = 0; i < kOffice; ++i) {
    come(i, 1, true);
    for (int visit = 0; visit < 9; ++visit) come(i, 1, false);
  }
  for (int i = 0; i < kOffice; ++i) come(i, 2, false);
  log.Finish();
  EXPECT_EQ(log.breaks(), kOffice);
  EXPECT_EQ(log.stats().refused.sum(), 0U);
}

TEST(PoisonTest, WhatAnAddressMayNotHaveIsCounted) {
  Log log(10'000);
  for (int i = 0; i < 300; ++i) {
    Request request = At(10 * i, kAttacker, 2000, 1);
    request.agent = fmt::format("browser {}", i);
    log.Send(request, false);
  }
  EXPECT_EQ(log.stats().refused[Limit::kPeople], 300U - 256U);
  EXPECT_EQ(log.stats().refused[Limit::kSessions], 0U);
}

}  // namespace
}  // namespace stickyd
