// SPDX-License-Identifier: Apache-2.0
// Only what was written before a request's own line counts, as for stickyd, which reads a log as it
// grows. What stickyd sums up or forgets, it may leave unresolved (comparison.h counts that); the
// oracle knows all.
#include "oracle.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace stickyd::oracle {
namespace {

constexpr EventDuration kLongestHold = std::chrono::seconds(30);
constexpr int64_t kConnectionIdle = 300;  // then its port may be another connection's
constexpr size_t kSurroundings = 2;  // in which a client is remembered to have shown its cookie

using List = std::vector<const Seen*>;

bool ArrivedLater(const Seen& x, const Seen& r) {
  return x.sequence != 0 && x.sequence == r.sequence && *x.count > *r.count;
}
bool SurelyBefore(const Seen& x, const Seen& r) { return x.learnt.high < r.start.low; }
// Counts order what the clock cannot.
bool MayBeBefore(const Seen& x, const Seen& r) {
  return SurelyBefore(x, r) || (x.learnt.low <= r.start.high && !ArrivedLater(x, r));
}
bool SurelyAfter(const Seen& y, const Seen& x) { return y.learnt.low > x.learnt.high; }

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

Pins PinsOf(const Seen& r, const List& session) {
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

Decision Judge(const Seen& r, const Pins& pins, Evidence evidence) {
  if (pins.only_none()) return {Verdict::kFirst, evidence, ServerId::kNone};
  if (pins.Only(r.server)) return {Verdict::kHeld, evidence, r.server};
  if (!pins.Never(r.server)) return {Verdict::kAmbiguous, evidence, ServerId::kNone};
  const ServerId pin = pins.latest().server;
  return {Verdict::kBreak, evidence, pins.Only(pin) ? pin : ServerId::kNone};
}

int64_t Second(EventTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

class Brute {
 public:
  Brute(const std::vector<Seen>& records, std::chrono::seconds idle)
      : records_(records), idle_(idle.count()) {
    for (size_t at = 0; at < records.size(); ++at) decisions.push_back(Decide(at));
  }

  std::vector<Decision> decisions;

 private:
  using Same = std::function<bool(const Seen&)>;

  Decision Decide(size_t at) const {
    const Seen& r = records_[at];
    if (r.server == ServerId::kNone) return {};
    if (r.excluded) return {Verdict::kExcluded, Evidence::kClient, ServerId::kNone};
    if (const auto decided = ByIdentity(at)) return *decided;
    if (const auto decided = ByCookie(at)) return *decided;
    return ByMemory(at);
  }

  // The assignments of a session (whatever `same` means by that) of which lines were written
  // before, without those that a silence divides from this one.
  List Before(size_t at, int64_t idle_s, const Same& same) const {
    List list;
    const Seen* last = nullptr;
    for (size_t i = 0; i <= at; ++i) {
      const Seen& x = records_[i];
      if (!x.judged() || x.scope != records_[at].scope || !same(x)) continue;
      if (last != nullptr && Second(x.clock) - Second(last->clock) > idle_s) list.clear();
      last = &x;
      if (i < at) list.push_back(&x);
    }
    return list;
  }
  List OfClient(size_t at) const {
    const std::string& client = records_[at].client;
    if (client.empty()) return {};
    return Before(at, idle_, [&](const Seen& x) { return x.client == client; });
  }

  std::optional<Decision> ByIdentity(size_t at) const {
    const Seen& r = records_[at];
    if (r.identity == 0) return std::nullopt;
    const Pins pins = PinsOf(r, Before(at, idle_, [&](const Seen& x) {
                               return x.identity == r.identity || x.new_identity == r.identity;
                             }));
    if (pins.only_none()) return std::nullopt;
    return Judge(r, pins, Evidence::kSession);
  }

  std::optional<Decision> ByCookie(size_t at) const {
    const Seen& r = records_[at];
    const ServerId named = r.cookie.meaning.server;
    if (!r.cookie.leaf_value || !r.cookie.in_scope || !r.cookie.upper_honoured) return std::nullopt;
    if (named == r.server) return Decision{Verdict::kHeld, Evidence::kCookie, r.server};
    if (WasRefused(at)) return std::nullopt;
    return Decision{Verdict::kBreak, Evidence::kCookie, named};
  }

  // Was this value the last that this client was refused with, and had that put it elsewhere, as
  // far as it knew when it sent the request?
  bool WasRefused(size_t at) const {
    const Seen& r = records_[at];
    const List session = OfClient(at);
    const auto refusal = std::find_if(session.rbegin(), session.rend(), [&](const Seen* x) {
      const Decision& decision = decisions[static_cast<size_t>(x - records_.data())];
      return decision.evidence == Evidence::kCookie && decision.verdict == Verdict::kBreak;
    });
    if (refusal == session.rend() || (*refusal)->cookie.tag != r.cookie.tag) return false;
    const ServerId named = r.cookie.meaning.server;
    return !PinsOf(r, session).Every([&](ServerId pin) { return pin == named; });
  }

  Decision ByMemory(size_t at) const {
    const Seen& r = records_[at];
    const List session = OfClient(at);
    const Pins pins = PinsOf(r, session);
    Decision decision = Judge(r, pins, Evidence::kClient);
    if (r.connection.empty()) return decision;
    const Pins own = PinsOf(r, Before(at, kConnectionIdle,
                                      [&](const Seen& x) { return x.connection == r.connection; }));
    if (own.Only(r.server)) return {Verdict::kHeld, Evidence::kConnection, r.server};
    if (own.only_none()) {
      if (IsAnotherPerson(r, session)) return {Verdict::kFirst, Evidence::kConnection, {}};
      return decision.verdict == Verdict::kBreak ? HoldBack(at, pins, decision) : decision;
    }
    const bool confirmed = decision.verdict == Verdict::kBreak && own.Never(r.server);
    if (confirmed) decision.evidence = Evidence::kConnection;
    return decision;
  }

  // Who has shown the sticky cookie keeps showing it.
  static bool IsAnotherPerson(const Seen& r, const List& session) {
    if (r.format != LogFormat::kJson || !r.cookies_logged || r.origin == 0) return false;
    if (r.cookie.sticky || r.cookie.redacted) return false;
    if (r.outside_cookie_path || r.cookieless_kind || r.old_name || r.other_child) return false;
    if (MayHaveExpired(r, session)) return false;
    std::vector<std::pair<uint16_t, bool>> surroundings;  // host and scheme, from another site?
    for (auto x = session.rbegin(); x != session.rend(); ++x) {
      if (!(*x)->cookie.sticky || (*x)->origin == 0) continue;
      const std::pair<uint16_t, bool> at((*x)->origin, (*x)->site == Site::kCrossSite);
      if (std::find(surroundings.begin(), surroundings.end(), at) == surroundings.end()) {
        surroundings.push_back(at);
      }
      if (surroundings.size() == kSurroundings) break;
    }
    const std::pair<uint16_t, bool> here(r.origin, r.site == Site::kCrossSite);
    return std::find(surroundings.begin(), surroundings.end(), here) != surroundings.end();
  }

  // It ends so long after it was given; a client does not know yet of what came after its request.
  static bool MayHaveExpired(const Seen& r, const List& session) {
    if (r.max_age_s == 0) return false;
    const auto given = std::find_if(session.rbegin(), session.rend(),
                                    [](const Seen* x) { return x->gives_cookie; });
    if (given == session.rend()) return true;
    // As fine as is remembered; and a second for the clocks.
    using Unit = std::chrono::duration<int64_t, std::ratio<1, 128>>;
    const Unit age = std::chrono::floor<Unit>(r.start.low.time_since_epoch()) -
                     std::chrono::floor<Unit>((*given)->learnt.high.time_since_epoch());
    return age.count() <= 0 ||
           std::chrono::floor<std::chrono::seconds>(age).count() + 1 >= r.max_age_s;
  }

  // The pin's latest assignment that was written with no other server's learnt in between: a client
  // that was with the pin then is with it just as well.
  static const Seen& LastOfPin(const Seen& pin, const List& session) {
    const Seen* last = &pin;
    for (auto z = session.begin(); z != session.end(); ++z) {
      if ((*z)->server != pin.server || (*z)->learnt.high < last->learnt.high) continue;
      const bool left = std::any_of(session.begin(), z, [&](const Seen* y) {
        return y->server != pin.server && y->learnt.high >= pin.learnt.low &&
               y->learnt.low <= (*z)->learnt.high;
      });
      if (!left) last = *z;
    }
    return *last;
  }

  // Another connection of r's client, surely with the pin before r?
  bool WasWithPin(size_t at, const Seen& r, ServerId pin) const {
    const Seen& z = records_[at];
    if (z.client != r.client || z.connection.empty() || z.connection == r.connection) return false;
    const auto own =
        Before(at, kConnectionIdle, [&](const Seen& x) { return x.connection == z.connection; });
    return std::any_of(own.begin(), own.end(), [&](const Seen* x) {
      return x->server == pin && x->learnt.high < r.start.low;
    });
  }

  // A break of a fresh connection waits for the connection that set the pin to speak again.
  Decision HoldBack(size_t at, const Pins& pins, const Decision& would_be) const {
    const Seen& r = records_[at];
    const auto of_client = OfClient(at);
    const Seen& pin = LastOfPin(pins.latest(), of_client);
    if (r.format != LogFormat::kJson || r.cookie.sticky) return would_be;
    if (pin.connection.empty() || pin.origin != r.origin) return would_be;
    // Where the last of the pin was learnt later, any connection that was with it before will do.
    const bool known = pin.learnt.low <= r.start.high;
    for (size_t i = at + 1; i < records_.size(); ++i) {
      const Seen& z = records_[i];
      if (z.clock >= r.end + kLongestHold) break;
      if (!z.judged() || z.scope != r.scope) continue;
      if (known ? z.connection != pin.connection : !WasWithPin(i, r, pin.server)) continue;
      if (z.start.low < r.start.low) continue;
      if (z.server != pin.server) break;
      return {Verdict::kFirst, Evidence::kConnection, ServerId::kNone};
    }
    return would_be;
  }

  const std::vector<Seen>& records_;
  const int64_t idle_;
};

}  // namespace

std::vector<Decision> Decide(const std::vector<Seen>& records, std::chrono::seconds idle) {
  return Brute(records, idle).decisions;
}

}  // namespace stickyd::oracle
