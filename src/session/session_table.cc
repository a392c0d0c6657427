// SPDX-License-Identifier: Apache-2.0
// Slots live in one lazy array; a free list recycles them. The index is a linear hash: an array of
// chain heads that grows by seven buckets with every eight sessions added, by splitting the bucket
// whose turn it is. Chains, the queues of use_order.h and the free list are 24-bit slot numbers
// inside the slots. What costs time is memory that is not in the cache, so a head carries a filter
// of its chain, and what will be needed soon is asked for ahead.
// Tests: session_table_test.cc compares with std::unordered_map and std::list.
#include "stickyd/session/session_table.h"

#include <algorithm>
#include <cstring>

#include "history_store.h"
#include "session_slot.h"
#include "stickyd/base/lazy_array.h"
#include "stickyd/base/prefetch.h"
#include "use_order.h"

namespace stickyd {
namespace {

// Where a chain begins, and what may be in it: a key that is not in the table, as every new
// connection's, is seldom looked for in slots.
class Head {
 public:
  uint32_t first() const { return bits_ & kMostSlots; }
  bool MayHave(uint64_t key) const { return (bits_ & FilterBit(key)) != 0; }
  void Add(uint32_t slot, uint64_t key) { bits_ = (bits_ & ~kMostSlots) | slot | FilterBit(key); }
  void SetFirst(uint32_t slot) { bits_ = (bits_ & ~kMostSlots) | slot; }
  void AddToFilter(uint64_t key) { bits_ |= FilterBit(key); }
  void ClearFilter() { bits_ &= kMostSlots; }
  void Clear() { bits_ = 0; }

 private:
  static constexpr uint32_t kMostSlots = (1U << 24U) - 1;
  // Bits of the key that do not choose the bucket.
  static uint32_t FilterBit(uint64_t key) { return 1U << (24U + ((key >> 29U) & 7U)); }
  uint32_t bits_;
};

uint16_t ToSeconds(EventTime time) {
  return static_cast<uint16_t>(
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

// So early the second slot of a bucket is asked for, and the first one twice as early.
constexpr uint32_t kSplitsAhead = 4;

}  // namespace

class SessionTable::Impl {
 public:
  explicit Impl(const Options& options)
      : limit_(std::clamp<uint32_t>(options.max_sessions, 1, kMostSessions)),
        idle_s_(static_cast<int16_t>(
            std::clamp<int64_t>(options.idle.count(), 1, kLongestIdle.count()))),
        slots_(size_t{limit_} + 1),
        heads_(size_t{limit_} + 2 + 2 * kSplitsAhead),
        histories_(limit_),
        order_(slots_, idle_s_),
        active_(size_t{kOverflowId} + 1) {}

  Found Touch(uint64_t key, EventTime now, Create create) {
    key &= kKeyMask;
    FollowClock(now);
    uint32_t slot = FindSlot(key);
    const bool idle = slot != 0 && IsIdle(slot, now);
    const bool created = slot == 0 || idle;
    if (created && create == Create::kNo) return {};
    if (idle) {
      Renew(slot);
    } else if (slot == 0) {
      slot = Insert(key, create);
    }
    Slot& entry = slots_[slot];
    if (!created && entry.touched_s != ToSeconds(now)) order_.NoteAgain(entry);
    entry.touched_s = ToSeconds(now);
    if (created && !idle) order_.Add(slot);
    return {slot, created};
  }

  void FetchHead(uint64_t key) const { Prefetch(&heads_[Bucket(key & kKeyMask)]); }
  void FetchSlot(uint64_t key) const {
    key &= kKeyMask;
    const Head head = heads_[Bucket(key)];
    if (head.MayHave(key)) Prefetch(&slots_[head.first()], sizeof(Slot));
  }

  std::optional<uint32_t> Find(uint64_t key, EventTime now) const {
    const uint32_t slot = FindSlot(key & kKeyMask);
    if (slot == 0 || IsIdle(slot, now)) return std::nullopt;
    return slot;
  }

  void Load(uint32_t slot, SessionMemory& memory) const {
    const Slot& from = slots_[slot];
    std::memcpy(&memory.facts, from.facts.data(), sizeof(memory.facts));
    histories_.Load(from, memory.history);
  }

  void Store(uint32_t slot, const SessionMemory& memory) {
    Slot& to = slots_[slot];
    std::memcpy(to.facts.data(), &memory.facts, sizeof(memory.facts));
    histories_.Store(memory.history, to);
  }

  void SetService(uint32_t slot, ServiceId service) {
    Slot& entry = slots_[slot];
    if (entry.service == Index(service)) return;
    if (entry.service != 0) --active_[entry.service];
    entry.service = Index(service);
    if (entry.service != 0) ++active_[entry.service];
  }
  uint32_t Active(ServiceId service) const { return active_[Index(service)]; }

  void Expire(EventTime now, uint32_t most) {
    FollowClock(now);
    RemoveIdle(most);
  }

  void Clear() {
    stats_.evicted_clock += entries_;
    RemoveAll();
  }

  TableStats stats() const {
    TableStats stats = stats_;
    stats.entries = entries_;
    stats.limit = limit_;
    stats.bytes =
        uint64_t{used_} * sizeof(Slot) + uint64_t{buckets_} * sizeof(Head) + histories_.bytes();
    stats.histories_cut = histories_.histories_cut();
    return stats;
  }

 private:
  // Seconds are kept in 16 bits, so a silence of 18 hours would wrap around. After any gap longer
  // than the idle time (at most 8 hours) everybody is idle; and every hour all who are idle go,
  // where there is too little traffic for Expire to have found them.
  void FollowClock(EventTime now) {
    const EventDuration since = now - second_;
    if (since >= EventDuration(0) && since < std::chrono::seconds(1)) {  // nothing is due
      clock_ = now;
      return;
    }
    second_ = std::chrono::floor<std::chrono::seconds>(now);
    if (entries_ > 0 && now - clock_ > std::chrono::seconds(idle_s_ + 1)) {
      stats_.evicted_idle += entries_;
      RemoveAll();
    }
    order_.FollowClock(std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
    if (now - swept_ >= std::chrono::hours(1) || now < swept_) {
      RemoveIdle(limit_);
      swept_ = now;
    }
    clock_ = now;
  }

  void RemoveIdle(uint32_t most) {
    while (const uint32_t slot = order_.TakeIdle(most)) {
      ++stats_.evicted_idle;
      Remove(slot);
    }
  }
  void RemoveAll() {
    while (const uint32_t slot = order_.TakeAny()) Remove(slot);
  }

  uint16_t Silence(uint32_t slot, EventTime now) const {
    return static_cast<uint16_t>(ToSeconds(now) - slots_[slot].touched_s);
  }
  // Between two sweeps a silence stays below the half of 18 hours; `now` may lie before it.
  bool IsIdle(uint32_t slot, EventTime now) const {
    return static_cast<int16_t>(Silence(slot, now)) > idle_s_;
  }

  // ---- the index
  uint32_t Bucket(uint64_t key) const {
    const uint32_t hash = static_cast<uint32_t>(key >> 32U) ^ static_cast<uint32_t>(key);
    const uint32_t low = hash & (round_ - 1);
    return low < buckets_ - round_ ? hash & (2 * round_ - 1) : low;
  }
  uint32_t FindSlot(uint64_t key) const {
    const Head head = heads_[Bucket(key)];
    if (!head.MayHave(key)) return 0;
    uint32_t slot = head.first();
    while (slot != 0 && slots_[slot].key != key) slot = slots_[slot].chain.get();
    return slot;
  }
  void Chain(uint32_t slot) {
    const uint64_t key = slots_[slot].key;
    Head& head = heads_[Bucket(key)];
    slots_[slot].chain.set(head.first());
    head.Add(slot, key);
  }
  void Unchain(uint32_t slot) {
    Head& head = heads_[Bucket(slots_[slot].key)];
    head.ClearFilter();
    uint32_t before = 0;
    for (uint32_t at = head.first(); at != 0; at = slots_[at].chain.get()) {
      if (at != slot) {
        head.AddToFilter(slots_[at].key);
        before = at;
      } else if (before == 0) {
        head.SetFirst(slots_[slot].chain.get());
      } else {
        slots_[before].chain = slots_[slot].chain;
      }
    }
  }
  // One more bucket: the one whose turn it is hands over the keys that belong there.
  void Grow() {
    const uint32_t split = buckets_ - round_;
    Prefetch(&slots_[heads_[split + 2 * kSplitsAhead].first()]);
    Prefetch(&slots_[slots_[heads_[split + kSplitsAhead].first()].chain.get()]);
    uint32_t slot = heads_[split].first();
    heads_[split].Clear();
    ++buckets_;
    while (slot != 0) {
      const uint32_t next = slots_[slot].chain.get();
      Chain(slot);
      slot = next;
    }
    if (buckets_ == 2 * round_) round_ *= 2;
  }

  uint32_t Insert(uint64_t key, Create create) {
    if (entries_ >= limit_ - limit_ / 8) order_.Tidy();
    if (entries_ >= limit_) {
      ++stats_.evicted_full;
      Remove(order_.TakeOldest());
    }
    uint32_t slot = free_;
    if (slot != 0) {
      free_ = slots_[slot].chain.get();
    } else {
      slot = ++used_;
    }
    slots_[slot] = Slot{};
    slots_[slot].key = key & kKeyMask;
    slots_[slot].claimed = create == Create::kClaimed ? 1 : 0;
    ++entries_;
    // Not one for each: the slot and a head of 4 bytes would leave no room for anything else.
    if (entries_ - entries_ / 8 > buckets_) Grow();
    Chain(slot);
    return slot;
  }

  // The session has ended, and another one of its key begins.
  void Renew(uint32_t slot) {
    ++stats_.evicted_idle;
    Slot& entry = slots_[slot];
    Empty(entry);
    order_.Renew(entry);
    entry.service = 0;
    entry.run = {};
    entry.facts = {};
  }
  void Empty(Slot& entry) {
    histories_.Free(entry);
    if (entry.service != 0) --active_[entry.service];
  }
  // REQUIRES: the order has it no longer.
  void Remove(uint32_t slot) {
    Slot& entry = slots_[slot];
    Unchain(slot);
    Empty(entry);
    entry.chain.set(free_);
    free_ = slot;
    --entries_;
  }

  const uint32_t limit_;
  const int16_t idle_s_;
  EventTime clock_;
  EventTime second_;  // that the clock is in
  EventTime swept_;   // when all who were idle went
  LazyArray<Slot> slots_;
  LazyArray<Head> heads_;
  HistoryStore histories_;
  UseOrder order_;
  std::vector<uint32_t> active_;
  uint32_t round_ = 1;  // the power of two of this round of splits
  uint32_t buckets_ = 1;
  uint32_t entries_ = 0;
  uint32_t used_ = 0;  // slots ever used
  uint32_t free_ = 0;
  TableStats stats_;
};

SessionTable::SessionTable(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
SessionTable::~SessionTable() = default;
SessionTable::Found SessionTable::Touch(uint64_t key, EventTime now, Create create) {
  return impl_->Touch(key, now, create);
}
void SessionTable::FetchHead(uint64_t key) const { impl_->FetchHead(key); }
void SessionTable::FetchSlot(uint64_t key) const { impl_->FetchSlot(key); }
std::optional<uint32_t> SessionTable::Find(uint64_t key, EventTime now) const {
  return impl_->Find(key, now);
}
void SessionTable::Load(uint32_t slot, SessionMemory& memory) const { impl_->Load(slot, memory); }
void SessionTable::Store(uint32_t slot, const SessionMemory& memory) { impl_->Store(slot, memory); }
void SessionTable::SetService(uint32_t slot, ServiceId service) {
  impl_->SetService(slot, service);
}
uint32_t SessionTable::Active(ServiceId service) const { return impl_->Active(service); }
void SessionTable::Expire(EventTime now, uint32_t most) { impl_->Expire(now, most); }
void SessionTable::Clear() { impl_->Clear(); }
TableStats SessionTable::stats() const { return impl_->stats(); }

}  // namespace stickyd
