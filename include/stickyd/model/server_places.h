// server_places.h: where a server stands in a list of servers.
// Role:    what is counted per server is kept in short lists, in order of appearance, and looked
//          into for every record.
// Shape:   remembers where each server stood last, by the low bits of its id: a guess, checked. For
//          one list that only grows, or is cleared.
// Cost:    a comparison; a search where servers outnumber the guesses or are new.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stickyd/model/ids.h"

namespace stickyd {

class ServerPlaces {
 public:
  // list.size(): it is not there. `id_of`: the ServerId of an element.
  template <class List, class IdOf>
  size_t Find(const List& list, ServerId server, IdOf id_of) {
    uint8_t& guess = guesses_[Index(server) % kGuesses];
    if (guess < list.size() && id_of(list[guess]) == server) return guess;
    size_t place = 0;
    while (place < list.size() && id_of(list[place]) != server) ++place;
    if (place <= 0xFF) guess = static_cast<uint8_t>(place);
    return place;
  }

 private:
  static constexpr size_t kGuesses = 16;
  std::array<uint8_t, kGuesses> guesses_{};
};

}  // namespace stickyd
