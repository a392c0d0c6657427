// SPDX-License-Identifier: Apache-2.0
// peer_check.h: what becomes of a record, and of a break, if the peer may be a proxy.
// Role:    the pipeline asks it before and after a verdict; OpenVerdicts when a break is closed.
// Threads: pipeline thread only.
#pragma once

#include "stickyd/diagnose/cause_finder.h"
#include "stickyd/diagnose/fact_book.h"
#include "stickyd/diagnose/judge.h"
#include "stickyd/model/rule.h"

namespace stickyd {

// The connection of a proxy is nobody's: it is forgotten.
inline void ForgetSharedConnection(FactBook& facts, Observation& seen, Memories& memories) {
  if (memories.connection == nullptr) return;
  facts.peers().Add(seen, *memories.connection);
  if (!facts.peers().IsProxy(seen.address)) return;
  memories.connection = nullptr;
  memories.proxy = true;
  seen.connection = 0;
}

// With the evidence of a connection, where all traffic comes from one address, only time can tell
// whether that is one person.
inline bool MustAwaitPeer(const Observation& seen, FactBook& facts, const Judgement& judgement) {
  return judgement.verdict == Verdict::kBreak && judgement.evidence == Evidence::kConnection &&
         Applies(Rule::kLonePeer) && facts.peers().IsLone(seen);
}

// Is it a proxy, by all that has come until now? Then the connection was no evidence.
inline void LookAtPeer(FactBook& facts, BreakCase& at, Judgement& judgement) {
  facts.peers().LookAt(at.seen);
  if (!facts.peers().IsProxy(at.seen.address)) return;
  at.judgement.evidence = judgement.evidence = Evidence::kClient;
  at.judgement.guessed = judgement.guessed = true;
}

}  // namespace stickyd
