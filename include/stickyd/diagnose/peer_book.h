// SPDX-License-Identifier: Apache-2.0
// peer_book.h: do connections belong to one person each? Those of a proxy that Traefik was not told
// to trust do not.
// Role:    the pipeline adds every judged record; where a peer turns out to be a proxy, its
//          connections prove nothing.
// Shape:   an address is a proxy's if two user agents speak on one connection; or if nine of
//          ten requests of a scope are its own, over more connections than a browser opens. Of a
//          scope the latest records are kept, of proxies a fixed number.
// Units:   addresses and connections are keyed hashes, of one scope each.
// Threads: pipeline thread only.
// Cost:    a store and two comparisons per record; IsLone and LookAt are for breaks.
// Source:  docs/DETECTION.md, "Proxies that nobody named".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "stickyd/model/ids.h"
#include "stickyd/model/observation.h"
#include "stickyd/model/session_memory.h"

namespace stickyd {

class PeerBook {
 public:
  static constexpr size_t kLatest = 128;    // records of a scope
  static constexpr size_t kPerBrowser = 6;  // connections to one host, with HTTP/1.1

  PeerBook() : proxies_(kSlots) {}

  // REQUIRES: the record has a connection; `connection` is its memory.
  void Add(const Observation& seen, SessionMemory& connection);

  bool IsProxy(uint64_t address) const {
    return address != 0 && proxies_[address % kSlots] == address;
  }
  // Do nine of ten of its scope's latest records come from the address of this one?
  bool IsLone(const Observation& seen) const;
  // Notes a lone address as a proxy's if it has too many connections.
  void LookAt(const Observation& seen);

 private:
  static constexpr size_t kSlots = 4096;
  struct Heard {
    uint64_t address = 0;
    uint32_t connection = 0;
    uint16_t origin = 0;
    EventTime start;
  };
  struct Latest {
    std::array<Heard, kLatest> heard;
    uint64_t records = 0;
    size_t size() const { return records < kLatest ? static_cast<size_t>(records) : kLatest; }
  };

  const Latest* Find(const Observation& seen) const;

  std::vector<std::unique_ptr<Latest>> scopes_;
  std::vector<uint64_t> proxies_;  // addresses, by hash; a newcomer takes the slot over
};

}  // namespace stickyd
