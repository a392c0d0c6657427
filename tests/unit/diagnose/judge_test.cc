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

TEST_F(JudgeTest, BehindAProxyWhatOnlyTheMemorySaysIsAGuess) {
  client_.facts = {};
  EXPECT_FALSE(Judged().judgement.guessed);
  memories_.proxy = true;
  EXPECT_TRUE(Judged().judgement.guessed);
  seen_.server = kPinned;
  EXPECT_TRUE(Judged().judgement.guessed) << "held, too";
  Cookie(kPinned);
  EXPECT_FALSE(Judged().judgement.guessed) << "its cookie tells whose it is";
}

// A WebSocket without the cookie, of a client that was given it five seconds before.
class StrayTest : public JudgeTest {
 protected:
  StrayTest() {
    client_ = {};
    Learnt(kPinned, seconds(-5));
    client_.facts.Set(SessionFacts::kGivenSticky);
    seen_.upgrade = true;
  }
  void Learnt(ServerId server, EventDuration after) {
    AddAssignment(client_.history, {server, {now_ + after, now_ + after}, {}, 77, kHere});
  }
  bool IsStray() const { return Judged().stray; }
};

TEST_F(StrayTest, WebSocketWithoutTheCookieIsItsClientsAllTheSame) {
  for (const bool shown : {false, true}) {
    if (shown) {
      client_.facts = {};
      client_.facts.Set(SessionFacts::kShownSticky);
      client_.facts.shown = {kHere, 0};
    }
    Expect(Verdict::kBreak, Evidence::kClient);
    const Ruling ruling = Judged();
    EXPECT_TRUE(ruling.stray && ruling.moved);
    EXPECT_FALSE(ruling.hold_back) << "no other connection can clear it";
    EXPECT_EQ(ruling.judgement.pin, kPinned);
  }
  seen_.server = kPinned;
  Expect(Verdict::kHeld, Evidence::kClient);
  EXPECT_FALSE(Judged().stray || Judged().moved) << "by luck it went where it belongs";
  seen_.upgrade = false;
  Expect(Verdict::kFirst, Evidence::kConnection);
}

// Each makes it a request like any other.
TEST_F(StrayTest, UnlessSomethingSpeaksAgainstIt) {
  const auto with = [&](const char* why, auto& what, auto value) {
    SCOPED_TRACE(why);
    ASSERT_TRUE(IsStray());
    const auto was = what;
    what = value;
    EXPECT_FALSE(IsStray());
    EXPECT_FALSE(Judged().moved);
    what = was;
  };
  with("no upgrade", seen_.upgrade, false);
  with("cookies are not logged", seen_.cookies_logged, false);
  with("redacted", seen_.cookie.redacted, true);
  with("it came with a sticky cookie", seen_.cookie.sticky, true);
  with("nobody knows that it has the cookie", client_.facts.flags, uint16_t{0});
  const auto flags =
      static_cast<uint16_t>(SessionFacts::kShownSticky | SessionFacts::kShownOnUpgrade);
  with("it sends it on upgrades", client_.facts.flags, flags);
  with("the address is of many", memories_.many, true);
}

TEST_F(StrayTest, SomeCookieOfTheApplicationIsNoReason) {
  seen_.cookie.sent = true;
  EXPECT_TRUE(IsStray());
}

TEST_F(StrayTest, ItsClientWasServedWithinTenSeconds) {
  client_.history = {};
  Learnt(kPinned, seconds(-10));
  EXPECT_TRUE(IsStray());
  client_.history = {};
  Learnt(kPinned, seconds(-11));
  EXPECT_FALSE(IsStray());
  EXPECT_TRUE(Judged().hold_back) << "it may be somebody else's";
  client_.history = {};
  Learnt(ServerId{3}, seconds(-60));
  Learnt(kPinned, seconds(-9));
  EXPECT_TRUE(IsStray()) << "the latest counts";
}

TEST_F(StrayTest, ConnectionConfirmsOrClearsIt) {
  Remembers(connection_, kPinned);
  Expect(Verdict::kBreak, Evidence::kConnection);
  EXPECT_TRUE(IsStray());
  connection_ = {};
  Remembers(connection_, kOther);
  Expect(Verdict::kHeld, Evidence::kConnection);
  EXPECT_FALSE(IsStray());
}

TEST_F(StrayTest, IdentityOfTheApplicationNeedsNoCookie) {
  Remembers(identity_, kPinned);
  memories_.identity = &identity_;
  Expect(Verdict::kBreak, Evidence::kSession);
  EXPECT_FALSE(IsStray());
}

TEST_F(StrayTest, WhatItLearnsMeanwhileMovesItAsWell) {
  Learnt(kPinned, std::chrono::milliseconds(500));  // after this one was sent
  EXPECT_TRUE(IsStray());
  EXPECT_FALSE(Judged().moved);
}

TEST_F(StrayTest, ItMovesItsClientUntilTheCookieLeadsBack) {
  const auto go_on = [&](Verdict verdict, Evidence evidence) {
    Expect(verdict, evidence);
    Learn(seen_, Judged(), memories_);
    for (EventTime* time :
         {&seen_.start.low, &seen_.start.high, &seen_.end, &seen_.learnt.low, &seen_.learnt.high}) {
      *time += seconds(5);
    }
  };
  memories_.connection = nullptr;
  go_on(Verdict::kBreak, Evidence::kClient);
  seen_.upgrade = false;
  seen_.server = kPinned;
  Cookie(kPinned);
  go_on(Verdict::kBreak, Evidence::kCookie);
  go_on(Verdict::kHeld, Evidence::kCookie);
}

// A cookie that is honoured, of a client that was moved a minute ago.
class MovedTest : public JudgeTest {
 protected:
  MovedTest() {
    client_ = {};
    Remembers(client_, kOther);
    client_.facts.Set(SessionFacts::kMoved);
    Cookie(kPinned);
    seen_.server = kPinned;
  }
  void ExpectHeld() const { Expect(Verdict::kHeld, Evidence::kCookie); }
  void ExpectBreak() const {
    Expect(Verdict::kBreak, Evidence::kCookie);
    EXPECT_EQ(Judged().judgement.pin, kOther);
    EXPECT_TRUE(Judged().has_pin_run);
    EXPECT_FALSE(Judged().hold_back);
  }
};

TEST_F(MovedTest, ItsCookieLeadsItBackFromWhereItWas) {
  ExpectBreak();
  client_.facts.refused = seen_.cookie.tag;
  ExpectBreak();
  client_.facts.refused = 999;
  ExpectHeld();  // another value was refused: this one was given since
}

TEST_F(MovedTest, WhoWasNotMovedIsHeld) {
  client_.facts.Clear(SessionFacts::kMoved);
  ExpectHeld();
}

TEST_F(MovedTest, WhereTheMemoryIsOfManyPeopleOrGoneTheCookieDecides) {
  memories_.many = true;
  ExpectHeld();
  memories_.many = false;
  client_.history = {};
  ExpectHeld();
  memories_.client = nullptr;
  ExpectHeld();
}

TEST_F(MovedTest, WhoWasMovedToThisServerIsHeld) {
  client_.history = {};
  Remembers(client_, kPinned);
  ExpectHeld();
}

TEST_F(MovedTest, WhatWasSentBeforeItKnewIsHeld) {
  const EventTime later = now_ + std::chrono::milliseconds(500);
  AddAssignment(client_.history, {kOther, {later, later}, {}, 0, 0});
  ExpectHeld();
}

}  // namespace
}  // namespace stickyd
