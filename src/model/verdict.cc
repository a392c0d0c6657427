// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/verdict.h"

namespace stickyd {
namespace {

constexpr std::array<std::string_view, kCountOf<Verdict>> kVerdicts = {
    "first", "held", "break", "ambiguous", "unresolved", "no_server", "excluded"};
constexpr std::array<std::string_view, kCountOf<Evidence>> kEvidences = {"session", "cookie",
                                                                         "connection", "client"};
constexpr std::array<std::string_view, kCountOf<StickyState> + 1> kStates = {
    "hit", "first", "missing", "stale", "refused", "rewritten", "unknown"};
constexpr std::array<std::string_view, kCountOf<Cause>> kCauses = {
#define CAUSE(id, name, summary, advice) #name,
#define NO_CAUSE(id, name, summary, advice) #name,
#include "stickyd/model/causes.inc"
};
constexpr std::array<std::string_view, kCountOf<ExcludeReason>> kExcludes = {
    "none", "preflight", "probe", "path", "user_agent", "client", "service"};
constexpr std::array<std::string_view, kCountOf<Limit>> kLimits = {"people", "sessions",
                                                                   "connections", "breaks"};

}  // namespace

std::string_view Name(Verdict verdict) { return kVerdicts[static_cast<size_t>(verdict)]; }
std::string_view Name(Evidence evidence) { return kEvidences[static_cast<size_t>(evidence)]; }
std::string_view Name(StickyState state) { return kStates[static_cast<size_t>(state)]; }
std::string_view Name(Cause cause) { return kCauses[static_cast<size_t>(cause)]; }
std::string_view Name(ExcludeReason reason) { return kExcludes[static_cast<size_t>(reason)]; }
std::string_view Name(Limit limit) { return kLimits[static_cast<size_t>(limit)]; }

std::optional<Cause> CauseFromName(std::string_view name) {
  for (size_t i = 0; i < kCauses.size(); ++i) {
    if (kCauses[i] == name) return static_cast<Cause>(i);
  }
  return std::nullopt;
}

}  // namespace stickyd
