// SPDX-License-Identifier: Apache-2.0
// record_outcome.h: the outcome of a record, before it is judged and after.
// Role:    the pipeline's own; it fills in the rest.
// Threads: pure functions.
#pragma once

#include "lane_intake.h"
#include "stickyd/diagnose/judge.h"
#include "stickyd/model/observation.h"
#include "stickyd/model/outcome.h"

namespace stickyd {

// All but its number and the judgement.
inline Outcome OutcomeOf(const AccessRecord& record, const Observation& seen,
                         const LaneIntake& lane, const LaneIntake::Place& place) {
  Outcome outcome;
  outcome.file = place.file;
  outcome.line = place.line;
  outcome.start = record.start.low;
  outcome.service = seen.route->service;
  outcome.scope = seen.route->scope;
  outcome.server = seen.server;
  outcome.session = seen.identity != 0 ? seen.identity : seen.client;
  outcome.group = seen.group;
  outcome.request_count = record.request_count.value_or(0);
  outcome.has_request_count = record.request_count.has_value();
  outcome.excluded = seen.excluded;
  outcome.log_fields = lane.stats.fields;
  outcome.has_config = seen.route->config != nullptr;
  return outcome;
}

// The first break of a session; parallel requests are one incident.
// `session`: null where nothing is remembered of it.
inline void MarkBroken(SessionMemory* session, Judgement& judgement) {
  judgement.first_break = session == nullptr || !session->facts.Has(SessionFacts::kBroken);
  if (session != nullptr) session->facts.Set(SessionFacts::kBroken);
}

}  // namespace stickyd
