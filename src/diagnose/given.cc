// SPDX-License-Identifier: Apache-2.0
#include "given.h"

#include <algorithm>
#include <array>

namespace stickyd {
namespace {

struct Way {
  SessionFacts::Flag given, fresh;
};
constexpr std::array kWays = std::to_array<Way>({
    {SessionFacts::kGivenOverHttps, SessionFacts::kNewOverHttps},
    {SessionFacts::kGivenFirstParty, SessionFacts::kNewFirstParty},
    {SessionFacts::kGivenToCredentials, SessionFacts::kNewToCredentials},
});

uint32_t Units(EventTime time) {
  using Unit = std::chrono::duration<int64_t, std::ratio<1, 128>>;
  return static_cast<uint32_t>(std::chrono::floor<Unit>(time.time_since_epoch()).count());
}

int32_t UnitsSinceGiven(const Observation& seen, const SessionFacts& facts) {
  return static_cast<int32_t>(Units(seen.start.low) - facts.given_at);
}

void Note(GivenHow how, bool aware, SessionFacts& facts) {
  const Way way = kWays[static_cast<size_t>(how)];
  if (!facts.Has(way.given)) {
    facts.Set(way.given);
    facts.Set(way.fresh);
  } else if (aware) {
    facts.Clear(way.fresh);
  }
}

// Of the two hosts the latest comes first.
void NoteHost(uint16_t host, bool aware, SessionFacts& facts) {
  if (facts.given[0] == host) {
    if (aware) facts.Clear(SessionFacts::kNewOnHost);
    return;
  }
  if (facts.given[1] == host) {
    facts.Clear(SessionFacts::kNewOnHost);
  } else {
    facts.Set(SessionFacts::kNewOnHost);
  }
  facts.given[1] = facts.given[0];
  facts.given[0] = host;
}

}  // namespace

void LearnGiven(const Observation& seen, SessionFacts& facts) {
  const bool given = seen.set_cookie.sticky;
  const bool aware = KnewLastGiving(seen, facts);
  if (given) {
    facts.Set(SessionFacts::kGivenSticky);
    if (seen.https.value_or(false)) Note(GivenHow::kOverHttps, aware, facts);
    if (seen.site != Site::kCrossSite) Note(GivenHow::kFirstParty, aware, facts);
    if (!seen.cookieless_kind) Note(GivenHow::kToCredentials, aware, facts);
  }
  // Where the log does not show who was given what, every host visited counts as one.
  const bool counts = given || !seen.set_cookies_logged;
  if (counts && HostOf(seen.origin) != 0) NoteHost(HostOf(seen.origin), aware, facts);
  if (counts) facts.given_at = Units(seen.learnt.high);
}

bool KnewLastGiving(const Observation& seen, const SessionFacts& facts) {
  return facts.given_at != 0 && UnitsSinceGiven(seen, facts) > 0;
}

int64_t SecondsSinceGiven(const Observation& seen, const SessionFacts& facts) {
  return UnitsSinceGiven(seen, facts) / 128;
}

bool WasGiven(const Observation& seen, const SessionFacts& facts, GivenHow how) {
  const Way way = kWays[static_cast<size_t>(how)];
  return facts.Has(way.given) && (!facts.Has(way.fresh) || KnewLastGiving(seen, facts));
}

bool WasGivenOnHost(const Observation& seen, const SessionFacts& facts) {
  const uint16_t host = HostOf(seen.origin);
  if (facts.given[1] == host) return true;
  return facts.given[0] == host &&
         (!facts.Has(SessionFacts::kNewOnHost) || KnewLastGiving(seen, facts));
}

bool WasGivenOnSomeHost(const Observation& seen, const SessionFacts& facts) {
  if (facts.given[1] != 0) return true;
  return facts.given[0] != 0 &&
         (!facts.Has(SessionFacts::kNewOnHost) || KnewLastGiving(seen, facts));
}

}  // namespace stickyd
