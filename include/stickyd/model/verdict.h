// SPDX-License-Identifier: Apache-2.0
// verdict.h: what is said about an assignment: verdict, evidence, state, cause.
// Shape:   closed lists; the names are those of docs/DETECTION.md and of the metric labels.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "stickyd/model/event_time.h"
#include "stickyd/model/ids.h"

namespace stickyd {

enum class Verdict : uint8_t {
  kFirst,       // the client knew no server yet
  kHeld,        // it landed where it was pinned
  kBreak,       // it landed elsewhere
  kAmbiguous,   // the log's clock cannot tell
  kUnresolved,  // the history that would tell is gone, or only the client says so
  kNoServer,    // no balancer ran
  kExcluded,    // not looked at: preflight, probe, or the operator's wish
  kCount
};

// True if the client came back, and the log does not tell where it belonged.
constexpr bool IsUnsettled(Verdict verdict) {
  return verdict == Verdict::kAmbiguous || verdict == Verdict::kUnresolved;
}

// How well the log can tell who this is, best first.
enum class Evidence : uint8_t { kSession, kCookie, kConnection, kClient, kCount };

// What the sticky cookie of a request was worth.
enum class StickyState : uint8_t {
  kHit,        // it names the server that answered
  kFirst,      // no cookie and no pin
  kMissing,    // no cookie though there was a pin
  kStale,      // it names no server of now
  kRefused,    // it names a server of now, another one answered
  kRewritten,  // an old encoding, honoured and written anew
  kCount,
  kUnknown = kCount  // the log does not show it; not in the list: never counted
};

// Why a break happened, in the order in which the causes are tried.
enum class Cause : uint8_t {
#define CAUSE(id, name, summary, advice) k##id,
#define NO_CAUSE(id, name, summary, advice) k##id,
#include "stickyd/model/causes.inc"
  kCount
};

enum class ExcludeReason : uint8_t {
  kNone,
  kPreflight,
  kProbe,
  kPath,
  kUserAgent,
  kClient,
  kService,
  kCount
};

// The things of which one address may have only so many.
enum class Limit : uint8_t { kPeople, kSessions, kConnections, kBreaks, kCount };

std::string_view Name(Verdict verdict);
std::string_view Name(Evidence evidence);
std::string_view Name(StickyState state);
std::string_view Name(Cause cause);
std::string_view Name(ExcludeReason reason);
std::string_view Name(Limit limit);
std::optional<Cause> CauseFromName(std::string_view name);

template <class Enum>
inline constexpr size_t kCountOf = static_cast<size_t>(Enum::kCount);

// A counter for every value of a closed list.
template <class Enum>
struct Tally {
  std::array<uint64_t, kCountOf<Enum>> counts{};
  uint64_t& operator[](Enum value) { return counts[static_cast<size_t>(value)]; }
  uint64_t operator[](Enum value) const { return counts[static_cast<size_t>(value)]; }
  uint64_t sum() const {
    uint64_t total = 0;
    for (const uint64_t count : counts) total += count;
    return total;
  }
};

// Calls visit(value) for every value of a closed list.
template <class Enum, class Visit>
void ForEachValue(Visit visit) {
  for (size_t i = 0; i < kCountOf<Enum>; ++i) visit(static_cast<Enum>(i));
}

struct Judgement {
  Verdict verdict = Verdict::kNoServer;
  Evidence evidence = Evidence::kClient;
  StickyState state = StickyState::kUnknown;
  ServerId pin = ServerId::kNone;  // where the verdict is held or break
  bool returning = false;          // a pin was known when the request started
  bool unpinned = false;           // returning, and not routed by its cookie
  bool guessed = false;            // whose it is: the address is a proxy's that nobody named
  bool own_session = false;        // the application's session came with the request
  bool new_own_session = false;    // and the response gave it another one
  bool new_session = false;
  bool first_break = false;  // the first of its session
};

}  // namespace stickyd
