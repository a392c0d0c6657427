// SPDX-License-Identifier: Apache-2.0
// session_table.h: memory of sessions by key. It is bounded, and forgets first who came only once.
// Role:    the pipeline finds the memories of a record here, diagnose changes them, the pipeline
//          stores them back. One table for sessions, a smaller one for connections.
// Shape:   keys are keyed hashes; slots are valid until the next Touch or Expire.
// Units:   event time; idle time in whole seconds, at most 8 hours.
// Errors:  none after construction (std::bad_alloc there). If the table is full, a session goes,
//          and is counted. It is a claimed one, if those are more than a quarter. Else it is one
//          of those that were touched in one second only, if those are more than a quarter of the
//          rest. Of those it is nearly the least recently used one (src/session/use_order.h
//          says how nearly). So nobody who makes up a session for each request drives out
//          those who come back, or who claim nothing.
// Threads: pipeline thread only.
// Cost:    60.5 bytes a session, everything included (57 in the slot, 3.5 in the index). A session
//          that has changed servers takes 184 more; there is room for one such in sixteen
//          sessions. A touch of a known key is two or three cache misses, that of a new key mostly
//          one. FetchHead and FetchSlot before it take most of the wait away. No allocation.
//          Growing is spread over insertions (linear hashing), so no insertion stops the pipeline.
// Source:  W. Litwin, "Linear hashing" (1980); docs/ARCHITECTURE.md "How a line becomes a number".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stickyd/model/event_time.h"
#include "stickyd/model/ids.h"
#include "stickyd/model/pipeline_stats.h"
#include "stickyd/model/session_memory.h"

namespace stickyd {

class SessionTable {
 public:
  static constexpr uint32_t kMostSessions = 16'000'000;
  static constexpr std::chrono::seconds kLongestIdle{8 * 3600};

  struct Options {
    uint32_t max_sessions = 1'000'000;  // more: fewer forgotten, more memory
    std::chrono::seconds idle{3600};    // a session ends after this long in silence
  };
  struct Found {
    uint32_t slot = 0;
    bool created = false;
  };

  explicit SessionTable(const Options& options);
  ~SessionTable();
  SessionTable(const SessionTable&) = delete;
  SessionTable& operator=(const SessionTable&) = delete;

  enum class Create { kNo, kYes, kClaimed };  // claimed: nobody vouches for what the key is of
  // Finds or makes the session, which is the most recently used one from now on. A session that was
  // idle for too long is a new one. Slot 0: there is none, and none was to be made.
  Found Touch(uint64_t key, EventTime now, Create create = Create::kYes);
  // These ask the processor for the memory that a Touch of `key` will need. Call the first one, and
  // the second one when that memory has come, some hundred instructions later.
  void FetchHead(uint64_t key) const;
  void FetchSlot(uint64_t key) const;
  // Finds the session without touching it.
  std::optional<uint32_t> Find(uint64_t key, EventTime now) const;

  void Load(uint32_t slot, SessionMemory& memory) const;
  void Store(uint32_t slot, const SessionMemory& memory);

  // The service a session was last seen on, for Active().
  void SetService(uint32_t slot, ServiceId service);
  uint32_t Active(ServiceId service) const;

  // Drops up to `most` sessions that have been idle for too long.
  void Expire(EventTime now, uint32_t most);
  // Drops all sessions.
  void Clear();

  TableStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
