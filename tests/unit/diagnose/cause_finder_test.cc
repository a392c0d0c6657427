// SPDX-License-Identifier: Apache-2.0
// cause_finder_test: which cause wins, and how long a case may wait for it.
#include <algorithm>
#include <string>

#include "inquiring.h"

namespace stickyd {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class CauseFinderTest : public Inquiring {
 protected:
  CauseFinderTest() {
    options_.patience = seconds(30);
    options_.max_cases = 2;
  }
  CauseFinder Finder() const {
    return CauseFinder(options_, configs_, [this](ScopeId) -> const ScopeFacts& { return facts_; });
  }
  BreakCase Case(uint64_t id, int64_t second = 0) const {
    BreakCase at = at_;
    at.id = id;
    at.route = route_;
    at.seen.start = {At(second), At(second)};
    at.seen.end = At(second + 1);
    return at;
  }
  // (its number, its cause) of what was closed since the last call.
  std::vector<std::pair<uint64_t, Cause>> Closed() {
    std::vector<std::pair<uint64_t, Cause>> all;
    for (const auto& one : closed_) all.emplace_back(one.break_case.id, one.cause);
    closed_.clear();
    return all;
  }
  Cause AtOnce() {
    CauseFinder finder = Finder();
    finder.Open(Case(1), At(1), closed_);
    const auto closed = Closed();
    EXPECT_EQ(finder.open_cases(), 1U - closed.size());
    return closed.empty() ? Cause::kCount : closed[0].second;
  }

  std::vector<CauseFinder::Closed> closed_;
};

using OfCase = std::pair<uint64_t, Cause>;

TEST_F(CauseFinderTest, FirstRowThatSaysYesWins) {
  at_.seen.cookie.differing = true;
  at_.sight.set_cookie_middleware = true;
  Serve({.given = true});
  EXPECT_EQ(AtOnce(), Cause::kDuplicateCookie);
  at_.seen.cookie.differing = false;
  EXPECT_EQ(AtOnce(), Cause::kSetCookieLost);
  at_.sight.set_cookie_middleware = false;
  at_.seen.cookieless_kind = true;
  EXPECT_EQ(AtOnce(), Cause::kCredentialsOmitted);
}

// Nobody has returned a cookie so far: it may be this client, or all of them.
TEST_F(CauseFinderTest, CaseThatMayBeDecidedWaitsForItsPatience) {
  Serve({.given = true});
  CauseFinder finder = Finder();
  finder.Open(Case(1), At(1), closed_);
  finder.Open(Case(2, 5), At(6), closed_);
  EXPECT_EQ(finder.open_cases(), 2U);
  finder.Advance(At(30), closed_);
  EXPECT_THAT(Closed(), IsEmpty());
  finder.Advance(At(31), closed_);
  EXPECT_THAT(Closed(), ElementsAre(OfCase(1, Cause::kUnknown)));
  Serve({.returned = true});
  finder.Advance(At(36), closed_);
  EXPECT_THAT(Closed(), ElementsAre(OfCase(2, Cause::kCookieNotSent))) << "others do return it";
  EXPECT_EQ(finder.open_cases(), 0U);
  EXPECT_EQ(finder.closed_early(), 0U);
}

TEST_F(CauseFinderTest, CaseThatComesTooLateIsDecidedAtOnce) {
  Serve({.given = true});
  CauseFinder finder = Finder();
  finder.Open(Case(1), At(30), closed_);
  EXPECT_THAT(Closed(), IsEmpty());
  finder.Open(Case(2), At(31), closed_);
  EXPECT_THAT(Closed(), ElementsAre(OfCase(2, Cause::kUnknown)));
  EXPECT_EQ(finder.open_cases(), 1U);
}

TEST_F(CauseFinderTest, OldestIsDecidedEarlyWhereThereAreTooMany) {
  Serve({.given = true});
  CauseFinder finder = Finder();
  for (uint64_t id = 1; id <= 4; ++id) finder.Open(Case(id), At(1), closed_);
  EXPECT_THAT(Closed(), ElementsAre(OfCase(1, Cause::kUnknown), OfCase(2, Cause::kUnknown)));
  EXPECT_EQ(finder.closed_early(), 2U);
  EXPECT_EQ(finder.open_cases(), 2U);
  finder.Finish(closed_);
  EXPECT_THAT(Closed(), ElementsAre(OfCase(3, Cause::kUnknown), OfCase(4, Cause::kUnknown)));
  EXPECT_EQ(finder.open_cases(), 0U);
}

TEST_F(CauseFinderTest, EachRowSaysWhy) {
  Serve({.given = true});
  at_.seen.cookie.differing = true;
  BreakCase at = Case(1);
  at.seen.route = route_.get();
  const auto rows = Finder().Trace(at);
  EXPECT_EQ(rows.size(), kCountOf<Cause> - 1) << "all but unknown";
  const auto duplicate = std::find_if(rows.begin(), rows.end(), [](const RowTrace& row) {
    return row.cause == Cause::kDuplicateCookie;
  });
  ASSERT_NE(duplicate, rows.end());
  EXPECT_EQ(duplicate->answer, Answer::kYes);
  EXPECT_EQ(duplicate->because, "the cookie came twice, with two values");
  EXPECT_TRUE(std::none_of(rows.begin(), rows.end(), [](const RowTrace& row) {
    return row.answer == Answer::kNotYet || row.because.empty();
  }));
}

TEST_F(CauseFinderTest, RedactedCookiesThatCameAreNotMissing) {
  at_.route = route_;
  const Inquiry q{at_, facts_, configs_, options_, false, {}, nullptr};
  EXPECT_TRUE(q.came_without());
  at_.seen.cookie.redacted = true;
  EXPECT_TRUE(q.came_without()) << "none came at all";
  at_.seen.cookie.sent = true;
  EXPECT_FALSE(q.came_without());
  at_.seen.cookie.redacted = false;
  EXPECT_TRUE(q.came_without()) << "others came";
  at_.seen.cookie.leaf_value = true;
  EXPECT_FALSE(q.came_without());
  at_.seen.cookie.leaf_value = false;
  at_.seen.cookies_logged = false;
  EXPECT_FALSE(q.came_without());
}

// What the API said soon after the break counts, as far as the case may wait.
class NextConfigTest : public CauseFinderTest {
 protected:
  static TraefikConfig PinDown(int64_t second) {
    TraefikConfig config = Config(second);
    config.services.at("shop").servers[0].status = ServerStatus::kDown;
    return config;
  }
  Cause CauseWithNext(TraefikConfig next) {
    Show(kPin);
    at_.seen.set_cookie.sticky = true;  // as a sticky balancer gives one that refuses one
    Add(Config(-100));
    Add(std::move(next));
    RouteTo({"shop"}, {});
    CauseFinder finder = Finder();
    finder.Open(Case(1), At(1), closed_);
    finder.Finish(closed_);
    const auto closed = Closed();
    return closed.at(0).second;
  }
};

TEST_F(NextConfigTest, IsTheFirstOneAfterTheBreak) {
  EXPECT_EQ(CauseWithNext(PinDown(1)), Cause::kServerDown);
}
TEST_F(NextConfigTest, CountsUpToTheEndOfPatience) {
  EXPECT_EQ(CauseWithNext(PinDown(31)), Cause::kServerDown);
}
TEST_F(NextConfigTest, DoesNotCountLater) {
  EXPECT_NE(CauseWithNext(PinDown(32)), Cause::kServerDown);
}
TEST_F(NextConfigTest, OneThatDoesNotKnowTheServiceSaysNothing) {
  TraefikConfig empty;
  empty.time = At(1);
  Add(std::move(empty));
  EXPECT_EQ(CauseWithNext(PinDown(2)), Cause::kServerDown);
}

// The way to the pin is looked for below the root where it is not beside the server.
TEST_F(CauseFinderTest, PinOfAnotherChildIsFoundInTheTree) {
  TraefikConfig config = Config(-100);
  ServiceConfig& top = config.services["top"];
  top.name = "top";
  top.kind = ServiceKind::kWeighted;
  for (const char* child : {"shop", "other"}) top.children.emplace_back().name = child;
  ServiceConfig other = config.services.at("shop");
  other.name = "other";
  other.servers[0].key = other.servers[0].url = "http://10.0.9.1";
  other.servers.pop_back();
  config.services.emplace("other", other);
  config.routers.at("r").service = "top";
  Add(std::move(config));
  RouteTo({"top", "shop"}, {});
  at_.pin_key = "http://10.0.9.1";
  EXPECT_EQ(AtOnce(), Cause::kNestedLevel);
  at_.pin_key = kPinKey;
  EXPECT_NE(AtOnce(), Cause::kNestedLevel) << "the pin is beside the server";
}

}  // namespace
}  // namespace stickyd
