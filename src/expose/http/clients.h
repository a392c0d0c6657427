// SPDX-License-Identifier: Apache-2.0
// clients.h: who is connected, since when for what, and who has to go.
// Role:    HttpLoop tells it what happens on connections and lets it look at the time.
// Shape:   a connection waits for a request or has an answer under way; each has one deadline for
//          the whole of it, which no byte that drips in moves. While somebody makes its answer it
//          has none, and stays. Beyond the limits, the oldest goes:
//          first of those whose request is not whole, but a quarter of the room is theirs. So
//          whoever asks at once is answered, however many others hold their connections.
// Units:   monotonic time; bytes of answers.
// Threads: thread-compatible: the loop's thread only.
// Cost:    constant for each call; Expire looks at every answer under way.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <optional>

#include "stickyd/base/clock.h"
#include "stickyd/expose/http/limits.h"

namespace stickyd {

class HttpClients {
 public:
  using Time = Clock::Monotonic;

  struct Client {
    int fd;
    Time since;
    bool served = false;         // it has had an answer
    const void* body = nullptr;  // of the answer under way: those that share one count it once
    size_t bytes = 0;
    std::list<Client>* list = nullptr;
    std::list<Client>::iterator self;
  };

  // `hang_up` ends the connection; Leave() follows later.
  using HangUp = std::function<void(int fd, HttpDrop reason)>;
  HttpClients(const HttpLimits& limits, HangUp hang_up);

  // Drops one if there are as many as there may be.
  void MakeRoom();
  // Drops one. False if there is none.
  bool DropOldest();

  Client& Enter(int fd, Time now);
  // Its request is whole, and its answer comes later.
  void Works(Client& client);
  void Answers(Client& client, const void* body, size_t bytes, Time now);
  void Answered(Client& client, Time now);
  void Leave(Client& client);

  // Drops those whose time is over, and the oldest answers if all take too much.
  void Expire(Time now);
  std::optional<Time> next_deadline() const;

  size_t size() const { return waiting_.size() + working_.size() + answering_.size(); }
  const HttpDrops& drops() const { return drops_; }

 private:
  void Drop(Client& client, HttpDrop reason);
  void DropHoarded();

  const HttpLimits limits_;
  const HangUp hang_up_;
  // Each in order of `since`.
  std::list<Client> waiting_;
  std::list<Client> working_;
  std::list<Client> answering_;
  std::list<Client> leaving_;  // hung up, and not gone yet
  HttpDrops drops_;
};

}  // namespace stickyd
