// SPDX-License-Identifier: Apache-2.0
// own_log.h: what Traefik's process writes beside its access log: its own log, its plugins' words.
// Role:    LineParser asks about lines that are no access record.
// Cost:    the beginning of the line; no allocation.
// Source:  Traefik pkg/logs (zerolog, logrus); Go's log package, which plugins use.
#pragma once

#include <string_view>

namespace stickyd {

bool IsTraefikLog(std::string_view text);
// Behind what a shipper put before it.
bool HoldsTraefikLog(std::string_view text);
// `INFO: Name: text`, `[DEBUG] text`, `middleware@provider: text`.
bool IsPluginLine(std::string_view text);
bool HoldsPluginLine(std::string_view text);
// May it be a later line of a message? Messages are text.
bool IsText(std::string_view text);

}  // namespace stickyd
