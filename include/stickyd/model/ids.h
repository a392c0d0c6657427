// SPDX-License-Identifier: Apache-2.0
// ids.h: small numbers that stand for names, so that records can be compared without strings.
// Shape:   0 is "none". A NameTable hands the others out in order of appearance. Tables are
//          bounded: names beyond the bound share kOverflowId, and are counted.
#pragma once

#include <cstdint>

namespace stickyd {

enum class ServerId : uint16_t { kNone = 0 };   // a server URL, normalised
enum class ServiceId : uint16_t { kNone = 0 };  // the label `service`
enum class ScopeId : uint16_t { kNone = 0 };    // what a session is tracked within
enum class SourceId : uint16_t {};              // a configured input, dense from 0
enum class LaneId : uint16_t {};                // where lines come in one order; used again

inline constexpr uint16_t kOverflowId = 0xFFFF;

template <class Id>
constexpr uint16_t Index(Id id) {
  return static_cast<uint16_t>(id);
}

}  // namespace stickyd
