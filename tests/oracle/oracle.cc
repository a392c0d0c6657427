// SPDX-License-Identifier: Apache-2.0
// Only what was written before a request's own line counts, as for stickyd, which reads a log as it
// grows. What stickyd sums up or forgets, it may leave unresolved (comparison.h counts that); the
// oracle knows all.
#include "oracle.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "pins.h"

namespace stickyd::oracle {
namespace {

constexpr EventDuration kLongestHold = std::chrono::seconds(30);
constexpr int64_t kConnectionIdle = 300;  // then its port may be another connection's
constexpr EventDuration kSoon = std::chrono::seconds(10);
constexpr size_t kLatest = 128;
constexpr size_t kSurroundings = 2;  // in which a client is remembered to have shown its cookie

int64_t Second(EventTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

class Brute {
 public:
  Brute(const std::vector<Seen>& records, std::chrono::seconds idle)
      : records_(records), idle_(idle.count()) {
    connections_.resize(records.size());
    strays_.resize(records.size());
    for (size_t at = 0; at < records.size(); ++at) {
      CloseUntil(records[at].clock);
      if (records[at].judged()) NoteConnection(at);
      decisions.push_back(Decide(at));
      Hear(at);
      std::move(opened_.begin(), opened_.end(), std::back_inserter(waiting_));
      opened_.clear();
    }
    CloseUntil(EventTime::max());
  }

  std::vector<Decision> decisions;

 private:
  using Same = std::function<bool(const Seen&)>;

  // A break that may be another person's, or another's who shares a proxy.
  struct Waiting {
    size_t at;
    const Seen* pin = nullptr;  // null: what is asked is whether the address is a proxy's
    bool known = false;         // the pin was, when the request started
  };

  Decision Decide(size_t at) {
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
    if (named == r.server) {
      const Pins pins = PinsOf(r, OfClient(at));
      if (WasMoved(at) && !pins.only_none()) return Judge(r, pins, Evidence::kCookie);
      return Decision{Verdict::kHeld, Evidence::kCookie, r.server};
    }
    if (WasRefused(at)) return std::nullopt;
    return Decision{Verdict::kBreak, Evidence::kCookie, named};
  }

  // Was this value the last that this client was refused with, and had that put it elsewhere, as
  // far as it knew when it sent the request?
  bool WasRefused(size_t at) const {
    const Seen& r = records_[at];
    const List session = OfClient(at);
    const auto refusal = std::find_if(session.rbegin(), session.rend(), [&](const Seen* x) {
      return IsRefusal(*x) || strays_[IndexOf(*x)];
    });
    if (refusal == session.rend() || strays_[IndexOf(**refusal)]) return false;
    if ((*refusal)->cookie.tag != r.cookie.tag) return false;
    const ServerId named = r.cookie.meaning.server;
    return !PinsOf(r, session).Every([&](ServerId pin) { return pin == named; });
  }

  size_t IndexOf(const Seen& x) const { return static_cast<size_t>(&x - records_.data()); }
  bool IsRefusal(const Seen& x) const {
    const Decision& decision = decisions[IndexOf(x)];
    return decision.evidence == Evidence::kCookie && decision.verdict == Verdict::kBreak &&
           x.cookie.meaning.server != x.server;
  }

  // Was the client moved while it had its cookie, which was honoured neither since nor replaced? By
  // a WebSocket without it, or by a refusal of this value that gave no other.
  bool WasMoved(size_t at) const {
    const List session = OfClient(at);
    if (!KnewAll(records_[at], session)) return false;
    for (auto x = session.rbegin(); x != session.rend(); ++x) {
      if (strays_[IndexOf(**x)]) return true;
      if (IsRefusal(**x) && (*x)->given_none) return (*x)->cookie.tag == records_[at].cookie.tag;
      if (decisions[IndexOf(**x)].evidence == Evidence::kCookie || (*x)->given) return false;
    }
    return false;
  }

  static bool KnewAll(const Seen& r, const List& session) {
    return std::all_of(session.begin(), session.end(),
                       [&](const Seen* x) { return x->learnt.high <= r.start.low; });
  }

  // A native client opens its WebSocket without the cookie that it has.
  static bool IsStray(const Seen& r, const List& session) {
    if (!r.upgrade || !r.cookies_logged || r.cookie.sticky || r.cookie.redacted) return false;
    const auto any = [&](const std::function<bool(const Seen&)>& is) {
      return std::any_of(session.begin(), session.end(), [&](const Seen* x) { return is(*x); });
    };
    return any([](const Seen& x) { return x.cookie.sticky || x.given; }) &&
           !any([](const Seen& x) { return x.cookie.sticky && x.upgrade; }) &&
           any([&](const Seen& x) { return r.start.low - x.learnt.high <= kSoon; });
  }

  Decision ByMemory(size_t at) {
    const Seen& r = records_[at];
    const List session = OfClient(at);
    const Pins pins = PinsOf(r, session);
    const bool stray = IsStray(r, session);
    Decision decision = Judge(r, pins, Evidence::kClient);
    strays_[at] = stray && decision.verdict == Verdict::kBreak && KnewAll(r, session);
    const std::string& connection = connections_[at];
    if (connection.empty()) return decision;
    const Pins own = PinsOf(r, Before(at, kConnectionIdle, [&](const Seen& x) {
                              return connections_[IndexOf(x)] == connection;
                            }));
    if (own.Only(r.server)) {
      strays_[at] = false;
      return {Verdict::kHeld, Evidence::kConnection, r.server};
    }
    if (own.only_none()) {
      if (stray) return decision;
      if (IsAnotherPerson(r, session)) return {Verdict::kFirst, Evidence::kConnection, {}};
      if (decision.verdict == Verdict::kBreak) HoldBack(at, pins);
      return decision;
    }
    if (decision.verdict != Verdict::kBreak || !own.Never(r.server)) return decision;
    decision.evidence = Evidence::kConnection;
    if (IsLone(r)) opened_.push_back({at});
    return decision;
  }

  // A connection on which two user agents speak is a proxy's, and so are all of its address.
  void NoteConnection(size_t at) {
    const Seen& r = records_[at];
    if (r.connection.empty()) return;
    connections_[at] = r.connection;
    if (!proxies_.contains({r.scope, r.address})) {
      heard_[r.scope].push_back(&r);
      const List own = Before(at, kConnectionIdle, [&](const Seen& x) {
        return connections_[IndexOf(x)] == r.connection;
      });
      const auto first =
          std::find_if(own.begin(), own.end(), [](const Seen* x) { return !x->agent.empty(); });
      const bool other = first != own.end() && !r.agent.empty() && (*first)->agent != r.agent;
      if (other) proxies_.emplace(r.scope, r.address);
    }
    if (proxies_.contains({r.scope, r.address})) connections_[at].clear();
  }

  // Of the scope's latest records that have a connection, nine of ten.
  List Latest(ScopeId scope) {
    const List& heard = heard_[scope];
    return {heard.end() - static_cast<ptrdiff_t>(std::min(heard.size(), kLatest)), heard.end()};
  }
  bool IsLone(const Seen& r) {
    const List latest = Latest(r.scope);
    const auto own = std::count_if(latest.begin(), latest.end(),
                                   [&](const Seen* x) { return x->address == r.address; });
    return static_cast<size_t>(own) * 10 >= latest.size() * 9;
  }
  // More connections than a browser opens to a host were used within a minute, each twice or more.
  bool HasManyConnections(const Seen& r) {
    std::map<std::string, List> connections;
    for (const Seen* x : Latest(r.scope)) {
      if (x->address == r.address) connections[x->connection].push_back(x);
    }
    const auto first = [](const List& list) {
      return (*std::min_element(list.begin(), list.end(), EarlierStart))->start.low;
    };
    const auto last = [](const List& list) {
      return (*std::max_element(list.begin(), list.end(), EarlierStart))->start.low;
    };
    for (const auto& [name, at] : connections) {
      if (at.size() < 2) continue;
      const auto used =
          std::count_if(connections.begin(), connections.end(), [&](const auto& item) {
            const List& other = item.second;
            return other.size() > 1 && other.front()->origin == at.front()->origin &&
                   first(other) <= first(at) && first(at) <= last(other) + std::chrono::seconds(60);
          });
      if (used > 6) return true;
    }
    return false;
  }
  static bool EarlierStart(const Seen* a, const Seen* b) { return a->start.low < b->start.low; }

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
    if (z.client != r.client || connections_[at] == connections_[IndexOf(r)]) return false;
    const auto own = Before(at, kConnectionIdle, [&](const Seen& x) {
      return connections_[IndexOf(x)] == connections_[at];
    });
    return std::any_of(own.begin(), own.end(), [&](const Seen* x) {
      return x->server == pin && x->learnt.high < r.start.low;
    });
  }

  // A break of a fresh connection waits for the connection that set the pin to speak again.
  void HoldBack(size_t at, const Pins& pins) {
    const Seen& r = records_[at];
    const auto of_client = OfClient(at);
    const Seen& pin = LastOfPin(pins.latest(), of_client);
    if (r.format != LogFormat::kJson || r.cookie.sticky) return;
    if (connections_[IndexOf(pin)].empty() || pin.origin != r.origin) return;
    // Where the last of the pin was learnt later, any connection that was with it before will do.
    opened_.push_back({at, &pin, pin.learnt.low <= r.start.high});
  }

  void Hear(size_t i) {
    const Seen& z = records_[i];
    if (!z.judged() || connections_[i].empty()) return;
    std::erase_if(waiting_, [&](const Waiting& waiting) {
      if (waiting.pin == nullptr) return false;
      const Seen& r = records_[waiting.at];
      const Seen& pin = *waiting.pin;
      if (z.scope != r.scope || z.start.low < r.start.low) return false;
      if (waiting.known ? connections_[i] != connections_[IndexOf(pin)]
                        : !WasWithPin(i, r, pin.server)) {
        return false;
      }
      if (z.server == pin.server) {
        decisions[waiting.at] = {Verdict::kFirst, Evidence::kConnection, ServerId::kNone};
      }
      return true;
    });
  }

  // They have waited long enough.
  void CloseUntil(EventTime clock) {
    std::erase_if(waiting_, [&](const Waiting& waiting) {
      const Seen& r = records_[waiting.at];
      if (r.end + kLongestHold > clock) return false;
      if (waiting.pin != nullptr) return true;
      if (IsLone(r) && HasManyConnections(r)) proxies_.emplace(r.scope, r.address);
      if (proxies_.contains({r.scope, r.address}))
        decisions[waiting.at].evidence = Evidence::kClient;
      return true;
    });
  }

  const std::vector<Seen>& records_;
  const int64_t idle_;
  std::vector<std::string> connections_;  // by record; empty: none that proves anything
  std::vector<bool> strays_;              // by record: it moved a client that has the cookie
  std::vector<Waiting> waiting_, opened_;
  std::set<std::pair<ScopeId, std::string>> proxies_;  // scope and address
  std::map<ScopeId, List> heard_;                      // with a connection
};

}  // namespace

std::vector<Decision> Decide(const std::vector<Seen>& records, std::chrono::seconds idle) {
  return Brute(records, idle).decisions;
}

}  // namespace stickyd::oracle
