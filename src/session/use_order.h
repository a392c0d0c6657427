// SPDX-License-Identifier: Apache-2.0
// use_order.h: which sessions were used when: who has been idle for too long, and who goes first
// where there is no more room.
// Role:    SessionTable asks it for the next one to go. Nothing is done for it when a session is
//          used, so that no memory but the session's own is touched then.
// Shape:   queues by kind (came once, came again; the same of claimed ones) and generation, a 48th
//          of the idle time. A session waits in the queue of its latest use as far as that was
//          known, and moves on if it turns out to have been used since. So the order is exact to a
//          generation, but for those who wait among those of another kind yet: where one goes, at
//          most one in ten of its kind was used earlier by more than that (a test). Where more
//          than kMostMoves who have to move on stand before the one that ought to go, one of those
//          goes instead.
// Threads: pipeline thread only.
// Cost:    a push or a pop is one slot; O(1) for each session that was used since it was looked at.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "session_slot.h"
#include "stickyd/base/lazy_array.h"
#include "stickyd/base/prefetch.h"

namespace stickyd {

class UseOrder {
 public:
  // So many moves on the way to one that goes.
  static constexpr int kMostMoves = 64;

  UseOrder(LazyArray<Slot>& slots, int16_t idle_s)
      : slots_(slots), idle_s_(idle_s), width_((idle_s + kLive - 1) / kLive) {}

  // Event time, in whole seconds since the epoch. While there are sessions it goes on by less than
  // kGenerations generations at a time, and back as little.
  void FollowClock(int64_t now_s) {
    if (now_s == now_s_) return;
    now_s_ = now_s;
    const int64_t generation = now_s / width_;
    if (sizes_ == decltype(sizes_){}) newest_ = generation;  // forward or back, however far
    while (newest_ < generation) Turn();
  }
  // A session that was made or used just now.
  void Add(uint32_t slot) {
    const Slot& session = slots_[slot];
    ++sizes_[KindOf(session)];
    Push(KindOf(session), GenerationOf(session), slot);
  }
  // It was used in another second than before. `session.again` is not set yet.
  void NoteAgain(Slot& session) {
    if (session.again != 0) return;
    --sizes_[KindOf(session)];
    session.again = 1;
    ++sizes_[KindOf(session)];
  }
  // It ends, and another one begins in its slot and place.
  void Renew(Slot& session) {
    --sizes_[KindOf(session)];
    session.again = 0;
    ++sizes_[KindOf(session)];
  }

  // Takes out one that has been idle for too long; 0: there is none, or it was not found within
  // `looks`, of which each look takes one.
  uint32_t TakeIdle(uint32_t& looks) {
    if (looked_s_ == now_s_) return 0;
    const int64_t idle_before = (now_s_ - idle_s_) / width_;
    for (unsigned kind = 0; kind < kKinds; ++kind) {
      for (; occupied_[kind] != 0 && looks > 0; --looks) {
        const int64_t generation = OldestOf(kind);
        if (generation > idle_before) break;
        const uint32_t slot = Front(kind, generation);
        const bool idle = Silence(slots_[slot]) > idle_s_;
        if (!idle && !IsMisplaced(slots_[slot], kind, generation)) break;
        if (idle) {
          --looks;
          return Taken(Pop(kind, generation));
        }
        MoveOn(kind, generation);
      }
    }
    if (looks > 0) looked_s_ = now_s_;  // there is none in this second
    return 0;
  }
  // Takes out the one that goes where another one needs its room. REQUIRES: there is one.
  uint32_t TakeOldest() {
    const unsigned wanted = KindToLeave();
    for (int moves = 0;; ++moves) {
      const unsigned kind = QueueFor(wanted);
      const int64_t generation = OldestOf(kind);
      const bool right =
          kind == wanted && !IsMisplaced(slots_[Front(kind, generation)], kind, generation);
      if (right || moves == kMostMoves) return Taken(Pop(kind, generation));
      MoveOn(kind, generation);
    }
  }
  // A few moves ahead of time, where there is little room left.
  void Tidy() {
    for (unsigned kind = 0; kind < kKinds; ++kind) {
      for (int moves = 0; moves < kMovesAhead && occupied_[kind] != 0; ++moves) {
        const int64_t generation = OldestOf(kind);
        if (!IsMisplaced(slots_[Front(kind, generation)], kind, generation)) break;
        MoveOn(kind, generation);
      }
    }
  }
  // Takes out any; 0: there is none.
  uint32_t TakeAny() {
    for (unsigned kind = 0; kind < kKinds; ++kind) {
      if (occupied_[kind] != 0) return Taken(Pop(kind, OldestOf(kind)));
    }
    return 0;
  }

 private:
  static constexpr int64_t kLive = 48;         // generations in an idle time
  static constexpr int64_t kGenerations = 64;  // that have a queue; all older ones share the last
  static constexpr unsigned kKinds = 4;
  static constexpr int kMovesAhead = 8;  // a table fills up by an eighth while all are looked at

  struct Queue {
    uint32_t first = 0, last = 0;
  };

  static unsigned KindOf(const Slot& session) {
    return static_cast<unsigned>(session.claimed * 2U + session.again);
  }
  // In seconds; negative if it was used later than now.
  int16_t Silence(const Slot& session) const {
    return static_cast<int16_t>(static_cast<uint16_t>(now_s_) - session.touched_s);
  }
  int64_t GenerationOf(const Slot& session) const {
    const int64_t generation = (now_s_ - Silence(session)) / width_;
    return std::clamp(generation, newest_ - kGenerations + 1, newest_);
  }
  bool IsMisplaced(const Slot& session, unsigned kind, int64_t generation) const {
    return KindOf(session) != kind || GenerationOf(session) > generation;
  }
  // REQUIRES: there is one of the kind.
  int64_t OldestOf(unsigned kind) const {
    const auto behind = static_cast<int>((newest_ + 1) % kGenerations);
    return newest_ - kGenerations + 1 + std::countr_zero(std::rotr(occupied_[kind], behind));
  }
  static size_t Index(int64_t generation) {
    return static_cast<size_t>(generation) % size_t{kGenerations};
  }

  uint32_t Front(unsigned kind, int64_t generation) const {
    return queues_[kind][Index(generation)].first;
  }
  void Push(unsigned kind, int64_t generation, uint32_t slot) {
    Queue& queue = queues_[kind][Index(generation)];
    slots_[slot].next.set(0);
    if (queue.first == 0) {
      queue.first = slot;
      occupied_[kind] |= uint64_t{1} << Index(generation);
    } else {
      slots_[queue.last].next.set(slot);
    }
    queue.last = slot;
  }
  uint32_t Pop(unsigned kind, int64_t generation) {
    Queue& queue = queues_[kind][Index(generation)];
    const uint32_t slot = queue.first;
    queue.first = slots_[slot].next.get();
    if (queue.first == 0) {
      occupied_[kind] &= ~(uint64_t{1} << Index(generation));
    } else {
      Prefetch(&slots_[queue.first], sizeof(Slot));
    }
    return slot;
  }
  // The first one of the queue goes to where it belongs.
  void MoveOn(unsigned kind, int64_t generation) {
    const uint32_t slot = Pop(kind, generation);
    Push(KindOf(slots_[slot]), GenerationOf(slots_[slot]), slot);
  }
  uint32_t Taken(uint32_t slot) {
    --sizes_[KindOf(slots_[slot])];
    return slot;
  }
  // A generation begins. What is left of the oldest one joins the next, at its front.
  void Turn() {
    ++newest_;
    const size_t oldest = Index(newest_);  // its queue is needed
    const size_t next = Index(newest_ + 1);
    for (unsigned kind = 0; kind < kKinds; ++kind) {
      Queue& from = queues_[kind][oldest];
      Queue& to = queues_[kind][next];
      if (from.first == 0) continue;
      slots_[from.last].next.set(to.first);
      if (to.first == 0) to.last = from.last;
      to.first = from.first;
      from = {};
      occupied_[kind] &= ~(uint64_t{1} << oldest);
      occupied_[kind] |= uint64_t{1} << next;
    }
  }

  unsigned KindToLeave() const {
    const uint64_t claimed = sizes_[2] + sizes_[3];
    const uint64_t all = claimed + sizes_[0] + sizes_[1];
    const unsigned group = claimed > all / 4 || claimed == all ? 2 : 0;
    const uint64_t once = sizes_[group];
    const uint64_t again = sizes_[group + 1];
    return once > (once + again) / 4 || again == 0 ? group : group + 1;
  }
  // Where one of the kind is, or one that may turn out to be of it.
  unsigned QueueFor(unsigned kind) const {
    if (occupied_[kind] != 0) return kind;
    return occupied_[kind ^ 1U] != 0   ? kind ^ 1U
           : occupied_[kind ^ 2U] != 0 ? kind ^ 2U
                                       : kind ^ 3U;
  }

  LazyArray<Slot>& slots_;
  const int16_t idle_s_;
  const int64_t width_;  // of a generation, in seconds
  int64_t now_s_ = 0;
  int64_t looked_s_ = -1;  // nobody was idle then
  int64_t newest_ = 0;     // generation
  std::array<std::array<Queue, kGenerations>, kKinds> queues_{};
  std::array<uint64_t, kKinds> occupied_{};  // a bit for each queue of the kind
  std::array<uint64_t, kKinds> sizes_{};     // sessions of the kind, wherever they wait
};

}  // namespace stickyd
