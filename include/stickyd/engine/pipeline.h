// SPDX-License-Identifier: Apache-2.0
// pipeline.h: turns lines into counted verdicts. Daemon, batch, tests and demo all use it.
// Role:    feed brings it the lines; it runs parse, traefik, session and diagnose
//          in that order and keeps the counters.
// Shape:   lines of all lanes in one order; outcomes go to a sink if there is one.
// Units:   event time decides everything. Advance() lets time pass in silence. A record that is far
//          ahead of the others waits until the next one shows that the log goes on there.
// Errors:  Create reports bad options. After that no line can stop it.
// Threads: one thread. Snapshots of the counters are copies.
// Cost:    no allocation per line in the steady state (tests/unit/engine/allocation_test.cc).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "stickyd/base/hash.h"
#include "stickyd/base/result.h"
#include "stickyd/diagnose/cause_finder.h"
#include "stickyd/model/config_changes.h"
#include "stickyd/model/daemon_status.h"
#include "stickyd/model/line.h"
#include "stickyd/model/outcome.h"
#include "stickyd/model/pipeline_stats.h"
#include "stickyd/model/traefik_config.h"
#include "stickyd/parse/plain_parser.h"
#include "stickyd/session/identifier.h"
#include "stickyd/session/session_table.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class Inspector;

struct PipelineOptions {
  InterpreterOptions interpreter;
  IdentifierOptions identifier;
  SessionTable::Options sessions;
  uint32_t max_connections = 262'144;  // more: fewer people behind one address taken for one
  CauseFinder::Options causes;
  size_t max_line_bytes = size_t{1} << 20U;
  std::optional<EventTime> since;  // records that started before are skipped
  std::optional<EventTime> until;  // and those that started at or after
  bool internal_services = false;  // are Traefik's own services among those of the stats?

  bool InRange(EventTime start) const {
    return !(since && start < *since) && !(until && start >= *until);
  }
};

class Pipeline {
 public:
  // `sink` may be null; it must outlive the pipeline.
  static Result<std::unique_ptr<Pipeline>> Create(const PipelineOptions& options,
                                                  const KeyedHash& hash, OutcomeSink* sink);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Null: nobody looks. Must outlive the pipeline.
  void SetInspector(Inspector* inspector);

  // A log whose lines come in one order: one parser, one or more sequences of RequestCounts. The
  // counts of all lanes of a source are told as one.
  LaneId AddLane(const std::string& source);
  // Its log is not read any more, and will not go on. Its counts stay, its id may come again.
  // REQUIRES: none of its records waits.
  void DropLane(LaneId lane);
  void AddConfig(std::shared_ptr<const TraefikConfig> config);
  // See Interpreter.
  void ConfirmConfig(EventTime time);
  bool TakeUnknown();

  // So many lines are looked at ahead: enough to have the memory of the last ones on its way while
  // the first ones are decided on, and few enough for all of them to stay in the cache.
  static constexpr size_t kMostExpected = 32;

  // There are two steps, so that lines of several lanes can be put into order between them.
  // Prepare parses the line. It says whether a record waits for its turn and, as far as the record
  // tells, when it was written. Commit decides on that record. A line may have to wait for those
  // behind it (src/engine/forgery_guard.h). Then several records wait for their turns at once, and
  // Next says which one is next. REQUIRES: the line stays valid until the Commit, and all records
  // that wait are committed before the next Prepare of their lane. `file`: what Outcome::file
  // will say.
  struct Prepared {
    bool waits = false;
    EventTime end;       // of the request: about when the line was written
    bool exact = false;  // to better than a second
  };
  Prepared Prepare(LaneId lane, uint32_t file, const Line& line);
  // The same for a line that was parsed ahead. Expect says which ones come next, up to
  // kMostExpected at a time, so that all of their memory is on its way at once. REQUIRES: those
  // that Expect was told last stay as they are until they are prepared, or until it is told others.
  Prepared Prepare(LaneId lane, uint32_t file, const ParsedLine& line);
  void Expect(LaneId lane, std::span<const ParsedLine> lines);
  // For PlainParser.
  const std::vector<std::string>& extra_fields() const;
  Prepared Next(LaneId lane);
  void Commit(LaneId lane);
  // There are no more lines of the lane for now, as it was read to its end in this round too; or
  // its log has ended.
  enum class End : uint8_t { kForNow, kForGood };
  Prepared Drained(LaneId lane, End end);
  void Feed(LaneId lane, uint32_t file, const Line& line) {
    if (!Prepare(lane, file, line).waits) return;
    do {
      Commit(lane);
    } while (Next(lane).waits);
  }
  // Event time has come this far without a line, so what waits may be decided.
  void Advance(EventTime now);
  // The input has ended: everything is decided.
  void Finish();

  // Takes other identities, proxies, exclusions, maps and roots from now on. What is remembered
  // stays. Sizes and times stay as at the start. On failure nothing has changed.
  Status Reconfigure(const PipelineOptions& options);

  EventTime now() const;
  // What the latest configuration says of the services that routers reach.
  std::vector<ServiceConfigured> Configured() const;
  // What became different from one configuration to the next, in order of time.
  std::vector<ChangeBook::Dated> Changes() const;
  // Summing up the ratio windows costs more than the rest. Whoever asks often can take them as they
  // were the last time.
  enum class Windows { kSum, kAsBefore };
  PipelineStats Stats(Windows windows);
  const NameTable<ServerId>& servers() const;
  const NameTable<ServiceId>& services() const;
  const NameTable<ScopeId>& scopes() const;

 private:
  class Impl;
  Pipeline(std::unique_ptr<Impl> impl, const KeyedHash& hash);
  const KeyedHash hash_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace stickyd
