// SPDX-License-Identifier: Apache-2.0
// judge.h: first, held or break? The evidence ladder for one assignment.
// Role:    the pipeline calls these in order for every record with a server; Confirm and Withhold
//          for the few that need it.
// Shape:   values in, values out; memories are changed by Learn only.
// Errors:  none.
// Threads: pure functions but Learn, which writes into the memories.
// Cost:    no allocation.
// Source:  docs/DETECTION.md sections 2 and 3; judged against an oracle that keeps everything
//          (tests/oracle).
#pragma once

#include "stickyd/model/history.h"
#include "stickyd/model/observation.h"
#include "stickyd/model/session_memory.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

// What is remembered of those whom a record may be from; null where it does not say.
struct Memories {
  SessionMemory* identity = nullptr;      // the application's, from the request
  SessionMemory* new_identity = nullptr;  // the application's, from the response
  SessionMemory* client = nullptr;
  SessionMemory* connection = nullptr;
  bool many = false;   // the client's memory is one of many people (Allowance)
  bool proxy = false;  // the address is a proxy's that nobody named: its connection was forgotten

  // Whose session it is: the identity's if the identity decided, else the client's.
  SessionMemory* session(Evidence evidence) const {
    return evidence == Evidence::kSession || client == nullptr ? identity : client;
  }
};

struct Ruling {
  Judgement judgement;
  bool has_pin_run = false;
  Run pin_run;               // where the pin came from, if it came from memory
  bool from_memory = false;  // judged by the client's memory
  bool fresh = false;        // on a connection that has no history
  bool stray = false;        // a break by a WebSocket that was opened without the cookie
  bool moved = false;        // and its client has learnt nothing since
  bool hold_back = false;    // a break only if the pin's connection does not contradict (30 s)
};

// REQUIRES: the observation has a server and is not excluded.
Ruling Weigh(const Observation& seen, const Memories& memories);

// Does the ruling need a closer look at the record: is it a break, or may it be another person's?
bool NeedsConfirmation(const Observation& seen, const Memories& memories, const Ruling& ruling);

// Takes that look, for the exceptions. REQUIRES: NeedsConfirmation.
void Confirm(const Observation& seen, const BreakSight& sight, const Memories& memories,
             Ruling& ruling);

// Does the break rest on something that a client can make up, and that its memory does not know?
// One address may have only so many of those.
bool RestsOnTheClient(const Observation& seen, const Memories& memories, const Ruling& ruling);
// Makes the ruling unresolved, for a break beyond that number.
void Withhold(Ruling& ruling);

// What the cookie was worth, and whether the request was routed by it.
void JudgeCookie(const Observation& seen, Ruling& ruling);

// Remembers the assignment and what the record shows of its client.
void Learn(const Observation& seen, const Ruling& ruling, const Memories& memories);

}  // namespace stickyd
