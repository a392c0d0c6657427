// json_fuzz: one line to the JSON parser. Where another JSON library reads the line as well, both
// found the same fields.
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

void Same(const Text& text, const nlohmann::json& json, const char* key) {
  if (!text) return;
  const auto at = json.find(key);
  Must(at != json.end() && at->is_string() && at->get<std::string>() == *text, key);
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  static JsonParser parser({});
  AccessRecord record;
  std::string padded(AsText(data, size));
  padded.append(kLinePadding, '\0');
  const std::string_view line(padded.data(), size);
  if (size > (1U << 16U) || !parser.Parse(line, record).parsed()) return 0;
  Must(record.start.low == record.start.high, "JSON knows the start");
  Must(record.duration.count() >= 0, "nothing ends before it starts");
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
