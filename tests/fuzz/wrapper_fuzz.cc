// SPDX-License-Identifier: Apache-2.0
// wrapper_fuzz: lines as container runtimes write them. Pieces that are joined stay within the
// bound, and a line in one piece is what another JSON library reads of it.
#include <nlohmann/json.hpp>
#include <string>

#include "../../src/parse/wrapper.h"
#include "fuzz_input.h"
#include "stickyd/model/line.h"

namespace stickyd {
namespace {

constexpr size_t kMostBytes = 512;

void SameAsElsewhere(std::string_view line, std::string_view text) {
  auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return;  // simdjson does not look at values that nobody asks for
  for (const auto& [name, value] : json.items()) {  // which of several texts is the line?
    if (name != "log" && name != "MESSAGE" && name != "stream" && name != "time") return;
  }
  const char* const key = json.contains("log") ? "log" : "MESSAGE";
  const auto value = json[key];
  if (json.contains("log") == json.contains("MESSAGE") || !value.is_string()) return;
  std::string inside = value.get<std::string>();
  if (json.contains("log") && inside.ends_with('\n')) inside.pop_back();
  Must(inside == text, "same text");
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  using Outcome = WrapperParser::Outcome;
  WrapperParser wrapper(kMostBytes);
  bool joined = false;
  for (std::string_view lines = AsText(data, size); !lines.empty();) {
    std::string padded(TakePart(lines));
    const size_t bytes = padded.size();
    padded.append(kLinePadding, '\0');
    const std::string_view line = std::string_view(padded).substr(0, bytes);
    Outcome outcome = Outcome::kBroken;
    Within({2000, 40}, bytes, [&] { outcome = wrapper.Unwrap(line); });
    if (outcome == Outcome::kComplete) {
      Must(wrapper.text().size() <= kMostBytes, "within the bound");
      if (!joined && line.starts_with('{')) SameAsElsewhere(line, wrapper.text());
    }
    joined = joined || outcome == Outcome::kPartial;
  }
  return 0;
}
