// SPDX-License-Identifier: Apache-2.0
#include "stickyd/audit/baseline.h"

#include <map>
#include <nlohmann/json.hpp>

namespace stickyd {

using Json = nlohmann::ordered_json;

Result<Baseline> ReadBaseline(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("version", Json()) != Json(1) ||
      !json.value("accepted", Json()).is_array()) {
    return Fail(ErrorCode::kInvalidInput, "is no baseline of version 1");
  }
  Baseline out;
  for (const Json& entry : json["accepted"]) {
    const Json print = entry.is_object() ? entry.value("fingerprint", Json()) : Json();
    if (!print.is_string()) {
      return Fail(ErrorCode::kInvalidInput, "has an entry without a fingerprint");
    }
    out.insert(print.get<std::string>());
  }
  return out;
}

std::string WriteBaseline(const std::vector<Finding>& findings) {
  std::map<std::string_view, const Finding*> sorted;
  for (const Finding& finding : findings) sorted.emplace(finding.fingerprint, &finding);
  Json accepted = Json::array();
  for (const auto& [print, finding] : sorted) {
    accepted.push_back({{"fingerprint", print},
                        {"rule", finding->rule->id},
                        {"service", finding->service},
                        {"text", finding->text}});
  }
  return Json{{"version", 1}, {"accepted", accepted}}.dump(1, ' ', false,
                                                           Json::error_handler_t::replace) +
         "\n";
}

size_t Accept(const Baseline& baseline, std::vector<Finding>& findings) {
  Baseline used;
  for (Finding& finding : findings) {
    finding.accepted = baseline.contains(finding.fingerprint);
    if (finding.accepted) used.insert(finding.fingerprint);
  }
  return baseline.size() - used.size();
}

}  // namespace stickyd
