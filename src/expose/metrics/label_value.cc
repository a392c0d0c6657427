// SPDX-License-Identifier: Apache-2.0
#include "label_value.h"

#include <algorithm>

#include "stickyd/base/hash.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr std::string_view kEscape = "\\x";
constexpr std::string_view kEscapedBackslash = "\\x5c";

// A backslash is never part of a longer UTF-8 sequence, so pieces between them can be escaped one
// by one. Of at most kLabelBytes.
std::string Escaped(std::string_view name) {
  std::string out;
  for (size_t at = name.find(kEscape); at != std::string_view::npos; at = name.find(kEscape)) {
    out += Printable(name.substr(0, at), kLabelBytes);
    out += kEscapedBackslash;
    name.remove_prefix(at + 1);
  }
  return out + Printable(name, kLabelBytes);
}

// The first byte of a sequence, or a byte of ASCII.
bool BeginsSequence(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

}  // namespace

std::string LabelValue(std::string_view name) {
  std::string label = Escaped(name.substr(0, kLabelBytes));
  if (name.size() <= kLabelBytes && label.size() <= kLabelBytes) return label;
  size_t end = std::min(label.size(), kLabelBytes);
  while (end < label.size() && !BeginsSequence(label[end])) --end;
  label.resize(end);
  return label + "..." + Digest(name);
}

}  // namespace stickyd
