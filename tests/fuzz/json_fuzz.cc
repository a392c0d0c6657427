// SPDX-License-Identifier: Apache-2.0
// json_fuzz: one line to the JSON parser, with its shortcut and without: both say the same. Where
// another JSON library reads the line as well, it found the same fields.
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "fuzz_input.h"
#include "stickyd/parse/json_parser.h"

namespace stickyd {
namespace {

// False: not JSON, or a key comes twice, which Traefik does not write.
bool Read(std::string_view line, nlohmann::json& json) {
  std::set<std::string> keys;
  bool twice = false;
  json = nlohmann::json::parse(
      line,
      [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        if (depth == 1 && event == nlohmann::json::parse_event_t::key) {
          twice = twice || !keys.insert(parsed.get<std::string>()).second;
        }
        return true;
      },
      false);
  return !json.is_discarded() && json.is_object() && !twice;
}

void Same(const AccessRecord& a, const AccessRecord& b) {
  Must(a.start == b.start && a.duration == b.duration && a.status == b.status, "same numbers");
  Must(a.request_count == b.request_count && a.origin_answered == b.origin_answered, "same counts");
  Must(a.all_headers == b.all_headers && a.extra == b.extra, "same extras");
  for (const auto field :
       {&AccessRecord::router, &AccessRecord::service, &AccessRecord::server_url,
        &AccessRecord::entry_point, &AccessRecord::client_host, &AccessRecord::client_addr,
        &AccessRecord::user, &AccessRecord::method, &AccessRecord::scheme, &AccessRecord::host,
        &AccessRecord::path, &AccessRecord::user_agent, &AccessRecord::cookie,
        &AccessRecord::set_cookie, &AccessRecord::date}) {
    Must(a.*field == b.*field, "same texts");
  }
}

void Same(const Text& text, const nlohmann::json& json, const char* key) {
  if (!text) return;
  const auto at = json.find(key);
  Must(at != json.end() && at->is_string() && at->get<std::string>() == *text, key);
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  static JsonParser parser({"RequestPath"});
  static JsonParser careful_parser({"RequestPath"});
  AccessRecord record;
  AccessRecord careful;
  std::string padded(AsText(data, size));
  padded.append(kLinePadding, '\0');
  const std::string_view line(padded.data(), size);
  if (size > (1U << 16U)) return 0;
  LineFate fate = LineFate::Parsed();
  LineFate careful_fate = fate;
  Within({2000, 60}, size, [&] { fate = parser.Parse(line, record); });
  Within({2000, 60}, size, [&] { careful_fate = careful_parser.ParseCarefully(line, careful); });
  Must(fate == careful_fate, "same fate");
  if (!fate.parsed()) return 0;
  Same(record, careful);
  Must(record.start.low == record.start.high, "JSON knows the start");
  Must(record.duration.count() >= 0, "nothing ends before it starts");
  // Halves of surrogate pairs are let through.
  Must(nlohmann::json::accept(line) || line.find("\\u") != line.npos, "well-formed");
  nlohmann::json json;
  if (!Read(line, json)) return 0;
  Same(record.client_host, json, "ClientHost");
  Same(record.client_addr, json, "ClientAddr");
  Same(record.path, json, "RequestPath");
  Same(record.entry_point, json, "entryPointName");
  Same(record.cookie, json, "request_Cookie");
  Same(record.user_agent, json, "request_User-Agent");
  if (record.service && !json.contains("BackendName")) Same(record.service, json, "ServiceName");
  if (record.router && !json.contains("FrontendName")) Same(record.router, json, "RouterName");
  return 0;
}
