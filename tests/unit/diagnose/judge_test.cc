// SPDX-License-Identifier: Apache-2.0
// judge_test: which rung of the ladder speaks, and what makes a break of an address one of somebody
// else.
#include "stickyd/diagnose/judge.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

using std::chrono::seconds;

constexpr ServerId kPinned{1};
constexpr ServerId kOther{2};
constexpr uint16_t kHere = 5 | kHttpsBit;

class JudgeTest : public testing::Test {
 protected:
  JudgeTest() {
    seen_.format = LogFormat::kJson;
    seen_.start = {now_, now_};
    seen_.end = now_ + seconds(1);
    seen_.learnt = {seen_.end, seen_.end};
    seen_.server = kOther;
    seen_.origin = kHere;
    seen_.cookies_logged = true;
    seen_.route = &route_;
    Remembers(client_, kPinned);
    client_.history.runs[0].connection = 77;
    client_.history.runs[0].origin = kHere;
    client_.facts.Set(SessionFacts::kShownSticky);
    client_.facts.shown = {kHere, 0};
    memories_.client = &client_;
    memories_.connection = &connection_;
  }

  void Remembers(SessionMemory& memory, ServerId server) const {
    const EventTime learnt = now_ - seconds(60);
    AddAssignment(memory.history, {server, {learnt, learnt}, {}, 0, 0});
  }
  void Cookie(ServerId server) {
    seen_.cookie.sent = seen_.cookie.sticky = seen_.cookie.leaf_value = true;
    seen_.cookie.in_scope = seen_.cookie.in_pool = true;
    seen_.cookie.tag = static_cast<uint16_t>(server);
    seen_.cookie.meaning.server = server;
  }
  Ruling Judged() const {
    Ruling ruling = Weigh(seen_, memories_);
    if (NeedsConfirmation(seen_, memories_, ruling)) Confirm(seen_, sight_, memories_, ruling);
    return ruling;
  }
  void Expect(Verdict verdict, Evidence evidence) const {
    const Ruling ruling = Judged();
    EXPECT_EQ(ruling.judgement.verdict, verdict);
    EXPECT_EQ(ruling.judgement.evidence, evidence);
  }

  const EventTime now_{std::chrono::hours(500'000)};
  Route route_;
  Observation seen_;
  BreakSight sight_;
  SessionMemory identity_, client_, connection_;
  Memories memories_;
};

TEST_F(JudgeTest, TheIdentityOfTheApplicationSpeaksFirst) {
  Remembers(identity_, kPinned);
  memories_.identity = &identity_;
  Cookie(kOther);
  Expect(Verdict::kBreak, Evidence::kSession);
}

TEST_F(JudgeTest, AnIdentityWithoutMemoryLeavesItToTheCookie) {
  memories_.identity = &identity_;
  Cookie(kOther);
  Expect(Verdict::kHeld, Evidence::kCookie);
}

TEST_F(JudgeTest, TheCookieSpeaksBeforeTheMemory) {
  Remembers(connection_, kOther);
  Cookie(kPinned);
  Expect(Verdict::kBreak, Evidence::kCookie);
}

TEST_F(JudgeTest, AValueThatWasRefusedNamesNoPin) {
  Cookie(ServerId{3});
  client_.facts.refused = seen_.cookie.tag;
  seen_.server = kPinned;
  Expect(Verdict::kHeld, Evidence::kClient);
}

TEST_F(JudgeTest, AConnectionClears) {
  Remembers(connection_, kOther);
  Expect(Verdict::kHeld, Evidence::kConnection);
}

TEST_F(JudgeTest, AConnectionConfirms) {
  Remembers(connection_, kPinned);
  Expect(Verdict::kBreak, Evidence::kConnection);
}

TEST_F(JudgeTest, AConnectionNeverAccuses) {
  Remembers(connection_, kOther);
  seen_.server = kPinned;
  Expect(Verdict::kHeld, Evidence::kClient);
}

TEST_F(JudgeTest, WhoHasShownTheCookieKeepsShowingIt) {
  Expect(Verdict::kFirst, Evidence::kConnection);
  seen_.server = kPinned;  // on the pin by luck
  Expect(Verdict::kFirst, Evidence::kConnection);
}

// Each is a reason to come without the cookie: a break, if the connection of the pin stays silent.
TEST_F(JudgeTest, UnlessThereIsAReasonToBeWithout) {
  const auto expect_break = [this](const char* why) {
    SCOPED_TRACE(why);
    Expect(Verdict::kBreak, Evidence::kClient);
    EXPECT_EQ(Judged().hold_back, seen_.origin == kHere);
  };
  const auto with = [&](const char* why, auto& what, auto value) {
    const auto was = what;
    what = value;
    expect_break(why);
    what = was;
  };
  with("under an earlier name", sight_.old_name, true);
  with("another child's cookie", sight_.other_child, true);
  with("outside the cookie's path", seen_.outside_cookie_path, true);
  with("of a kind without cookies", seen_.cookieless_kind, true);
  with("redacted", seen_.cookie.redacted, true);
  with("cookies are not logged", seen_.cookies_logged, false);
  with("another host", seen_.origin, uint16_t{6 | kHttpsBit});
  with("over http", seen_.origin, OverHttp(kHere));
  with("from another site", seen_.site, Site::kCrossSite);
  with("never shown", client_.facts.flags, uint16_t{0});
  StickyCookie cookie;
  cookie.max_age_s = 30;
  const StickyCookie* const ends = &cookie;
  with("it has ended", seen_.sticky_cookie, ends);
  Expect(Verdict::kFirst, Evidence::kConnection);  // with none of them
}

TEST_F(JudgeTest, OnlyWhatCouldBeSomebodyElseIsHeldBack) {
  client_.facts = {};
  EXPECT_TRUE(Judged().hold_back);
  Cookie(ServerId{9});
  seen_.cookie.in_scope = seen_.cookie.in_pool = false;  // it names nobody: the memory decides
  EXPECT_EQ(Judged().judgement.evidence, Evidence::kClient);
  EXPECT_FALSE(Judged().hold_back);
  seen_.cookie = {};
  client_.history.runs[0].connection = 0;
  EXPECT_FALSE(Judged().hold_back);
  client_.history.runs[0].connection = 77;
  seen_.format = LogFormat::kClf;
  EXPECT_FALSE(Judged().hold_back);
}

}  // namespace
}  // namespace stickyd
