// SPDX-License-Identifier: Apache-2.0
#include "stickyd/diagnose/peer_book.h"

#include <algorithm>

#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

// Browsers and Traefik keep an idle connection open for longer than that.
constexpr EventDuration kKept = std::chrono::seconds(60);

// The time in which a connection was used.
struct Span {
  uint32_t connection = 0;
  uint16_t origin = 0;
  EventTime first, last;
  size_t records = 0;
};

// Scopes beyond the bound share one.
size_t PlaceOf(const Observation& seen) {
  const ScopeId scope = seen.route->scope;
  return Index(scope) == kOverflowId ? 0 : Index(scope);
}

}  // namespace

const PeerBook::Latest* PeerBook::Find(const Observation& seen) const {
  const size_t place = PlaceOf(seen);
  return place < scopes_.size() ? scopes_[place].get() : nullptr;
}

void PeerBook::Add(const Observation& seen, SessionMemory& connection) {
  const size_t place = PlaceOf(seen);
  if (place >= scopes_.size()) scopes_.resize(place + 1);
  if (scopes_[place] == nullptr) scopes_[place] = std::make_unique<Latest>();
  Latest& to = *scopes_[place];
  to.heard[to.records++ % kLatest] = {seen.address, static_cast<uint32_t>(seen.connection),
                                      seen.origin, seen.start.low};
  uint16_t& agent = connection.facts.shown[0];
  if (agent == 0) agent = seen.agent;
  if (seen.address != 0 && seen.agent != 0 && seen.agent != agent &&
      Applies(Rule::kSharedConnection)) {
    proxies_[seen.address % kSlots] = seen.address;
  }
}

bool PeerBook::IsLone(const Observation& seen) const {
  const Latest* const of = Find(seen);
  if (seen.address == 0 || of == nullptr) return false;
  const auto end = of->heard.begin() + static_cast<ptrdiff_t>(of->size());
  const auto own = std::count_if(of->heard.begin(), end,
                                 [&](const Heard& heard) { return heard.address == seen.address; });
  return static_cast<size_t>(own) * 10 >= of->size() * 9;
}

void PeerBook::LookAt(const Observation& seen) {
  if (!IsLone(seen)) return;
  const Latest& of = *Find(seen);
  std::vector<Span> spans;
  for (size_t i = 0; i < of.size(); ++i) {
    const Heard& heard = of.heard[i];
    if (heard.address != seen.address) continue;
    const auto known = std::find_if(spans.begin(), spans.end(), [&](const Span& span) {
      return span.connection == heard.connection;
    });
    if (known == spans.end()) {
      spans.push_back({heard.connection, heard.origin, heard.start, heard.start, 1});
      continue;
    }
    known->first = std::min(known->first, heard.start);
    known->last = std::max(known->last, heard.start);
    ++known->records;
  }
  std::erase_if(spans, [](const Span& span) { return span.records < 2; });
  for (const Span& at : spans) {
    const auto used = std::count_if(spans.begin(), spans.end(), [&](const Span& span) {
      return span.origin == at.origin && span.first <= at.first && at.first <= span.last + kKept;
    });
    if (static_cast<size_t>(used) > kPerBrowser) {
      proxies_[seen.address % kSlots] = seen.address;
      return;
    }
  }
}

}  // namespace stickyd
