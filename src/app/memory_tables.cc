#include "memory_tables.h"

#include "stickyd/model/rule.h"

namespace stickyd {

void MemoryTables::FetchHeads(const Observation& seen) const {
  if (seen.client != 0) sessions_.FetchHead(seen.client);
  if (seen.connection != 0) connections_.FetchHead(seen.connection);
}

void MemoryTables::FetchSlots(const Observation& seen) const {
  if (seen.client != 0) sessions_.FetchSlot(seen.client);
  if (seen.connection != 0) connections_.FetchSlot(seen.connection);
}

Memories MemoryTables::Recall(const Observation& seen, EventTime now, bool& new_session) {
  slots_ = {};
  Memories memories;
  bool known = false;
  const auto find = [&](SessionTable& table, uint64_t key, SessionMemory& memory, uint32_t& slot,
                        bool is_person) -> SessionMemory* {
    if (key == 0) return nullptr;
    const auto found = table.Touch(key, now);
    slot = found.slot;
    known |= is_person && !found.created;
    table.Load(slot, memory);
    return &memory;
  };
  memories.client = find(sessions_, seen.client, client_, slots_.client, true);
  memories.identity = find(sessions_, seen.identity, identity_, slots_.identity, true);
  if (seen.new_identity != seen.identity && Applies(Rule::kIdentityFromSetCookie)) {
    memories.new_identity =
        find(sessions_, seen.new_identity, new_identity_, slots_.new_identity, false);
  }
  memories.connection = find(connections_, seen.connection, connection_, slots_.connection, false);
  new_session = !known && (seen.client != 0 || seen.identity != 0);
  return memories;
}

void MemoryTables::Remember(const Memories& memories, ServiceId service) {
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
