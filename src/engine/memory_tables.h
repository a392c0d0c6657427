// SPDX-License-Identifier: Apache-2.0
// memory_tables.h: the memories of those whom a record may be from, found and put back.
// Role:    the pipeline recalls them before a record is judged and stores them behind it.
// Shape:   a table of sessions (identities and clients) and one of connections; Memories point into
//          scratch that the next Recall overwrites.
// Threads: pipeline thread only.
// Cost:    at most four lookups, more for who is new, and four stores per record; no allocation.
#pragma once

#include <cstdint>

#include "stickyd/diagnose/judge.h"
#include "stickyd/model/observation.h"
#include "stickyd/session/allowance.h"
#include "stickyd/session/session_table.h"

namespace stickyd {

class MemoryTables {
 public:
  MemoryTables(const SessionTable::Options& sessions, const SessionTable::Options& connections)
      : sessions_(sessions), connections_(connections) {}

  // Memory that will be needed, in two steps with other work in between: all of it on its way at
  // once.
  void FetchHeads(const Observation& seen) const;
  void FetchSlots(const Observation& seen) const;
  // `new_session`: nobody of them was known. Beyond what one address may have (Allowance) clients
  // share one memory, whose key `seen.client` becomes; identities and connections have none.
  Memories Recall(Observation& seen, EventTime now, bool& new_session);
  // May it have one more of these? What may not is counted. True where no address is logged.
  bool Admit(const Observation& seen, Limit limit, EventTime now);
  // Its request held. One in eight adds to what it may have: it is many people, or harmless.
  void Credit(const Observation& seen, EventTime now);
  const Tally<Limit>& refused() const { return refused_; }
  // Stores what the last Recall found, as it is now.
  void Store(const Memories& memories, ServiceId service);
  void Expire(EventTime now, uint32_t most);
  // For every record: forgets who is idle, fast enough to keep up with those who are new.
  void Tick(EventTime now) { Expire(now, kExpirePerRecord); }
  void Clear();

  SessionTable& sessions() { return sessions_; }
  const SessionTable& sessions() const { return sessions_; }
  const SessionTable& connections() const { return connections_; }

 private:
  static constexpr uint32_t kExpirePerRecord = 4;
  static constexpr uint32_t kHeldPerCredit = 8;

  struct Place {
    SessionTable& table;
    SessionMemory& memory;
    uint32_t& slot;
  };
  enum class Who { kNobody, kNew, kKnown };
  static Who Touch(const Place& place, uint64_t key, EventTime now, SessionTable::Create create);
  // Makes it, too, if `seen` may have one more.
  Who Find(const Place& place, uint64_t key, const Observation& seen, Limit limit, EventTime now);

  struct Slots {
    uint32_t identity = 0, new_identity = 0, client = 0, connection = 0;
  };
  SessionTable sessions_;
  SessionTable connections_;
  Allowance allowance_;
  Tally<Limit> refused_;
  uint64_t held_ = 0;
  Slots slots_;
  SessionMemory client_, identity_, new_identity_, connection_;  // reused for every record
};

}  // namespace stickyd
