// SPDX-License-Identifier: Apache-2.0
// server_places.h: where a server stands in a list of servers.
// Role:    counts per server are kept in lists, in order of appearance, and every record looks one
//          up.
// Shape:   remembers where each server stood last, by the low bits of its id. That is a guess, and
//          it is checked. For long lists it keeps a hash table. It serves one list, which only
//          grows or is cleared; after any other change Clear must be called.
// Cost:    a comparison; a short search where the guess is wrong.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "stickyd/model/ids.h"

namespace stickyd {

class ServerPlaces {
 public:
  static constexpr size_t kMostPlaces = 0xFFFF;

  // list.size(): it is not there. `id_of`: the ServerId of an element.
  // REQUIRES: the list has less than kMostPlaces elements.
  template <class List, class IdOf>
  size_t Find(const List& list, ServerId server, IdOf id_of) {
    uint8_t& guess = guesses_[Index(server) % kGuesses];
    if (guess < list.size() && id_of(list[guess]) == server) return guess;
    const size_t place =
        list.size() <= kGuesses ? Search(list, server, id_of) : LookUp(list, server, id_of);
    if (place <= 0xFF) guess = static_cast<uint8_t>(place);
    return place;
  }
  void Clear() {
    table_.clear();
    indexed_ = 0;
  }

 private:
  template <class List, class IdOf>
  static size_t Search(const List& list, ServerId server, IdOf id_of) {
    size_t place = 0;
    while (place < list.size() && id_of(list[place]) != server) ++place;
    return place;
  }

  template <class List, class IdOf>
  size_t LookUp(const List& list, ServerId server, IdOf id_of) {
    if (list.size() < indexed_) Clear();
    if (list.size() * 2 > table_.size()) {
      table_.assign(list.size() * 4, 0);
      indexed_ = 0;
    }
    for (; indexed_ < list.size(); ++indexed_) {
      size_t at = SlotOf(id_of(list[indexed_]));
      while (table_[at] != 0) at = (at + 1) % table_.size();
      table_[at] = static_cast<uint16_t>(indexed_ + 1);
    }
    for (size_t at = SlotOf(server); table_[at] != 0; at = (at + 1) % table_.size()) {
      if (id_of(list[table_[at] - 1U]) == server) return table_[at] - size_t{1};
    }
    return list.size();
  }
  size_t SlotOf(ServerId server) const {
    return Index(server) * size_t{0x9E3779B1} % table_.size();
  }

  static constexpr size_t kGuesses = 16;
  std::array<uint8_t, kGuesses> guesses_{};
  std::vector<uint16_t> table_;  // places + 1 by a hash of the id; 0: free
  size_t indexed_ = 0;           // so many of the list are in it
};

}  // namespace stickyd
