// SPDX-License-Identifier: Apache-2.0
// session_memory.h: what is remembered of one session, client or connection.
// Role:    session stores it, packed; diagnose reads and changes it.
// Shape:   where the client was sent (history.h), and what its requests and cookies showed. A slot
//          of the session table is this and little more (src/session/session_slot.h).
#pragma once

#include <array>
#include <cstdint>

#include "stickyd/model/history.h"

namespace stickyd {

// What is known of a client besides its servers. It has 16 bytes, since there are millions.
struct SessionFacts {
  enum Flag : uint16_t {
    kBroken = 1,         // it has had a break
    kSentCookie = 2,     // it has sent some cookie
    kShownSticky = 4,    // it has sent a sticky cookie
    kGivenSticky = 8,    // it was given one
    kHitElsewhere = 16,  // its cookie was honoured on another server before
    kShared = 32,        // several people: hits on two servers interleave
    kReturned = 64,      // it has had a returning request
    // How it was given the sticky cookie, at least once ...
    kGivenOverHttps = 128,      // over https
    kGivenFirstParty = 256,     // not to a request from another site
    kGivenToCredentials = 512,  // to a request of a kind that sends and keeps cookies
    // ... and for the first time when it was given one last: unknown to requests sent before.
    kNewOverHttps = 1024,
    kNewFirstParty = 2048,
    kNewToCredentials = 4096,
    kNewOnHost = 8192,        // on the host given.front()
    kShownOnUpgrade = 16384,  // it sent the cookie when it opened a WebSocket
    // It was moved, and knows, but still has the cookie of the server before: by a request that did
    // not carry the cookie (`refused` is 0), or by a refusal that gave no other cookie.
    kMoved = 32768,
  };
  uint16_t flags = 0;
  uint16_t refused = 0;             // tag of the last cookie value that was refused
  uint32_t given_at = 0;            // when it was last given the sticky cookie: see given.h
  std::array<uint16_t, 2> shown{};  // origins (scheme, host, cross-site or not) it was shown to
  std::array<uint16_t, 2> given{};  // hosts on which it was given

  bool Has(Flag flag) const { return (flags & flag) != 0; }
  void Set(Flag flag) { flags = static_cast<uint16_t>(flags | flag); }
  void Clear(Flag flag) { flags = static_cast<uint16_t>(flags & ~unsigned{flag}); }
};
static_assert(sizeof(SessionFacts) == 16);

struct SessionMemory {
  History history;
  SessionFacts facts;
};

}  // namespace stickyd
