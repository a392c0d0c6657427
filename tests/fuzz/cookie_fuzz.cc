// SPDX-License-Identifier: Apache-2.0
// cookie_fuzz: Cookie and Set-Cookie headers. Parts lie within the header, names hold no separator.
#include "fuzz_input.h"
#include "stickyd/base/cookie_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  const std::string_view header = AsText(data, size);
  const auto inside = [&](std::string_view part) {
    return part.empty() ||
           (part.data() >= header.data() && part.data() + part.size() <= header.data() + size);
  };
  const auto pass_over = [](auto...) { return true; };
  Within({100, 20}, size, [&] { ForEachCookie(header, pass_over); });
  Within({100, 60}, size, [&] { ForEachSetCookie(header, pass_over); });
  ForEachCookie(header, [&](std::string_view name, std::string_view value) {
    Must(inside(name) && inside(value), "a cookie is part of its header");
    Must(name.find_first_of(";=") == std::string_view::npos, "a name has no separator");
    return true;
  });
  ForEachSetCookie(
      header, [&](std::string_view name, std::string_view value, std::string_view rest) {
        Must(inside(name) && inside(value) && inside(rest), "a Set-Cookie is part of its header");
        Must(name.find('=') == std::string_view::npos, "a name has no separator");
        return true;
      });
  return 0;
}
