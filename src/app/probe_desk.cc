// SPDX-License-Identifier: Apache-2.0
#include "probe_desk.h"

#include <algorithm>
#include <utility>

#include "commands/probe_report.h"
#include "probing.h"

namespace stickyd {

ProbeDesk::~ProbeDesk() = default;

ProbeStart ProbeDesk::Ask(const ProbeRequest& request,
                          std::function<void(const ProbeAnswer&)> done) {
  auto target = scheduler_.Find(request.target);
  if (!target) return ProbeStart::kUnknown;
  if (busy_.exchange(true)) return ProbeStart::kBusy;
  target->options.timeout = std::min(target->options.timeout, request.timeout);
  const bool trace = request.trace;
  // The one before has said that it is not busy any more: it is at its end.
  thread_ = std::jthread([this, target = std::move(*target), trace,
                          done = std::move(done)](const std::stop_token& stop) {
    const ProbeResult result = scheduler_.RunNow(target, stop);
    if (stop.stop_requested()) return;
    ProbeAnswer answer{StatusOf(target, result), ""};
    answer.status.last_run_seconds = static_cast<double>(clock_.WallNanoseconds()) / 1e9;
    if (trace) answer.trace = ProbeTrace(result);
    busy_ = false;
    done(answer);
  });
  return ProbeStart::kStarted;
}

}  // namespace stickyd
