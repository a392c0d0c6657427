// SPDX-License-Identifier: Apache-2.0
// config_changes.h: what became different between two readings of Traefik's configuration.
// Role:    the pipeline names a change beside the breaks around it; reports list changes. A change
//          never decides a cause. It is named because whoever changed something wants to know,
//          whatever the cause is.
// Shape:   sentences with the names of services, routers and servers; bounded per pair of readings.
// Threads: pipeline thread only.
// Cost:    a pair is compared once, when a break or a report first asks for it. A break looks at
//          the pairs around it, at most kMostPairs.
// Source:  docs/DETECTION.md section 5, "Changes".
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stickyd/model/traefik_config.h"

namespace stickyd {

enum class ChangeKind : uint8_t { kTraefik, kRouter, kService, kServer, kCount };
const char* Name(ChangeKind kind);  // "traefik", "router", ...

struct ConfigChange {
  using Roots = std::set<std::string, std::less<>>;
  ChangeKind kind = ChangeKind::kTraefik;
  std::shared_ptr<const Roots> roots;  // the root services it concerns; null: all of Traefik
  std::string text;                    // `server http://10.0.0.1:80 left shop@file`
  size_t more = 0;                     // such changes that have no text of their own
};

// How many of one service's servers are named.
inline constexpr size_t kMostServersNamed = 64;

// In the order: Traefik itself, routers, services; names in alphabetical order.
std::vector<ConfigChange> FindChanges(const TraefikConfig& before, const TraefikConfig& after);

class ChangeBook {
 public:
  // A change is named by breaks this long before and after the reading that first showed it (but
  // none before the reading that did not).
  static constexpr EventDuration kWindow = std::chrono::minutes(5);
  static constexpr size_t kMostPairs = 128;

  // What changed between two readings, and when those were.
  struct Dated {
    EventTime after;
    EventTime by;
    std::string text;
  };

  // `configs` must outlive the book.
  explicit ChangeBook(const ConfigHistory& configs) : configs_(configs) {}

  // What changed around `time` for the service tree of `root` (empty: for all of Traefik only). Of
  // several changes it is the one of the server `pin`, else the latest. Empty if nothing changed.
  // The view stays valid until the next call.
  std::string_view Around(EventTime time, std::string_view root, std::string_view pin);
  // All of it, in order of time.
  std::vector<Dated> All() const;

 private:
  // The sentences of one pair of readings.
  struct Texts {
    std::string of_all;  // for a root that nothing else concerns
    StringMap<std::string> of_root;
  };
  const Texts& TextsOf(size_t i);  // and the one before it

  const ConfigHistory& configs_;
  // By the first readings of the two: old ones are dropped, and others may come to lie there.
  std::map<std::pair<EventTime, EventTime>, Texts> texts_;
};

}  // namespace stickyd
