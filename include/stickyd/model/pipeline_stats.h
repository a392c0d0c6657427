// SPDX-License-Identifier: Apache-2.0
// pipeline_stats.h: everything the pipeline has counted, as one copy.
// Role:    the pipeline makes it; reports, metrics and the page show it.
// Shape:   plain values with names instead of ids; immutable once made.
// Source:  docs/METRICS.md says what each number means.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "stickyd/model/access_record.h"
#include "stickyd/model/event_time.h"
#include "stickyd/model/line.h"
#include "stickyd/model/service_stats.h"
#include "stickyd/model/verdict.h"

namespace stickyd {

// What the RequestCounts of a source tell.
struct SequenceStats {
  uint64_t restarts = 0;       // as far as is known now: what looked like one may be a replica
  uint64_t restarts_told = 0;  // the most that it was: a counter never goes back
  uint64_t missing = 0;        // counts that never appeared and are not in flight
  uint64_t sequences = 0;      // lives of processes seen so far
  uint64_t clock_steps = 0;    // back, that the counts tell of
  bool several = false;        // more than one process writes there now
};

// A session table, or the table of connections.
struct TableStats {
  uint64_t entries = 0;
  uint64_t limit = 0;
  uint64_t bytes = 0;  // in use, all in
  uint64_t evicted_idle = 0;
  uint64_t evicted_full = 0;
  uint64_t evicted_clock = 0;  // the log's clock went back
  uint64_t histories_cut = 0;  // changes of server forgotten for want of room
};

// Per source; the pipeline keeps one per lane, and adds them up.
struct SourceStats {
  std::string name;
  uint64_t lines = 0;
  uint64_t parsed = 0;
  std::array<uint64_t, static_cast<size_t>(UnparsedReason::kCount)> unparsed{};
  std::array<uint64_t, static_cast<size_t>(SkipReason::kCount)> skipped{};
  uint64_t ambiguous_middles = 0;        // CLF: path, status and agent could not be told apart
  uint64_t answered_without_server = 0;  // records that some server answered, and none is named
  uint64_t with_server = 0;              // records that name one
  uint64_t with_count = 0;               // records with a RequestCount
  uint64_t client_lists = 0;             // records whose ClientHost is a list, none trusted
  uint64_t odd_clients = 0;              // records whose client is no address
  uint64_t first_client = 0;             // any hash of the first record's client
  uint64_t of_first_client = 0;          // records of that client
  uint64_t of_clients = 0;               // records that name one
  unsigned dropped = 0;                  // DroppedFields of lines that had the reason
  unsigned fields = 0;                   // LogFields of the records
  uint64_t steps_on = 0;                 // from record to record, by more than times are off
  uint64_t steps_back = 0;               // likewise
  EventTime previous_end;                // of the last record
  uint64_t strange = 0;                  // lines in a row that gave no record, up to the last one
  bool lane_unreadable = false;          // a lane that was added gives no records
  EventTime last_event;
  SequenceStats sequences;
  // Where the lines are that were not parsed, a few for each reason; never what they say.
  struct Place {
    UnparsedReason reason;
    uint32_t file = 0;  // index of the file it came from
    uint64_t line = 0;
  };
  std::vector<Place> unparsed_places;
  // Unless there are enough of its reason.
  void AddPlace(const Place& place);

  // Adds another lane of the same source.
  void Add(const SourceStats& other);
  // Do all its lanes give records? False once so many lines of one gave none that none will.
  bool IsReadable() const;
  // Newest line first? Nobody comes back in such a log.
  bool IsBackwards() const;
  void NoteOrder(EventTime end, LogFormat format);
};

// Requests of a scope that Traefik itself answered 503, since no server was up where they led.
struct Turnaways {
  uint64_t requests = 0;
  uint64_t turns = 0;   // the first of them after requests that were served
  bool serves = false;  // the latest request was served
  void Note(bool served);
};

struct PipelineStats {
  std::vector<SourceStats> sources;
  std::vector<std::pair<std::string, ServiceStats>> services;          // by name
  std::vector<uint64_t> sessions_active;                               // in the order of services
  std::vector<RecentRatios> recent;                                    // likewise
  std::vector<std::vector<std::pair<std::string, uint64_t>>> servers;  // shares, likewise
  std::vector<std::pair<std::string, Turnaways>> turnaways;            // by router
  TableStats sessions;
  TableStats connections;
  Tally<ExcludeReason> excluded;
  Tally<Limit> refused;  // what would have been more than one address may have
  uint64_t no_server = 0;
  uint64_t records = 0;
  uint64_t open_cases = 0;
  uint64_t decided_early = 0;
  uint64_t clock_steps = 0;
  uint64_t services_overflowed = 0;
  bool has_config = false;                // Traefik's API was asked
  bool finished = false;                  // the input has ended
  std::vector<std::string> idle_options;  // that name what no record so far has
  EventTime now;
};

}  // namespace stickyd
