// SPDX-License-Identifier: Apache-2.0
// padded.h: text with the readable bytes behind it that parsers of lines require.
#pragma once

#include <string>
#include <string_view>

#include "stickyd/model/line.h"

namespace stickyd {

class Padded {
 public:
  explicit Padded(std::string_view text) : size_(text.size()), bytes_(text) {
    bytes_.append(kLinePadding, '\0');
  }
  std::string_view view() const { return std::string_view(bytes_).substr(0, size_); }
  Line line(uint64_t number = 1) const { return {view(), number}; }

 private:
  size_t size_;
  std::string bytes_;
};

}  // namespace stickyd
