// SPDX-License-Identifier: Apache-2.0
// cause_finder.h: why did it break? The closed list of causes, tried in order.
// Role:    the pipeline opens a case for every break. The finder closes it at once if it can, else
//          when the evidence is there, at most `patience` of event time later.
// Shape:   each row of the list answers yes, no, or not yet. The first yes wins that has no "not
//          yet" before it. At the end "not yet" counts as no. Cases are bounded: if there are too
//          many, the oldest is closed early.
// Threads: pipeline thread only.
// Source:  docs/DETECTION.md section 5.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/diagnose/judge.h"
#include "stickyd/diagnose/scope_facts.h"
#include "stickyd/model/observation.h"

namespace stickyd {

// A break, with all that was known when it happened.
struct BreakCase {
  uint64_t id = 0;   // the record's number in the pipeline
  Observation seen;  // its `route` is kept alive by `route` below
  std::shared_ptr<const Route> route;
  std::optional<StickyCookie> cookie;
  Judgement judgement;
  bool has_pin_run = false;
  Run pin_run;
  SessionFacts facts;  // before this record
  BreakSight sight;
  bool rival_visited = false;       // another service with the same cookie name was visited since
  bool domain_covers_host = false;  // the cookie's Domain includes the request's host
  bool entry_trusts_forwarded = false;  // the router's entry points take addresses from a proxy
  bool many_connections = false;        // more than one browser opens
  bool shared_agents = false;           // several user agents behind the address
  bool awaits_peer = false;             // its address may be a proxy's that nobody named
  bool stray = false;                   // a WebSocket that was opened without the cookie
  bool browser = false;                 // its user agent says so: it has a cookie jar
  std::optional<EventTime> renamed;     // when the scope got its present name
  std::string pin_key;                  // the pin's URL
  std::string server_key;               // of the server that answered
  EventTime deadline;
};

enum class Answer : uint8_t { kNo, kYes, kNotYet };

// What one row said, for explain.
struct RowTrace {
  Cause cause;
  Answer answer;
  std::string_view because;
};

class CauseFinder {
 public:
  struct Options {
    EventDuration patience = std::chrono::seconds(30);  // more: fewer unknown, later metrics
    size_t max_cases = 65536;
    // In CLF, with nothing but the log, requests that walk the servers in a fixed cycle look the
    // same whether the service is not sticky or no client returns its cookie. True: call that
    // not_sticky. False: call it unknown.
    bool trust_cycle = false;
  };
  struct Closed {
    BreakCase break_case;
    Cause cause = Cause::kUnknown;
    std::string_view because;
  };
  using FactsOf = std::function<const ScopeFacts&(ScopeId)>;

  CauseFinder(const Options& options, const ConfigHistory& configs, FactsOf facts);

  // Closes it at once or keeps it. `now`: the event clock.
  void Open(BreakCase break_case, EventTime now, std::vector<Closed>& closed);
  // Closes what is due.
  void Advance(EventTime now, std::vector<Closed>& closed);
  // The input has ended.
  void Finish(std::vector<Closed>& closed);

  size_t open_cases() const { return cases_.size(); }
  uint64_t closed_early() const { return closed_early_; }

  // Every row's answer, as things stand now.
  std::vector<RowTrace> Trace(const BreakCase& break_case) const;

 private:
  std::optional<Closed> Try(const BreakCase& break_case, bool final) const;

  const Options options_;
  const ConfigHistory& configs_;
  const FactsOf facts_;
  std::deque<BreakCase> cases_;
  uint64_t closed_early_ = 0;
};

}  // namespace stickyd
