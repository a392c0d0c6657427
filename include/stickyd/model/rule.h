// SPDX-License-Identifier: Apache-2.0
// rule.h: the rules of docs/DETECTION.md, by name, where they are applied.
// Role:    names a rule at the one place in the code that applies it; the mutation check switches
//          rules off one by one and expects a test to fail (tests/mutation).
// Cost:    nothing: outside the mutation build every rule applies at compile time.
#pragma once

#include <cstdint>

namespace stickyd {

enum class Rule : uint8_t {
  // The rule (section 2)
  kSocketLearntAtStart,
  kLongResponseUnclear,
  kClfClock,
  kCountOrder,
  kOneSequence,
  kOverwritten,
  kRename,
  kScopeOfTree,
  kErrorPage,
  kPreflight,
  // Who is this (section 3)
  kIdentityDecides,
  kIdentityFromSetCookie,
  kCookieHit,
  kCookieBreak,
  kRefusedIsNoPin,
  kUpperLevels,
  kAgentInKey,
  kConnectionClears,
  kConnectionConfirms,
  kShownCookie,
  kUpgradeWithoutCookie,
  kMovedWithItsCookie,
  kHoldBack,
  kNoHoldBackWithCookie,
  kRightmostClient,
  kSharedHits,
  kSharedAgents,
  kManyConnections,
  kSharedConnection,
  kLonePeer,
  // The cookie (section 4)
  kFirstOfName,
  kLearntNames,
  kNewestName,
  kNameOfItsSetter,
// Causes (section 5), one for each row
#define CAUSE(id, name, summary, advice) k##id,
#define NO_CAUSE(id, name, summary, advice)
#include "stickyd/model/causes.inc"
  kCount
};

#ifdef STICKYD_MUTATION
// The rule that is switched off; kCount: none.
extern Rule disabled_rule;
inline bool Applies(Rule rule) { return rule != disabled_rule; }
#else
constexpr bool Applies(Rule /*rule*/) { return true; }
#endif

}  // namespace stickyd
