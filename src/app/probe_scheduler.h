// SPDX-License-Identifier: Apache-2.0
// probe_scheduler.h: runs the probes of the configuration again and again, beside the pipeline.
// Role:    watch has one. Metrics and page show States; /probe asks for a target by its name.
// Shape:   one run at a time. The first runs of several targets are spread over a minute; after
//          that a target is due an interval after its last run began, and the one that has been due
//          for longest comes first. So runs that take long make others late, never many at once.
// Units:   the clock's: monotonic for when it is due, wall for what is told.
// Errors:  what a site does is a result.
// Threads: a thread of its own runs them. SetTargets, SetConfig, States and Find are for any
//          thread. A run whose target is taken away or changed meanwhile, or that a stop ends,
//          leaves nothing behind.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "stickyd/base/clock.h"
#include "stickyd/base/guarded.h"
#include "stickyd/base/sleeper.h"
#include "stickyd/config/settings.h"
#include "stickyd/model/probe_status.h"
#include "stickyd/probe/prober.h"

namespace stickyd {

class ProbeScheduler {
 public:
  using Config = std::shared_ptr<const TraefikConfig>;
  // One run; it ends soon once it is stopped.
  using Run = std::function<ProbeResult(const ProbeTarget&, const Config&, const std::stop_token&)>;
  static constexpr std::chrono::seconds kSpread{60};

  // `clock` must outlive it. `on_news` is called from its thread, after each run.
  ProbeScheduler(Run run, const Clock& clock, std::function<void()> on_news);
  ~ProbeScheduler();
  ProbeScheduler(const ProbeScheduler&) = delete;
  ProbeScheduler& operator=(const ProbeScheduler&) = delete;

  // Begins to run them, in a thread; tests call Step themselves.
  void Start();
  // Runs the one that is due, if any is. How long until the next is; nothing: there is none.
  // REQUIRES: not started.
  std::optional<Clock::Monotonic::duration> Step(const std::stop_token& stop = {});

  // In place of those before. A target that is the same keeps its results and its time.
  void SetTargets(const std::vector<ProbeTarget>& targets);
  // What Traefik says of itself, for the runs from now on.
  void SetConfig(Config config) { config_.Set(std::move(config)); }

  std::vector<ProbeStatus> States() const;
  std::optional<ProbeTarget> Find(std::string_view name) const;
  // One more run, of which nothing is kept, in the caller's thread.
  ProbeResult RunNow(const ProbeTarget& target, const std::stop_token& stop) const {
    return run_(target, config_.Get(), stop);
  }

 private:
  struct Entry {
    uint64_t id = 0;  // of this target as it is; one that changes gets another
    ProbeTarget target;
    Clock::Monotonic due;
    ProbeStatus status;
  };

  struct Schedule {
    std::vector<Entry> entries;
    uint64_t last_id = 0;
    uint64_t running = 0;  // the id of the one that runs; 0: none does
    std::stop_source stop_run;

    // Of those that are due, the one that has been for longest.
    Entry* Due(Clock::Monotonic now);
    Entry* WithId(uint64_t id);
    std::optional<Clock::Monotonic::duration> UntilNext(Clock::Monotonic now) const;
  };

  void Loop(const std::stop_token& stop);
  // Keeps what a run gave, unless its target has gone or changed meanwhile.
  void Keep(uint64_t id, const ProbeTarget& target, const ProbeResult& result);

  const Run run_;
  const Clock& clock_;
  const std::function<void()> on_news_;
  Guarded<Config> config_;
  Sleeper sleeper_;
  Guarded<Schedule> schedule_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace stickyd
