// SPDX-License-Identifier: Apache-2.0
// probing.h: one run of a probe, as the settings have it, over the network of this machine.
// Role:    the command `probe` and the daemon's scheduled probes run it.
// Errors:  what a site does is a result.
// Threads: pure functions, but for the network and the clocks.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "stickyd/config/settings.h"
#include "stickyd/probe/prober.h"

namespace stickyd {

// Without what is known of the service.
ProbeOptions ProbeOptionsOf(const std::string& url, const ProbeSettings& settings);

// `config`: what Traefik says of itself; null: not known. A stop that is requested ends it soon,
// with a result that means nothing. REQUIRES: ProbeProblem of its options is "".
ProbeResult ProbeSite(const std::string& url, const ProbeSettings& settings,
                      const std::shared_ptr<const TraefikConfig>& config,
                      const std::stop_token& stop = {});

// The same of a target.
ProbeResult ProbeTargetSite(const ProbeTarget& target,
                            const std::shared_ptr<const TraefikConfig>& config,
                            const std::stop_token& stop);

// Sticky, or unsure where that is allowed; never if nobody answered.
bool Succeeded(const ProbeResult& result, const ProbeSettings& settings);

// What a run says of the target, for metrics and page. The caller knows when it ended, and of the
// runs before.
ProbeStatus StatusOf(const ProbeTarget& target);  // before the first run
ProbeStatus StatusOf(const ProbeTarget& target, const ProbeResult& result);

}  // namespace stickyd
