// SPDX-License-Identifier: Apache-2.0
#include "memory_tables.h"

#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

// With a group's key: the key of the memory of all whom the group may not have one for.
constexpr uint64_t kMany = 0x6D616E7920706570U;

SessionTable::Create CreateFor(const Observation& seen) {
  return seen.claimed ? SessionTable::Create::kClaimed : SessionTable::Create::kYes;
}

}  // namespace

void MemoryTables::FetchHeads(const Observation& seen) const {
  if (seen.client != 0) sessions_.FetchHead(seen.client);
  if (seen.connection != 0) connections_.FetchHead(seen.connection);
  if (seen.group != 0) allowance_.Fetch(seen.group);
}

void MemoryTables::FetchSlots(const Observation& seen) const {
  if (seen.client != 0) sessions_.FetchSlot(seen.client);
  if (seen.connection != 0) connections_.FetchSlot(seen.connection);
}

bool MemoryTables::Admit(const Observation& seen, Limit limit, EventTime now) {
  if (seen.group == 0 || allowance_.Take(seen.group, limit, now)) return true;
  ++refused_[limit];
  return false;
}

void MemoryTables::Credit(const Observation& seen, EventTime now) {
  if (seen.group != 0 && ++held_ % kHeldPerCredit == 0) allowance_.Add(seen.group, now);
}

MemoryTables::Who MemoryTables::Touch(const Place& place, uint64_t key, EventTime now,
                                      SessionTable::Create create) {
  if (key == 0) return Who::kNobody;
  const auto found = place.table.Touch(key, now, create);
  if (found.slot == 0) return Who::kNobody;
  place.slot = found.slot;
  place.table.Load(found.slot, place.memory);
  return found.created ? Who::kNew : Who::kKnown;
}

MemoryTables::Who MemoryTables::Find(const Place& place, uint64_t key, const Observation& seen,
                                     Limit limit, EventTime now) {
  const Who who = Touch(place, key, now, SessionTable::Create::kNo);
  if (who != Who::kNobody || key == 0 || !Admit(seen, limit, now)) return who;
  return Touch(place, key, now, CreateFor(seen));
}

Memories MemoryTables::Recall(Observation& seen, EventTime now, bool& new_session) {
  slots_ = {};
  Memories memories;
  const Place client_place{sessions_, client_, slots_.client};
  Who client = Find(client_place, seen.client, seen, Limit::kPeople, now);
  if (client == Who::kNobody && seen.client != 0) {
    memories.many = true;
    seen.client = seen.group ^ kMany;
    client = Touch(client_place, seen.client, now, CreateFor(seen));
    client_.facts.Set(SessionFacts::kShared);
  }
  if (client != Who::kNobody) memories.client = &client_;
  const Who identity =
      Find({sessions_, identity_, slots_.identity}, seen.identity, seen, Limit::kSessions, now);
  if (identity != Who::kNobody) memories.identity = &identity_;
  if (seen.new_identity != seen.identity && Applies(Rule::kIdentityFromSetCookie) &&
      Find({sessions_, new_identity_, slots_.new_identity}, seen.new_identity, seen,
           Limit::kSessions, now) != Who::kNobody) {
    memories.new_identity = &new_identity_;
  }
  if (Find({connections_, connection_, slots_.connection}, seen.connection, seen,
           Limit::kConnections, now) != Who::kNobody) {
    memories.connection = &connection_;
  }
  new_session =
      client != Who::kKnown && identity != Who::kKnown && (seen.client != 0 || seen.identity != 0);
  return memories;
}

void MemoryTables::Store(const Memories& memories, ServiceId service) {
  if (memories.client != nullptr) sessions_.Store(slots_.client, *memories.client);
  if (memories.identity != nullptr) sessions_.Store(slots_.identity, *memories.identity);
  if (memories.new_identity != nullptr) {
    sessions_.Store(slots_.new_identity, *memories.new_identity);
  }
  if (memories.connection != nullptr) connections_.Store(slots_.connection, *memories.connection);
  const uint32_t primary = slots_.identity != 0 ? slots_.identity : slots_.client;
  if (primary != 0) sessions_.SetService(primary, service);
}

void MemoryTables::Expire(EventTime now, uint32_t most) {
  sessions_.Expire(now, most);
  connections_.Expire(now, most);
}

void MemoryTables::Clear() {
  sessions_.Clear();
  connections_.Clear();
}

}  // namespace stickyd
