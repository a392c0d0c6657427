// SPDX-License-Identifier: Apache-2.0
// log_fields.h: what Traefik was told to log, as far as it matters to verdicts and causes.
// Role:    the pipeline notes what records had; advice, remarks and `check` name what is missing.
// Cost:    a few comparisons per record.
#pragma once

#include "stickyd/model/access_record.h"

namespace stickyd {

// Bits. What no record of a log had, it lacks.
enum LogField : unsigned {
  kLogsJson = 1,  // exact times, hosts, schemes, connections
  kLogsCookie = 2,
  kLogsSetCookie = 4,
  kLogsUserAgent = 8,
  kLogsSecFetchSite = 16,
  kLogsServer = 32,  // ServiceURL
  kLogsCount = 64,   // RequestCount
};
inline constexpr unsigned kAllLogFields = 127;

inline unsigned LogFieldsOf(const AccessRecord& record) {
  const auto kept = [](const Text& text) { return text && *text != "REDACTED"; };
  return (record.format == LogFormat::kJson ? kLogsJson : 0U) |
         (kept(record.cookie) ? kLogsCookie : 0U) |
         (kept(record.set_cookie) || kept(record.origin_set_cookie) ? kLogsSetCookie : 0U) |
         (kept(record.user_agent) ? kLogsUserAgent : 0U) |
         (kept(record.sec_fetch_site) ? kLogsSecFetchSite : 0U) |
         (record.server_url ? kLogsServer : 0U) | (record.request_count ? kLogsCount : 0U);
}

}  // namespace stickyd
