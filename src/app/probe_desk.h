// SPDX-License-Identifier: Apache-2.0
// probe_desk.h: runs of a probe that somebody asks for at /probe.
// Role:    watch has one beside the scheduler, whose targets it runs.
// Shape:   one run at a time. Of its result nothing is kept: it is the answer.
// Threads: Ask may be called from one thread; the run has a thread of its own. A destructor stops
//          the run that is under way, and nobody gets its answer.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "probe_scheduler.h"
#include "stickyd/expose/http/server.h"

namespace stickyd {

class ProbeDesk {
 public:
  // `scheduler` and `clock` must outlive it.
  ProbeDesk(const ProbeScheduler& scheduler, const Clock& clock)
      : scheduler_(scheduler), clock_(clock) {}
  ~ProbeDesk();
  ProbeDesk(const ProbeDesk&) = delete;
  ProbeDesk& operator=(const ProbeDesk&) = delete;

  // Begins the run. `done` is called from its thread.
  ProbeStart Ask(const ProbeRequest& request, std::function<void(const ProbeAnswer&)> done);

 private:
  const ProbeScheduler& scheduler_;
  const Clock& clock_;
  std::atomic<bool> busy_ = false;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace stickyd
