// SPDX-License-Identifier: Apache-2.0
// outcome.h: what the pipeline says about a record, for whoever writes it down.
// Role:    the pipeline makes them, in line order; verdict files, break events and the report use
//          them. A record whose verdict or cause needs later evidence is announced as open and
//          closed later under the same id.
// Shape:   numbers; names through OutcomeNames.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stickyd/model/event_time.h"
#include "stickyd/model/ids.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

struct Outcome {
  uint64_t id = 0;    // the record's number, from 1, in order of processing
  uint32_t file = 0;  // index of the file it came from
  uint64_t line = 0;  // 1-based, of that file
  EventTime start;
  ServiceId service = ServiceId::kNone;
  ScopeId scope = ScopeId::kNone;
  ServerId server = ServerId::kNone;
  uint64_t session = 0;  // keyed hash; 0: nobody
  uint64_t group = 0;    // Observation::group
  uint64_t request_count = 0;
  bool has_request_count = false;
  Judgement judgement;
  ExcludeReason excluded = ExcludeReason::kNone;
  Cause cause = Cause::kUnknown;  // where the verdict is break
  std::string_view because;       // why this cause; static text
  // What changed in Traefik's configuration around it; valid until the next outcome.
  std::string_view change;
  unsigned log_fields = 0;  // LogFields that its source has shown so far
  bool has_config = false;  // Traefik's API was asked
};

class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  // Called for every record, in order. An open one will be closed later.
  virtual void OnRecord(const Outcome& outcome, bool open) = 0;
  // The final word on an open record; they come in no particular order.
  virtual void OnClosed(const Outcome& outcome) = 0;
};

}  // namespace stickyd
