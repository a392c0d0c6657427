// SPDX-License-Identifier: Apache-2.0
#include "case_maker.h"

#include "peer_check.h"
#include "stickyd/base/site.h"
#include "stickyd/model/rule.h"

namespace stickyd {

BreakCase CaseMaker::Make(const Inspection& of, const BreakSight& sight) const {
  const auto& [record, seen, memories, ruling, outcome] = of;
  BreakCase at;
  at.id = outcome.id;
  at.seen = seen;
  at.route = seen.route->shared_from_this();
  if (seen.sticky_cookie != nullptr) at.cookie = *seen.sticky_cookie;
  at.seen.sticky_cookie = nullptr;
  at.has_pin_run = ruling.has_pin_run;
  at.pin_run = ruling.pin_run;
  const SessionMemory* session = memories.client != nullptr ? memories.client : memories.identity;
  if (session != nullptr) at.facts = session->facts;
  at.sight = sight;
  at.pin_key = interpreter.servers().Name(ruling.judgement.pin);
  at.server_key = interpreter.servers().Name(seen.server);
  at.awaits_peer = MustAwaitPeer(seen, facts, ruling.judgement);
  at.stray = ruling.stray;
  at.renamed = interpreter.scope(seen.route->scope).renamed;
  at.domain_covers_host = at.cookie && !at.cookie->domain.empty() &&
                          DomainCovers(at.cookie->domain, record.host.value_or(""));
  at.browser = record.user_agent.value_or("").starts_with("Mozilla/");
  at.entry_trusts_forwarded = interpreter.EntryTrustsForwarded(*seen.route);
  at.rival_visited = RivalVisited(of, at);
  at.many_connections = Applies(Rule::kManyConnections) && seen.connection != 0 &&
                        facts.connections().Many(seen.client, seen.end);
  at.shared_agents = Applies(Rule::kSharedAgents) && seen.agent != 0 && seen.address != 0 &&
                     facts.agents().Several(seen.address, seen.agent, seen.end);
  return at;
}

// Has the client been to another service with a cookie of the same name since it had its pin?
bool CaseMaker::RivalVisited(const Inspection& of, const BreakCase& at) const {
  const Observation& seen = of.seen;
  SessionMemory rival_memory;
  if (!at.has_pin_run || !at.cookie || seen.client == 0) return false;
  for (const ScopeId rival : interpreter.Rivals(*seen.route)) {
    const uint64_t key = identifier.ClientKeyIn(interpreter.scope(rival).key, of.record);
    const auto slot = sessions.Find(key, now);
    if (!slot) continue;
    sessions.Load(*slot, rival_memory);
    const History& history = rival_memory.history;
    for (size_t i = 0; i < history.size; ++i) {
      const Run& run = history.runs[i];
      const bool since = run.high_last >= at.pin_run.low_last;
      const bool before = run.low_first <= Tick(seen.start.high);
      const bool same_host = HostOf(run.origin) == HostOf(seen.origin);
      if (since && before && same_host) return true;
    }
  }
  return false;
}

}  // namespace stickyd
