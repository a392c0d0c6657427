// SPDX-License-Identifier: Apache-2.0
// session_table.h: memory of sessions by key: bounded; who came once goes first.
// Role:    the pipeline finds the memories of a record here, diagnose changes them, the pipeline
//          stores them back. One table for sessions, a smaller one for connections.
// Shape:   keys are keyed hashes; slots are valid until the next Touch or Expire.
// Units:   event time; idle time in whole seconds, at most 8 hours.
// Errors:  none after construction (std::bad_alloc there). Full: a session goes, counted: a claimed
//          one if those are more than a quarter; the least recently used of those that were touched
//          in one second only, if those are more than a quarter of the rest. So nobody who makes
//          up a session for each request drives out who comes back, or who claims nothing.
// Threads: pipeline thread only.
// Cost:    63.5 bytes a session all in (60 in the slot, 3.5 in the index), and 184 more for one
//          that has changed servers, of which there is one for sixteen sessions. A touch of a key
//          that is known is two or three cache misses, of one that is new mostly one; FetchHead and
//          FetchSlot before it take most of the wait away. No allocation. Growing is spread over
//          insertions (linear hashing), so that no insertion stops the pipeline.
// Source:  W. Litwin, "Linear hashing" (1980); docs/ARCHITECTURE.md "The session table".
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
  // Finds or makes the session; it is the most recently used now. One that was idle for too long
  // is a new one. Slot 0: there is none, and none was to be made.
  Found Touch(uint64_t key, EventTime now, Create create = Create::kYes);
  // Ask the processor for the memory that a Touch of `key` will need: first the one, and when that
  // has come, some hundred instructions later, the other.
  void FetchHead(uint64_t key) const;
  void FetchSlot(uint64_t key) const;
  // Finds without touching.
  std::optional<uint32_t> Find(uint64_t key, EventTime now) const;

  void Load(uint32_t slot, SessionMemory& memory) const;
  void Store(uint32_t slot, const SessionMemory& memory);

  // The service a session was last seen on, for Active().
  void SetService(uint32_t slot, ServiceId service);
  uint32_t Active(ServiceId service) const;

  // Drops up to `most` sessions that have been idle for too long.
  void Expire(EventTime now, uint32_t most);
  // Drops all.
  void Clear();

  TableStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
