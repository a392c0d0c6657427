// SPDX-License-Identifier: Apache-2.0
// Three rungs; the first one that can tell decides:
//   1. the application's own identity, where it has a memory;
//   2. the sticky cookie, where it names a server of this scope and every level above was honoured;
//   3. the client's memory. The connection may clear a request, but never makes a break.
#include "stickyd/diagnose/judge.h"

#include <algorithm>

#include "given.h"
#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

Mark MarkOf(const Observation& seen) { return {seen.sequence, seen.count}; }

Pins Ask(const SessionMemory& memory, const Observation& seen) {
  if (seen.end - seen.start.low > kReach && !memory.history.empty()) return Pins::Forgotten();
  return PossiblePins(memory.history, seen.start, MarkOf(seen));
}

void Take(const PinVerdict& verdict, const SessionMemory& memory, Evidence evidence,
          Ruling& ruling) {
  ruling.judgement.verdict = verdict.verdict;
  ruling.judgement.evidence = evidence;
  ruling.judgement.pin = verdict.pin;
  ruling.has_pin_run = verdict.pin != ServerId::kNone && memory.history.size > 0;
  if (ruling.has_pin_run) ruling.pin_run = memory.history.runs[verdict.run];
}

bool RuleByIdentity(const Observation& seen, const Memories& memories, Ruling& ruling) {
  if (memories.identity == nullptr || !Applies(Rule::kIdentityDecides)) return false;
  const Pins pins = Ask(*memories.identity, seen);
  if (pins.only_none()) return false;
  Take(VerdictOf(pins, memories.identity->history, seen.server), *memories.identity,
       Evidence::kSession, ruling);
  return true;
}

// A value that was refused before names no pin any more: the memory says where the refusal has put
// the client. But requests that were sent before the client knew that all carried the dead cookie.
// For those the memory knows no other server, and the value still names the pin.
Pins::Possible NamesNoPin(const Observation& seen, const Memories& memories) {
  const bool refused = memories.client != nullptr && Applies(Rule::kRefusedIsNoPin) &&
                       memories.client->facts.refused == seen.cookie.tag;
  if (!refused) return Pins::Possible::kNo;
  const Pins pins = Ask(*memories.client, seen);
  if (pins.never_other(seen.cookie.meaning.server)) return Pins::Possible::kNo;
  return pins.unknown ? Pins::Possible::kMaybe : Pins::Possible::kYes;
}

// Did it start after all that its client is known to have learnt?
bool KnewAll(const Observation& seen, const History& history) {
  const Tick start(seen.start.low);
  return std::all_of(history.runs.begin(), history.runs.begin() + history.size,
                     [&](const Run& run) { return run.high_last <= start; });
}

// Does the client know that it is elsewhere than its cookie says?
bool WasMoved(const Observation& seen, const Memories& memories) {
  if (memories.client == nullptr || memories.many || !Applies(Rule::kMovedWithItsCookie)) {
    return false;
  }
  const auto& [history, facts] = *memories.client;
  if (!facts.Has(SessionFacts::kMoved)) return false;
  if (facts.refused != 0 && facts.refused != seen.cookie.tag) return false;
  return KnewAll(seen, history);
}

// A cookie that is honoured leads it back to where it was before.
void RuleMoved(const Observation& seen, const Memories& memories, Ruling& ruling) {
  const Pins pins = Ask(*memories.client, seen);
  if (pins.only_none()) return;
  Take(VerdictOf(pins, memories.client->history, seen.server), *memories.client, Evidence::kCookie,
       ruling);
}

bool RuleByCookie(const Observation& seen, const Memories& memories, Ruling& ruling) {
  const CookieSight& cookie = seen.cookie;
  if (!cookie.leaf_value || !cookie.in_scope) return false;
  if (!cookie.upper_honoured && Applies(Rule::kUpperLevels)) return false;
  ruling.judgement.evidence = Evidence::kCookie;
  ruling.judgement.pin = cookie.meaning.server;
  if (cookie.meaning.server == seen.server) {
    ruling.judgement.verdict = Verdict::kHeld;
    if (WasMoved(seen, memories)) RuleMoved(seen, memories, ruling);
    return Applies(Rule::kCookieHit);
  }
  const Pins::Possible no_pin = NamesNoPin(seen, memories);
  if (no_pin == Pins::Possible::kYes) return false;
  ruling.judgement.verdict = Verdict::kBreak;
  if (no_pin == Pins::Possible::kMaybe) {
    ruling.judgement.verdict = Verdict::kUnresolved;
    ruling.judgement.pin = ServerId::kNone;
  }
  return Applies(Rule::kCookieBreak);
}

// What the connection says about a verdict of the client's memory.
void AskConnection(const Observation& seen, const Memories& memories, Ruling& ruling) {
  if (memories.connection == nullptr) return;
  Judgement& judgement = ruling.judgement;
  const Pins pins = Ask(*memories.connection, seen);
  ruling.fresh = pins.only_none();
  if (ruling.fresh) return;
  switch (VerdictOf(pins, memories.connection->history, seen.server).verdict) {
    case Verdict::kHeld:
      if (!Applies(Rule::kConnectionClears)) return;
      judgement.verdict = Verdict::kHeld;
      judgement.evidence = Evidence::kConnection;
      judgement.pin = seen.server;
      return;
    case Verdict::kBreak:
      if (judgement.verdict != Verdict::kBreak || !Applies(Rule::kConnectionConfirms)) return;
      judgement.evidence = Evidence::kConnection;
      return;
    case Verdict::kUnresolved:  // what it has forgotten might clear
      if (judgement.verdict == Verdict::kHeld) return;
      judgement.verdict = Verdict::kUnresolved;
      judgement.pin = ServerId::kNone;
      return;
    default:
      return;
  }
}

void RuleByMemory(const Observation& seen, const Memories& memories, Ruling& ruling) {
  ruling.judgement = Judgement{};
  ruling.judgement.verdict = Verdict::kFirst;
  if (memories.client == nullptr) return;
  const Pins pins = Ask(*memories.client, seen);
  Take(VerdictOf(pins, memories.client->history, seen.server), *memories.client, Evidence::kClient,
       ruling);
  ruling.from_memory = true;
  ruling.judgement.guessed = memories.proxy;
  AskConnection(seen, memories, ruling);
}

// May the client of this memory have known the server?
bool MayKnow(const SessionMemory* memory, ServerId server, const Observation& seen) {
  if (memory == nullptr) return false;
  const Pins pins = Ask(*memory, seen);
  return std::any_of(pins.list.begin(), pins.list.begin() + pins.size,
                     [&](const Pins::Pin& pin) { return pin.server == server; });
}

// Where it was shown: scheme and host, and whether the request came from another site.
uint16_t Surroundings(const Observation& seen) {
  return static_cast<uint16_t>(seen.origin | (seen.site == Site::kCrossSite ? kCrossSiteBit : 0U));
}

template <size_t N>
bool Holds(const std::array<uint16_t, N>& set, uint16_t value) {
  return std::find(set.begin(), set.end(), value) != set.end();
}

// The most recent ones stay.
template <size_t N>
void Insert(std::array<uint16_t, N>& set, uint16_t value) {
  const auto at = std::find(set.begin(), set.end(), value);
  std::rotate(set.begin(), at == set.end() ? set.end() - 1 : at,
              at == set.end() ? set.end() : at + 1);
  set.front() = value;
}

// May the cookie have expired? Its lifetime does not slide: it counts from when it was given.
bool MayHaveExpired(const Observation& seen, const SessionFacts& facts) {
  if (seen.sticky_cookie == nullptr || seen.sticky_cookie->max_age_s <= 0) return false;
  return !KnewLastGiving(seen, facts) ||
         SecondsSinceGiven(seen, facts) + 1 >= seen.sticky_cookie->max_age_s;
}

// Does the request come without the cookie, although the client that showed the cookie before would
// have shown it again? Then it is from another client.
bool ShouldShowCookie(const Observation& seen, const SessionFacts& facts) {
  if (!seen.cookies_logged || seen.cookie.sticky || seen.cookie.redacted) return false;
  if (!facts.Has(SessionFacts::kShownSticky) || seen.origin == 0) return false;
  return Holds(facts.shown, Surroundings(seen)) && !seen.outside_cookie_path &&
         !seen.cookieless_kind && !MayHaveExpired(seen, facts);
}

// A native client keeps the cookie that it was given, but opens its WebSocket without it. Browsers
// send it then, too.
bool IsStray(const Observation& seen, const Memories& memories) {
  constexpr EventDuration kSoon = std::chrono::seconds(10);
  if (!Applies(Rule::kUpgradeWithoutCookie) || memories.client == nullptr || memories.many) {
    return false;
  }
  const auto& [history, facts] = *memories.client;
  const bool has_cookie =
      facts.Has(SessionFacts::kShownSticky) || facts.Has(SessionFacts::kGivenSticky);
  const bool without = seen.cookies_logged && !seen.cookie.sticky && !seen.cookie.redacted;
  if (!seen.upgrade || !without || !has_cookie || facts.Has(SessionFacts::kShownOnUpgrade)) {
    return false;
  }
  const Tick start(seen.start.low);
  return std::any_of(
      history.runs.begin(), history.runs.begin() + history.size,
      [&](const Run& run) { return EventDuration(start.Since(run.high_last)) <= kSoon; });
}

// Was it judged by nothing but the address, on a connection that has no history?
bool ByAddressOnly(const Observation& seen, const Ruling& ruling) {
  return ruling.from_memory && ruling.fresh && seen.format == LogFormat::kJson &&
         ruling.judgement.evidence == Evidence::kClient;
}

StickyState StateOf(const Observation& seen, bool returning) {
  const CookieSight& cookie = seen.cookie;
  if (!seen.cookies_logged || cookie.redacted) return StickyState::kUnknown;
  if (cookie.leaf_value) {
    if (cookie.in_scope && cookie.meaning.server == seen.server && cookie.upper_honoured) {
      return seen.set_cookie.sticky ? StickyState::kRewritten : StickyState::kHit;
    }
    return cookie.in_pool ? StickyState::kRefused : StickyState::kStale;
  }
  if (seen.sticky_cookie == nullptr) return StickyState::kUnknown;
  return returning ? StickyState::kMissing : StickyState::kFirst;
}

Assignment AssignmentOf(const Observation& seen) {
  const EventTime oldest = seen.end - kReach;
  const Interval learnt{std::max(seen.learnt.low, oldest), std::max(seen.learnt.high, oldest)};
  return {seen.server, learnt, MarkOf(seen), static_cast<uint32_t>(seen.connection), seen.origin};
}

void LearnFacts(const Observation& seen, SessionFacts& facts) {
  if (seen.cookie.sent) facts.Set(SessionFacts::kSentCookie);
  if (seen.cookie.sticky) {
    facts.Set(SessionFacts::kShownSticky);
    if (seen.upgrade) facts.Set(SessionFacts::kShownOnUpgrade);
    if (seen.origin != 0) Insert(facts.shown, Surroundings(seen));
  }
  LearnGiven(seen, facts);
}

// Did the response that moved the client surely give it no cookie?
bool GaveNone(const Observation& seen) {
  constexpr uint16_t kSwitching = 101;  // whose headers are not logged
  const SetCookieSight& given = seen.set_cookie;
  return seen.set_cookies_logged && seen.status != kSwitching && !given.sticky && !given.lost &&
         !given.redacted && !given.foreign;
}

void LearnMoves(const Observation& seen, const Ruling& ruling, SessionFacts& facts) {
  const Judgement& judgement = ruling.judgement;
  const bool refused = judgement.evidence == Evidence::kCookie &&
                       judgement.verdict == Verdict::kBreak &&
                       seen.cookie.meaning.server != seen.server;
  if (refused) facts.refused = seen.cookie.tag;
  if (ruling.moved) facts.refused = 0;
  if (ruling.moved || (refused && GaveNone(seen))) {
    facts.Set(SessionFacts::kMoved);
  } else if (judgement.evidence == Evidence::kCookie || seen.set_cookie.sticky) {
    facts.Clear(SessionFacts::kMoved);
  }
}

// Hits on two servers in turn: more than one person sends cookies from behind this address.
void LearnHit(const Observation& seen, const Ruling& ruling, SessionMemory& memory) {
  const Judgement& judgement = ruling.judgement;
  const History& history = memory.history;
  if (judgement.evidence != Evidence::kCookie || judgement.verdict != Verdict::kHeld) return;
  if (!Applies(Rule::kSharedHits)) return;
  if (history.size == 0 || history.runs[LatestRun(history)].server == seen.server) return;
  memory.facts.Set(memory.facts.Has(SessionFacts::kHitElsewhere) ? SessionFacts::kShared
                                                                 : SessionFacts::kHitElsewhere);
}

}  // namespace

Ruling Weigh(const Observation& seen, const Memories& memories) {
  Ruling ruling;
  if (RuleByIdentity(seen, memories, ruling)) return ruling;
  if (!RuleByCookie(seen, memories, ruling)) RuleByMemory(seen, memories, ruling);
  return ruling;
}

bool NeedsConfirmation(const Observation& seen, const Memories& memories, const Ruling& ruling) {
  if (ruling.judgement.verdict == Verdict::kBreak) return true;
  return ByAddressOnly(seen, ruling) && ShouldShowCookie(seen, memories.client->facts);
}

void Confirm(const Observation& seen, const BreakSight& sight, const Memories& memories,
             Ruling& ruling) {
  Judgement& judgement = ruling.judgement;
  const bool stray = ruling.from_memory && IsStray(seen, memories);
  ruling.stray = stray && judgement.verdict == Verdict::kBreak;
  ruling.moved = ruling.stray && KnewAll(seen, memories.client->history);
  if (!ByAddressOnly(seen, ruling) || stray) return;
  if (Applies(Rule::kShownCookie) && ShouldShowCookie(seen, memories.client->facts) &&
      !sight.old_name && !sight.other_child) {
    judgement.verdict = Verdict::kFirst;
    judgement.evidence = Evidence::kConnection;
    judgement.pin = ServerId::kNone;
    return;
  }
  const bool showed = seen.cookie.sticky && Applies(Rule::kNoHoldBackWithCookie);
  ruling.hold_back = judgement.verdict == Verdict::kBreak && !showed && Applies(Rule::kHoldBack) &&
                     ruling.has_pin_run && ruling.pin_run.connection != 0 &&
                     ruling.pin_run.origin == seen.origin;
}

bool RestsOnTheClient(const Observation& seen, const Memories& memories, const Ruling& ruling) {
  const Judgement& judgement = ruling.judgement;
  if (judgement.verdict != Verdict::kBreak) return false;
  switch (judgement.evidence) {
    case Evidence::kSession:  // the cookie beside it chose the server
      return seen.cookie.leaf_value && seen.cookie.meaning.server == seen.server;
    case Evidence::kCookie:
      return !MayKnow(memories.identity, judgement.pin, seen) &&
             (memories.many || !MayKnow(memories.client, judgement.pin, seen));
    default:
      return memories.many;
  }
}

void Withhold(Ruling& ruling) {
  ruling.judgement.verdict = Verdict::kUnresolved;
  ruling.judgement.pin = ServerId::kNone;
  ruling.hold_back = false;
}

void JudgeCookie(const Observation& seen, Ruling& ruling) {
  Judgement& judgement = ruling.judgement;
  judgement.returning = judgement.verdict == Verdict::kHeld || judgement.verdict == Verdict::kBreak;
  judgement.state = StateOf(seen, judgement.returning);
  judgement.own_session = seen.identity != 0;
  judgement.new_own_session =
      seen.identity != 0 && seen.new_identity != 0 && seen.new_identity != seen.identity;
  const bool refused = judgement.state == StickyState::kMissing ||
                       judgement.state == StickyState::kStale ||
                       judgement.state == StickyState::kRefused;
  const bool plain =
      seen.cookies_logged && seen.route->leaf() != nullptr && seen.route->leaf_cookie() == nullptr;
  judgement.unpinned = judgement.returning && (refused || plain);
}

void Learn(const Observation& seen, const Ruling& ruling, const Memories& memories) {
  const Assignment assignment = AssignmentOf(seen);
  if (memories.client != nullptr) LearnHit(seen, ruling, *memories.client);
  for (SessionMemory* memory : {memories.identity, memories.new_identity, memories.client}) {
    if (memory == nullptr) continue;
    AddAssignment(memory->history, assignment);
    LearnFacts(seen, memory->facts);
  }
  if (memories.connection != nullptr) AddAssignment(memories.connection->history, assignment);
  if (memories.client == nullptr) return;
  SessionFacts& facts = memories.client->facts;
  LearnMoves(seen, ruling, facts);
  if (ruling.judgement.returning) facts.Set(SessionFacts::kReturned);
}

}  // namespace stickyd
