// SPDX-License-Identifier: Apache-2.0
// session_slot.h: how SessionTable lays a session out in memory.
// Shape:   57 bytes, packed, and a tail of 184 for who has changed servers. A run whose intervals
//          do not fit 16 bits of ticks is in the tail, in full.
// Cost:    some forty instructions to pack or unpack a run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stickyd/model/ids.h"
#include "stickyd/model/session_memory.h"

namespace stickyd {

// A slot number in three bytes; 0 is none, so slots count from 1.
class Link {
 public:
  uint32_t get() const {
    return static_cast<uint32_t>(bytes_[0]) | static_cast<uint32_t>(bytes_[1]) << 8U |
           static_cast<uint32_t>(bytes_[2]) << 16U;
  }
  void set(uint32_t value) {
    bytes_[0] = static_cast<uint8_t>(value);
    bytes_[1] = static_cast<uint8_t>(value >> 8U);
    bytes_[2] = static_cast<uint8_t>(value >> 16U);
  }

 private:
  uint8_t bytes_[3];
};

// Of a key's 64 bits 54 are kept: with 10 M sessions one new session in 1.8 G is taken for another.
inline constexpr unsigned kKeyBits = 54;
inline constexpr uint64_t kKeyMask = (uint64_t{1} << kKeyBits) - 1;

inline constexpr uint16_t kWide = 0xFFFF;  // the interval does not fit: the run is in the tail
inline constexpr uint8_t kSequenceBits = 0x1F;
inline constexpr uint8_t kMixedBit = 0x20;
enum class Lost : uint8_t { kNothing = 0, kBefore = 1, kOverlapping = 2 };
inline constexpr unsigned kLostShift = 6;

#pragma pack(push, 1)
struct PackedRun {
  uint16_t server;
  uint32_t low_first;
  uint16_t width_first;
  uint32_t low_last;
  uint16_t width_last;
  uint32_t count_or_connection;
  uint8_t bits;  // sequence, mixed, lost
  uint16_t origin;
};
struct WideRun {
  uint16_t server;
  uint32_t low_first, high_first, low_last, high_last;
  uint32_t count_or_connection;
  uint8_t bits;
  uint16_t origin;
};
struct Tail {
  WideRun runs[History::kMostRuns - 1];
  uint32_t lost_high;
  uint8_t size;
  uint8_t lost;
  Link next_free;
};
struct Slot {
  uint64_t key : kKeyBits;
  uint64_t again : 1;    // it was touched in more than one second
  uint64_t claimed : 1;  // Create::kClaimed
  Link chain;
  Link next;  // UseOrder's
  Link tail;
  uint16_t touched_s;
  uint16_t service;
  PackedRun run;
  std::array<std::byte, sizeof(SessionFacts)> facts;  // bytes: it would not be aligned here
};
#pragma pack(pop)
static_assert(sizeof(Slot) == 57);
static_assert(sizeof(Tail) == 184);

inline uint8_t Bits(const Run& run, Lost lost) {
  return static_cast<uint8_t>((run.sequence & kSequenceBits) | (run.mixed ? kMixedBit : 0) |
                              static_cast<unsigned>(lost) << kLostShift);
}

template <class Packed>
void UnpackCommon(const Packed& packed, Run& run) {
  run.server = ServerId{packed.server};
  run.sequence = packed.bits & kSequenceBits;
  run.mixed = (packed.bits & kMixedBit) != 0;
  run.origin = packed.origin;
  run.count = run.sequence != 0 ? packed.count_or_connection : 0;
  run.connection = run.sequence != 0 ? 0 : packed.count_or_connection;
  run.low_first = Tick(packed.low_first);
  run.low_last = Tick(packed.low_last);
}

// In place: a run put together elsewhere and copied waits for its small parts to be written.
inline void Unpack(const PackedRun& packed, Run& run) {
  UnpackCommon(packed, run);
  run.high_first = Tick(packed.low_first + packed.width_first);
  run.high_last = Tick(packed.low_last + packed.width_last);
}

inline void Unpack(const WideRun& packed, Run& run) {
  UnpackCommon(packed, run);
  run.high_first = Tick(packed.high_first);
  run.high_last = Tick(packed.high_last);
}

template <class Packed>
void PackCommon(const Run& run, Lost lost, Packed& packed) {
  packed.server = Index(run.server);
  packed.bits = Bits(run, lost);
  packed.origin = run.origin;
  packed.count_or_connection = run.sequence != 0 ? run.count : run.connection;
  packed.low_first = run.low_first.value();
  packed.low_last = run.low_last.value();
}

inline WideRun PackWide(const Run& run) {
  WideRun packed{};
  PackCommon(run, Lost::kNothing, packed);
  packed.high_first = run.high_first.value();
  packed.high_last = run.high_last.value();
  return packed;
}

// False if an interval is too wide.
inline bool Pack(const Run& run, Lost lost, PackedRun& packed) {
  const int32_t first = run.high_first.Since(run.low_first);
  const int32_t last = run.high_last.Since(run.low_last);
  PackCommon(run, lost, packed);
  const bool fits = first >= 0 && first < kWide && last >= 0 && last < kWide;
  packed.width_first = fits ? static_cast<uint16_t>(first) : kWide;
  packed.width_last = fits ? static_cast<uint16_t>(last) : kWide;
  return fits;
}

}  // namespace stickyd
