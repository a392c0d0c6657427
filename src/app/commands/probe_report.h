// SPDX-License-Identifier: Apache-2.0
// probe_report.h: what a probe found, for people, programs and pipelines; and its requests again.
// Shape:   values of cookies and of the operator's headers are shortened, unless there is a trace;
//          whatever a site wrote is printable.
#pragma once

#include <string>
#include <vector>

#include "stickyd/config/settings.h"
#include "stickyd/probe/prober.h"

namespace stickyd {

// What to change; empty where nothing is wrong.
std::string ProbeAdvice(const ProbeResult& result);

std::string ProbeText(const ProbeResult& result, const ProbeSettings& settings);
// For whoever reaches the daemon's port: every request, without values of cookies and headers, and
// URLs without their queries.
std::string ProbeTrace(const ProbeResult& result);
// One line.
std::string ProbeJson(const ProbeResult& result, const ProbeSettings& settings);
std::string ProbeJunit(const std::vector<ProbeResult>& results);

// The request as a line for a shell: with a jar of curl's instead of the cookies, which needs no
// values; with the cookies that were sent; with the operator's headers as well.
enum class CurlDetail { kJar, kCookies, kAll };
std::string CurlLine(const ProbeExchange& exchange, const ProbeSettings& settings,
                     CurlDetail detail);
// All requests, with values: as curl lines, or as a test of the first two visits for hurl.
std::string CurlScript(const std::vector<ProbeResult>& results, const ProbeSettings& settings);
std::string HurlTest(const std::vector<ProbeResult>& results, const ProbeSettings& settings);

// "stickyd-probe/VERSION", which stickyd does not judge in logs.
std::string ProbeAgent();

}  // namespace stickyd
