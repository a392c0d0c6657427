// SPDX-License-Identifier: Apache-2.0
// label_fuzz: two names, one a line, to label values. Prometheus takes them, and they are two
// exactly if the names are; texts for a terminal hold nothing that steers it.
#include <simdjson.h>

#include <algorithm>
#include <string>

#include "../../src/expose/metrics/label_value.h"
#include "fuzz_input.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

bool IsPlain(const std::string& text) {
  return simdjson::validate_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < 0x20 || byte == 0x7F;
         });
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  std::string_view input = AsText(data, size);
  const std::string_view name = TakePart(input);
  std::string label;
  std::string other;
  Within({2000, 60}, size, [&] {
    label = LabelValue(name);
    other = LabelValue(input);
  });
  Must(IsPlain(label) && IsPlain(other), "UTF-8 without control characters");
  Must((label == other) == (name == input), "two names are two");
  Must(label.size() <= kLabelBytes + 64, "bounded");
  std::string printed;
  Within({2000, 60}, size, [&] { printed = Printable(name, size); });
  Must(IsPlain(printed), "nothing steers a terminal");
  return 0;
}
