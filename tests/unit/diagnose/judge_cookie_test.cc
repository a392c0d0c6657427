// SPDX-License-Identifier: Apache-2.0
// judge_cookie_test: what a cookie was worth, what a record teaches its client's memory, and which
// breaks a client can make up.
#include <gtest/gtest.h>

#include <algorithm>

#include "stickyd/diagnose/judge.h"

namespace stickyd {
namespace {

using std::chrono::seconds;

constexpr ServerId kServer{1};
constexpr ServerId kElsewhere{2};

class JudgeCookieTest : public testing::Test {
 protected:
  JudgeCookieTest() {
    seen_.route = &route_;
    seen_.format = LogFormat::kJson;
    seen_.server = kServer;
    seen_.start = {now_, now_};
    seen_.learnt = {now_, now_};
    seen_.end = now_;
    seen_.origin = 5 | kHttpsBit;
    seen_.cookies_logged = true;
    seen_.sticky_cookie = &cookie_;
    leaf_.cookie.emplace().name = "lb";
  }
  void Show(ServerId server) {
    CookieSight& cookie = seen_.cookie;
    cookie.sent = cookie.sticky = cookie.leaf_value = cookie.in_scope = cookie.in_pool = true;
    cookie.meaning.server = server;
    cookie.tag = 77;
  }
  Judgement Judge(Verdict verdict) {
    Ruling ruling;
    ruling.judgement.verdict = verdict;
    JudgeCookie(seen_, ruling);
    return ruling.judgement;
  }
  StickyState StateOfHeld() { return Judge(Verdict::kHeld).state; }
  void Remember(SessionMemory& memory, ServerId server) const {
    AddAssignment(memory.history, {server, {now_ - seconds(60), now_ - seconds(60)}, {}, 0, 0});
  }
  void LearnAs(Verdict verdict, Evidence evidence, bool returning = false) {
    Ruling ruling;
    ruling.judgement.verdict = verdict;
    ruling.judgement.evidence = evidence;
    ruling.judgement.returning = returning;
    Learn(seen_, ruling, memories_);
  }
  bool Rests(Evidence evidence, ServerId pin, Verdict verdict = Verdict::kBreak) {
    Ruling ruling;
    ruling.judgement.verdict = verdict;
    ruling.judgement.evidence = evidence;
    ruling.judgement.pin = pin;
    return RestsOnTheClient(seen_, memories_, ruling);
  }

  const EventTime now_{std::chrono::hours(500'000)};
  Route route_;
  ServiceConfig leaf_;
  StickyCookie cookie_;
  Observation seen_;
  SessionMemory client_, identity_, connection_;
  Memories memories_;
};

TEST_F(JudgeCookieTest, CookieIsAHitWhereItNamesTheServerThatAnswered) {
  Show(kServer);
  EXPECT_EQ(StateOfHeld(), StickyState::kHit);
  seen_.set_cookie.sticky = true;
  EXPECT_EQ(StateOfHeld(), StickyState::kRewritten);
  seen_.set_cookie.sticky = false;
  seen_.cookie.upper_honoured = false;
  EXPECT_EQ(StateOfHeld(), StickyState::kRefused) << "a level above chose otherwise";
}

TEST_F(JudgeCookieTest, CookieOfAnotherServerIsRefusedOrStale) {
  Show(kElsewhere);
  EXPECT_EQ(StateOfHeld(), StickyState::kRefused);
  seen_.cookie.in_pool = false;
  EXPECT_EQ(StateOfHeld(), StickyState::kStale);
  Show(kServer);
  seen_.cookie.in_scope = seen_.cookie.in_pool = false;
  EXPECT_EQ(StateOfHeld(), StickyState::kStale);
}

TEST_F(JudgeCookieTest, WithoutACookieItIsMissingFromWhoCameBack) {
  EXPECT_EQ(Judge(Verdict::kHeld).state, StickyState::kMissing);
  EXPECT_EQ(Judge(Verdict::kBreak).state, StickyState::kMissing);
  EXPECT_EQ(Judge(Verdict::kFirst).state, StickyState::kFirst);
  EXPECT_EQ(Judge(Verdict::kAmbiguous).state, StickyState::kFirst);
}

TEST_F(JudgeCookieTest, WhatTheLogDoesNotShowIsUnknown) {
  seen_.sticky_cookie = nullptr;
  EXPECT_EQ(StateOfHeld(), StickyState::kUnknown);
  Show(kServer);
  EXPECT_EQ(StateOfHeld(), StickyState::kHit) << "the value itself is enough";
  seen_.cookie.redacted = true;
  EXPECT_EQ(StateOfHeld(), StickyState::kUnknown);
  seen_.cookie.redacted = false;
  seen_.cookies_logged = false;
  EXPECT_EQ(StateOfHeld(), StickyState::kUnknown);
}

TEST_F(JudgeCookieTest, WhoCameBackWithoutAGoodCookieIsUnpinned) {
  EXPECT_TRUE(Judge(Verdict::kHeld).returning);
  EXPECT_TRUE(Judge(Verdict::kHeld).unpinned) << "missing";
  EXPECT_TRUE(Judge(Verdict::kBreak).returning);
  EXPECT_FALSE(Judge(Verdict::kFirst).returning);
  EXPECT_FALSE(Judge(Verdict::kFirst).unpinned);
  EXPECT_FALSE(Judge(Verdict::kAmbiguous).returning);
  Show(kElsewhere);
  EXPECT_TRUE(Judge(Verdict::kBreak).unpinned) << "refused";
  EXPECT_FALSE(Judge(Verdict::kFirst).unpinned) << "not returning";
  seen_.cookie.in_pool = false;
  EXPECT_TRUE(Judge(Verdict::kHeld).unpinned) << "stale";
  Show(kServer);
  EXPECT_FALSE(Judge(Verdict::kHeld).unpinned);
  seen_.set_cookie.sticky = true;
  EXPECT_FALSE(Judge(Verdict::kHeld).unpinned) << "rewritten";
}

TEST_F(JudgeCookieTest, AtAServiceWithoutAStickyCookieEverybodyIsUnpinned) {
  seen_.sticky_cookie = nullptr;
  EXPECT_FALSE(Judge(Verdict::kHeld).unpinned) << "no configuration is known";
  route_.path = {&leaf_};
  EXPECT_FALSE(Judge(Verdict::kHeld).unpinned);
  leaf_.cookie.reset();
  EXPECT_TRUE(Judge(Verdict::kHeld).unpinned);
  EXPECT_FALSE(Judge(Verdict::kFirst).unpinned);
  seen_.cookies_logged = false;
  EXPECT_FALSE(Judge(Verdict::kHeld).unpinned);
}

TEST_F(JudgeCookieTest, EachMemoryLearnsTheServer) {
  SessionMemory new_identity;
  memories_.client = &client_;
  memories_.identity = &identity_;
  memories_.new_identity = &new_identity;
  memories_.connection = &connection_;
  seen_.connection = 0x1'0000'0009U;
  LearnAs(Verdict::kFirst, Evidence::kClient);
  for (const SessionMemory* memory : {&client_, &identity_, &new_identity, &connection_}) {
    ASSERT_EQ(memory->history.size, 1U);
    EXPECT_EQ(memory->history.runs[0].server, kServer);
    EXPECT_EQ(memory->history.runs[0].connection, 9U);
    EXPECT_EQ(memory->history.runs[0].origin, seen_.origin);
    EXPECT_EQ(memory->history.runs[0].low_first, Tick(now_));
  }
}

TEST_F(JudgeCookieTest, ClientsFactsAreWhatItsRequestsShow) {
  memories_.client = &client_;
  LearnAs(Verdict::kFirst, Evidence::kClient);
  EXPECT_FALSE(client_.facts.Has(SessionFacts::kSentCookie));
  EXPECT_FALSE(client_.facts.Has(SessionFacts::kShownSticky));
  EXPECT_FALSE(client_.facts.Has(SessionFacts::kReturned));
  seen_.cookie.sent = true;
  LearnAs(Verdict::kHeld, Evidence::kClient, true);
  EXPECT_TRUE(client_.facts.Has(SessionFacts::kSentCookie));
  EXPECT_TRUE(client_.facts.Has(SessionFacts::kReturned));
  EXPECT_FALSE(client_.facts.Has(SessionFacts::kShownSticky));
  Show(kServer);
  LearnAs(Verdict::kHeld, Evidence::kCookie);
  EXPECT_TRUE(client_.facts.Has(SessionFacts::kShownSticky));
  EXPECT_EQ(client_.facts.shown[0], seen_.origin);
}

TEST_F(JudgeCookieTest, WhereItsCookieWasShownIsRememberedForTheLatestTwo) {
  memories_.client = &client_;
  Show(kServer);
  const auto show_at = [&](uint16_t origin, Site site = Site::kSame) {
    seen_.origin = origin;
    seen_.site = site;
    LearnAs(Verdict::kHeld, Evidence::kCookie);
    return client_.facts.shown;
  };
  using Shown = std::array<uint16_t, 2>;
  EXPECT_EQ(show_at(5), (Shown{5, 0}));
  EXPECT_EQ(show_at(6), (Shown{6, 5}));
  EXPECT_EQ(show_at(5), (Shown{5, 6}));
  EXPECT_EQ(show_at(5), (Shown{5, 6}));
  EXPECT_EQ(show_at(7), (Shown{7, 5}));
  EXPECT_EQ(show_at(0), (Shown{7, 5})) << "unknown";
  EXPECT_EQ(show_at(7, Site::kCrossSite), (Shown{7 | kCrossSiteBit, 7}));
}

TEST_F(JudgeCookieTest, OnlyABreakByTheCookieMakesItsValueARefusedOne) {
  memories_.client = &client_;
  Show(kElsewhere);
  LearnAs(Verdict::kBreak, Evidence::kClient);
  LearnAs(Verdict::kHeld, Evidence::kCookie);
  EXPECT_EQ(client_.facts.refused, 0U);
  LearnAs(Verdict::kBreak, Evidence::kCookie);
  EXPECT_EQ(client_.facts.refused, 77U);
}

TEST_F(JudgeCookieTest, WhoSendsItsCookieOnAnUpgradeIsRemembered) {
  memories_.client = &client_;
  const auto shown = [&] {
    LearnAs(Verdict::kHeld, Evidence::kCookie);
    return client_.facts.Has(SessionFacts::kShownOnUpgrade);
  };
  seen_.upgrade = true;
  seen_.cookie.sent = true;
  EXPECT_FALSE(shown()) << "some other cookie";
  seen_.upgrade = false;
  Show(kServer);
  EXPECT_FALSE(shown());
  seen_.upgrade = true;
  EXPECT_TRUE(shown());
  seen_.upgrade = false;
  EXPECT_TRUE(shown()) << "once is enough";
}

class LearnMovesTest : public JudgeCookieTest {
 protected:
  LearnMovesTest() {
    memories_.client = &client_;
    seen_.set_cookies_logged = true;
    seen_.status = 200;
    Show(kElsewhere);
  }
  bool IsMoved() const { return client_.facts.Has(SessionFacts::kMoved); }
  // Is it, after a refusal?
  bool MovesIt() {
    client_.facts = {};
    LearnAs(Verdict::kBreak, Evidence::kCookie);
    return IsMoved();
  }
};

TEST_F(LearnMovesTest, RefusalThatGivesNoOtherCookieMovesTheClient) {
  EXPECT_TRUE(MovesIt());
  EXPECT_EQ(client_.facts.refused, 77U);
  const auto with = [&](const char* why, auto& what, auto value) {
    SCOPED_TRACE(why);
    const auto was = what;
    what = value;
    EXPECT_FALSE(MovesIt());
    what = was;
  };
  with("another was given", seen_.set_cookie.sticky, true);
  with("another was taken away", seen_.set_cookie.lost, true);
  with("hidden", seen_.set_cookie.redacted, true);
  with("the application set one of that name", seen_.set_cookie.foreign, true);
  with("not logged", seen_.set_cookies_logged, false);
  with("headers of an upgrade are not logged", seen_.status, uint16_t{101});
  with("honoured after all", seen_.cookie.meaning.server, kServer);
  EXPECT_TRUE(MovesIt()) << "with none of them";
}

TEST_F(LearnMovesTest, OnlyACookieThatWasRefusedIsARefusal) {
  LearnAs(Verdict::kBreak, Evidence::kClient);
  EXPECT_FALSE(IsMoved());
  LearnAs(Verdict::kHeld, Evidence::kCookie);
  EXPECT_FALSE(IsMoved());
}

TEST_F(LearnMovesTest, StrayWebSocketMovesTheClientWhateverWasRefusedBefore) {
  client_.facts.refused = 66;
  Ruling ruling;
  ruling.judgement.verdict = Verdict::kBreak;
  ruling.stray = true;
  Learn(seen_, ruling, memories_);
  EXPECT_FALSE(IsMoved()) << "it has learnt something since";
  EXPECT_EQ(client_.facts.refused, 66U);
  ruling.moved = true;
  Learn(seen_, ruling, memories_);
  EXPECT_TRUE(IsMoved());
  EXPECT_EQ(client_.facts.refused, 0U);
}

TEST_F(LearnMovesTest, CookieThatIsHonouredOrGivenPutsItBack) {
  EXPECT_TRUE(MovesIt());
  seen_.cookie = {};
  LearnAs(Verdict::kHeld, Evidence::kClient);
  EXPECT_TRUE(IsMoved()) << "still without";
  seen_.set_cookie.sticky = true;
  LearnAs(Verdict::kHeld, Evidence::kClient);
  EXPECT_FALSE(IsMoved()) << "given another";
  seen_.set_cookie.sticky = false;
  Show(kElsewhere);
  EXPECT_TRUE(MovesIt());
  Show(kServer);
  LearnAs(Verdict::kHeld, Evidence::kCookie);
  EXPECT_FALSE(IsMoved()) << "honoured";
}

TEST_F(JudgeCookieTest, HitsOnTwoServersInTurnAreSeveralPeople) {
  memories_.client = &client_;
  const auto hit = [&](ServerId server, Evidence evidence, Verdict verdict) {
    seen_.server = server;
    seen_.learnt.low += seconds(1);
    seen_.learnt.high = seen_.learnt.low;
    LearnAs(verdict, evidence);
    return client_.facts.Has(SessionFacts::kShared);
  };
  EXPECT_FALSE(hit(ServerId{1}, Evidence::kCookie, Verdict::kHeld));
  EXPECT_FALSE(hit(ServerId{1}, Evidence::kCookie, Verdict::kHeld));
  EXPECT_FALSE(hit(ServerId{2}, Evidence::kClient, Verdict::kHeld));
  EXPECT_FALSE(hit(ServerId{1}, Evidence::kCookie, Verdict::kBreak));
  EXPECT_FALSE(client_.facts.Has(SessionFacts::kHitElsewhere));
  EXPECT_FALSE(hit(ServerId{2}, Evidence::kCookie, Verdict::kHeld)) << "the first time";
  EXPECT_TRUE(client_.facts.Has(SessionFacts::kHitElsewhere));
  EXPECT_FALSE(hit(ServerId{2}, Evidence::kCookie, Verdict::kHeld));
  EXPECT_TRUE(hit(ServerId{1}, Evidence::kCookie, Verdict::kHeld));
}

// Of what is older than a day's reach nothing is said, and what took longer is learnt within it.
TEST_F(JudgeCookieTest, LongRequestIsLearntWithinReach) {
  memories_.client = &client_;
  seen_.learnt = {now_ - kReach - seconds(5), now_ - seconds(5)};
  LearnAs(Verdict::kFirst, Evidence::kClient);
  EXPECT_EQ(client_.history.runs[0].low_first, Tick(now_ - kReach));
  EXPECT_EQ(client_.history.runs[0].high_first, Tick(now_ - seconds(5)));
}

TEST_F(JudgeCookieTest, BreakOfAnIdentityIsTheClientsOwnWhereItsCookieChoseTheServer) {
  EXPECT_FALSE(Rests(Evidence::kSession, kElsewhere));
  Show(kElsewhere);
  EXPECT_FALSE(Rests(Evidence::kSession, kElsewhere));
  Show(kServer);
  EXPECT_TRUE(Rests(Evidence::kSession, kElsewhere));
  EXPECT_FALSE(Rests(Evidence::kSession, kElsewhere, Verdict::kHeld));
}

TEST_F(JudgeCookieTest, BreakByACookieIsTheClientsOwnWhereNoMemoryKnowsItsServer) {
  Show(kElsewhere);
  EXPECT_TRUE(Rests(Evidence::kCookie, kElsewhere));
  memories_.client = &client_;
  Remember(client_, kServer);
  EXPECT_TRUE(Rests(Evidence::kCookie, kElsewhere));
  client_ = {};
  Remember(client_, kElsewhere);
  EXPECT_FALSE(Rests(Evidence::kCookie, kElsewhere));
  memories_.many = true;
  EXPECT_TRUE(Rests(Evidence::kCookie, kElsewhere)) << "the memory is of many people";
  memories_.identity = &identity_;
  Remember(identity_, kElsewhere);
  EXPECT_FALSE(Rests(Evidence::kCookie, kElsewhere));
}

TEST_F(JudgeCookieTest, BreakByTheMemoryOfManyPeopleIsNobodys) {
  for (const Evidence evidence : {Evidence::kClient, Evidence::kConnection}) {
    memories_.many = false;
    EXPECT_FALSE(Rests(evidence, kElsewhere));
    memories_.many = true;
    EXPECT_TRUE(Rests(evidence, kElsewhere));
  }
}

TEST_F(JudgeCookieTest, WithheldBreakIsUnresolvedAndWaitsForNothing) {
  Ruling ruling;
  ruling.judgement.verdict = Verdict::kBreak;
  ruling.judgement.pin = kElsewhere;
  ruling.hold_back = true;
  Withhold(ruling);
  EXPECT_EQ(ruling.judgement.verdict, Verdict::kUnresolved);
  EXPECT_EQ(ruling.judgement.pin, ServerId::kNone);
  EXPECT_FALSE(ruling.hold_back);
}

TEST_F(JudgeCookieTest, SessionIsTheIdentitysWhereItDecidedElseTheClients) {
  memories_.client = &client_;
  memories_.identity = &identity_;
  EXPECT_EQ(memories_.session(Evidence::kSession), &identity_);
  EXPECT_EQ(memories_.session(Evidence::kClient), &client_);
  memories_.client = nullptr;
  EXPECT_EQ(memories_.session(Evidence::kCookie), &identity_);
}

}  // namespace
}  // namespace stickyd
