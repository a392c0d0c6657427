// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/line.h"

#include <array>
#include <utility>

namespace stickyd {
namespace {

struct ReasonText {
  const char* name;
  const char* advice;
};

constexpr std::array<ReasonText, static_cast<size_t>(UnparsedReason::kCount)> kUnparsed = {{
    {"not_access_log", "is this Traefik's access log?"},
    {"invalid_json", ""},
    {"invalid_value", ""},
    {"invalid_time", ""},
    {"ambiguous_line",
     "a client's words can be read as Traefik's; accessLog.format=json tells them apart"},
    {"fragment",
     "a user name with a line feed split CLF lines; accessLog.format=json keeps lines whole"},
    {"forged",
     "somebody forges the log, or a second Traefik writes into it; accessLog.format=json cannot be "
     "forged"},
    {"cut_line", ""},
    {"generic_clf",
     "format genericCLF has no server: set accessLog.format to json (or common); or another web "
     "server writes on the same stream"},
    {"foreign_clf", "another web server writes on the same stream"},
    {"fields_dropped",
     "needed fields are dropped: keep them (accessLog.fields.names, or fields.defaultMode=keep)"},
    {"too_long", "longer than --line.max-bytes"},
    {"broken_wrapper", "is the container runtime's log format json-file or CRI?"},
    {"message_null", "journalctl leaves long lines out: journalctl --all, or -o cat"},
    {"json_array",
     "several records on one line: one a line can be read (jq -c '.[]' FILE | stickyd analyze -)"},
    {"csv", "a table: mlr --icsv --ojsonl cat FILE | stickyd analyze -"},
}};

constexpr std::array<const char*, static_cast<size_t>(SkipReason::kCount)> kSkipped = {
    "empty", "traefik_log", "partial", "out_of_range", "plugin", "envelope", "duplicate"};

}  // namespace

std::string DroppedFieldNames(unsigned dropped) {
  constexpr std::array<std::pair<DroppedField, std::string_view>, 4> kNames = {
      {{kDroppedStart, "StartUTC"},
       {kDroppedDuration, "Duration"},
       {kDroppedClient, "ClientHost"},
       {kDroppedNames, "RouterName and ServiceName"}}};
  std::string names;
  for (const auto& [field, name] : kNames) {
    if ((dropped & field) != 0) names.append(names.empty() ? "" : ", ").append(name);
  }
  return names;
}

const char* UnparsedReasonName(UnparsedReason reason) {
  return kUnparsed[static_cast<size_t>(reason)].name;
}
const char* UnparsedReasonAdvice(UnparsedReason reason) {
  return kUnparsed[static_cast<size_t>(reason)].advice;
}
const char* SkipReasonName(SkipReason reason) { return kSkipped[static_cast<size_t>(reason)]; }

}  // namespace stickyd
