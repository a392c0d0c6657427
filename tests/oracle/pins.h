// SPDX-License-Identifier: Apache-2.0
// pins.h: the rule of docs/DETECTION.md, section 2, as it is written there.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "seen.h"

namespace stickyd::oracle {

using List = std::vector<const Seen*>;

inline bool ArrivedLater(const Seen& x, const Seen& r) {
  return x.sequence != 0 && x.sequence == r.sequence && *x.count > *r.count;
}
inline bool SurelyBefore(const Seen& x, const Seen& r) { return x.learnt.high < r.start.low; }
// Counts order what the clock cannot.
inline bool MayBeBefore(const Seen& x, const Seen& r) {
  return SurelyBefore(x, r) || (x.learnt.low <= r.start.high && !ArrivedLater(x, r));
}
inline bool SurelyAfter(const Seen& y, const Seen& x) { return y.learnt.low > x.learnt.high; }

// What the client may have known: the assignments that may have been learnt last, or none.
struct Pins {
  List possible;
  bool none = false;

  bool only_none() const { return possible.empty(); }
  bool Only(ServerId server) const {
    return !none && !possible.empty() && Every([&](ServerId pin) { return pin == server; });
  }
  bool Never(ServerId server) const {
    return !none && Every([&](ServerId pin) { return pin != server; });
  }
  bool Every(const std::function<bool(ServerId)>& holds) const {
    return std::all_of(possible.begin(), possible.end(),
                       [&](const Seen* x) { return holds(x->server); });
  }
  // The one that was learnt last, as far as that can be said.
  const Seen& latest() const {
    return **std::max_element(possible.begin(), possible.end(), [](const Seen* a, const Seen* b) {
      return a->learnt.high < b->learnt.high;
    });
  }
};

inline Pins PinsOf(const Seen& r, const List& session) {
  Pins pins;
  pins.none = std::none_of(session.begin(), session.end(),
                           [&](const Seen* x) { return SurelyBefore(*x, r); });
  for (const Seen* x : session) {
    const bool overwritten = std::any_of(session.begin(), session.end(), [&](const Seen* y) {
      return SurelyBefore(*y, r) && SurelyAfter(*y, *x);
    });
    if (MayBeBefore(*x, r) && !overwritten) pins.possible.push_back(x);
  }
  return pins;
}

inline Decision Judge(const Seen& r, const Pins& pins, Evidence evidence) {
  if (pins.only_none()) return {Verdict::kFirst, evidence, ServerId::kNone};
  if (pins.Only(r.server)) return {Verdict::kHeld, evidence, r.server};
  if (!pins.Never(r.server)) return {Verdict::kAmbiguous, evidence, ServerId::kNone};
  const ServerId pin = pins.latest().server;
  return {Verdict::kBreak, evidence, pins.Only(pin) ? pin : ServerId::kNone};
}

}  // namespace stickyd::oracle
