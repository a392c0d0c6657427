// SPDX-License-Identifier: Apache-2.0
// traefik_status.h: how it stands with one Traefik whose API is asked.
// Role:    the poller fills it in; metrics, page and log show it.
// Shape:   plain values, nothing secret.
// Units:   wall time in seconds since 1970.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "stickyd/model/config_changes.h"

namespace stickyd {

// Why an answer could not be used. Each is a value of the label `reason` of
// stickyd_traefik_failures_total.
enum class ApiFault : uint8_t {
  kBadUrl,
  kResolve,
  kConnect,
  kTls,
  kTimeout,
  kTooLong,
  kBroken,  // no HTTP, or it ended too soon
  kFile,    // a certificate or key that cannot be read
  kUnauthorized,
  kNoApi,        // 404
  kStatus,       // another one that is not 200
  kBadAnswer,    // it is not what Traefik answers
  kCredentials,  // their file cannot be used
  kRedirect,     // to another host, or in circles
  kCount
};
std::string_view Name(ApiFault fault);

struct TraefikStatus {
  std::string url;                  // without credentials
  bool asked = false;               // at least once
  bool up = false;                  // the last answer could be used
  std::string message;              // why it could not, in a sentence
  std::string version;              // empty: not known
  double last_success_seconds = 0;  // 0: never
  std::array<uint64_t, static_cast<size_t>(ApiFault::kCount)> failures{};
  // From one answer to the next, by ChangeKind.
  std::array<uint64_t, static_cast<size_t>(ChangeKind::kCount)> changes{};
};

}  // namespace stickyd
