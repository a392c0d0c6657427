// SPDX-License-Identifier: Apache-2.0
// lookahead.h: the records of a lane that come next, as far as they can be looked at ahead of their
// turn: which route, whose client.
// Role:    the pipeline asks for the memory of all of them at once, and decides on them one by one.
// Shape:   entries in the order of the lines. What an entry says is what would be found out at its
//          turn: it is thrown away if anything has changed that it rests on (its generation).
// Threads: pipeline thread only.
// Cost:    allocates once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "memory_tables.h"
#include "stickyd/diagnose/fact_book.h"
#include "stickyd/engine/pipeline.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/observation.h"
#include "stickyd/parse/plain_parser.h"
#include "stickyd/session/identifier.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class Lookahead {
 public:
  static constexpr size_t kMost = Pipeline::kMostExpected;
  // So far ahead slots are asked for.
  static constexpr size_t kDistance = 8;

  // Of the pipeline.
  struct Parts {
    const Interpreter& interpreter;
    const Identifier& identifier;
    const MemoryTables& tables;
    const FactBook& facts;
  };
  // Looks at the lines that come next, up to kMost of them. What was there before is forgotten.
  void Fill(std::span<const ParsedLine> lines, const Parts& parts, uint64_t generation);

  // What is known of the record whose turn it is: route and client. Null: nothing. Records may be
  // passed over. Asks for the memory of one that comes later.
  Observation* Take(const AccessRecord& record, const Parts& parts, uint64_t generation) {
    if (generation != generation_) return nullptr;
    for (size_t at = turn_; at < size_; ++at) {
      if (entries_[at].record != &record) continue;
      turn_ = at + 1;
      if (at + kDistance < size_) parts.tables.FetchSlots(entries_[at + kDistance].seen);
      return &entries_[at].seen;
    }
    return nullptr;
  }

 private:
  struct Entry {
    const AccessRecord* record = nullptr;
    Observation seen;
  };
  std::vector<Entry> entries_;
  uint64_t generation_ = 0;
  size_t size_ = 0;
  size_t turn_ = 0;
};

}  // namespace stickyd
