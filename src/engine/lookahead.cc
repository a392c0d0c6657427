// SPDX-License-Identifier: Apache-2.0
#include "lookahead.h"

#include <algorithm>
#include <memory>

namespace stickyd {

void Lookahead::Fill(std::span<const ParsedLine> lines, const Parts& parts, uint64_t generation) {
  if (entries_.empty()) entries_.resize(kMost);
  generation_ = generation;
  size_ = turn_ = 0;
  for (const ParsedLine& line : lines.first(std::min(lines.size(), kMost))) {
    Observation& seen = *std::construct_at(&entries_[size_].seen);
    if (!line.plain || !parts.interpreter.RecallRoute(line.record, seen)) continue;
    parts.identifier.FindClient(line.record, seen);
    parts.tables.FetchHeads(seen);
    parts.facts.Fetch(seen);
    entries_[size_++].record = &line.record;
  }
  for (size_t at = 0; at < std::min(size_, kDistance); ++at) {
    parts.tables.FetchSlots(entries_[at].seen);
  }
}

}  // namespace stickyd
