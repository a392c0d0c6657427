// SPDX-License-Identifier: Apache-2.0
// paint.h: colours of a terminal, where they were asked for; otherwise the text as it is.
// Role:    the text report paints its headings and what is alarming.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string Bold(std::string_view text) const { return With("1", text); }
  std::string Red(std::string_view text) const { return With("1;31", text); }
  std::string Yellow(std::string_view text) const { return With("33", text); }

 private:
  std::string With(std::string_view style, std::string_view text) const {
    if (!on_) return std::string(text);
    return "\033[" + std::string(style) + "m" + std::string(text) + "\033[0m";
  }

  const bool on_;
};

}  // namespace stickyd
