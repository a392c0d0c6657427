// SPDX-License-Identifier: Apache-2.0
// access_log.cc: what an access log that is configured so keeps of a request.
// Source:  Traefik's pkg/types/logs.go: a header is dropped unless its name or defaultMode says
//          otherwise, a field is kept unless they do; without a format it is CLF.
#include "draft_builder.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using nlohmann::json;

std::string LowerTextIn(const json& body, const char* key) {
  const auto it = body.find(key);
  return it != body.end() && it->is_string() ? ToLower(it->get<std::string>()) : std::string();
}

// "keep", "drop" or "redact": that of the name, without case, or of all.
std::string ModeOf(const json& fields, const std::string& name, const char* otherwise) {
  const auto names = fields.find("names");
  if (names != fields.end()) {
    for (const auto& [key, mode] : names->items()) {
      if (EqualsIgnoreCase(key, name) && mode.is_string()) return ToLower(mode.get<std::string>());
    }
  }
  const std::string mode = LowerTextIn(fields, "defaultMode");
  return mode.empty() ? otherwise : mode;
}

}  // namespace

std::optional<AccessLogDraft> ReadAccessLog(const json& static_config) {
  const auto log = static_config.find("accessLog");
  if (log == static_config.end() || !log->is_object()) return std::nullopt;
  AccessLogDraft out;
  out.json = LowerTextIn(*log, "format") == "json";
  const auto filters = log->find("filters");
  out.filtered = filters != log->end() && !filters->empty();
  const json none = json::object();
  const json& fields = log->contains("fields") ? (*log)["fields"] : none;
  const json& headers = fields.contains("headers") ? fields["headers"] : none;
  for (const char* name :
       {"Cookie", "Set-Cookie", "User-Agent", "Referer", "Origin", "Sec-Fetch-Site", "Upgrade"}) {
    if (ModeOf(headers, name, "drop") == "drop") out.dropped_headers.emplace_back(name);
  }
  const auto drops = [&](const char* name) { return ModeOf(fields, name, "keep") == "drop"; };
  for (const char* name : {"StartUTC", "Duration", "ClientHost", "RequestCount", "ServiceURL"}) {
    if (drops(name)) out.dropped_fields.emplace_back(name);
  }
  if (drops("RouterName") && drops("ServiceName")) out.dropped_fields.emplace_back("ServiceName");
  return out;
}

}  // namespace stickyd
