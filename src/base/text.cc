// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace stickyd {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none.
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  size_t length = 0;
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) length = 2;
  if (lead >= 0xE0 && lead < 0xF0) length = 3;
  if (lead >= 0xF0 && lead < 0xF5) length = 4;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  // Neither overlong, nor half of a surrogate pair, nor beyond Unicode.
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) >= 0xA0)) return 0;
  if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) >= 0x90)) return 0;
  return length;
}

// Of ASCII and C1, and what turns the direction of text or breaks lines, so that a line shows in
// the order in which it was written.
bool IsControl(std::string_view sequence) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(sequence[i]); };
  if (sequence.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (sequence.size() == 2) return (byte(0) == 0xC2 && byte(1) < 0xA0) || sequence == "\u061c";
  const bool turns = (sequence >= "\u200e" && sequence <= "\u200f") ||
                     (sequence >= "\u2028" && sequence <= "\u202e") ||
                     (sequence >= "\u2066" && sequence <= "\u2069");
  return sequence.size() == 3 && turns;
}

void AppendEscaped(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return ToLower(c); });
  return out;
}

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ToLower(x) == ToLower(y); });
}

// Only cells near the diagonal can be within the limit.
size_t EditDistance(std::string_view a, std::string_view b, size_t most) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > most) return most + 1;
  std::vector<size_t> before(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) before[j] = std::min(j, most + 1);
  for (size_t i = 1; i <= a.size(); ++i) {
    const size_t first = i > most ? i - most : 1;
    const size_t last = std::min(b.size(), i + most);
    row[first - 1] = first == 1 ? std::min(i, most + 1) : most + 1;
    for (size_t j = first; j <= last; ++j) {
      const size_t replaced = before[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      row[j] = std::min({replaced, before[j] + 1, row[j - 1] + 1, most + 1});
    }
    if (last < b.size()) row[last + 1] = most + 1;
    std::swap(row, before);
  }
  return before[b.size()];
}

std::string Printable(std::string_view text, size_t limit) {
  std::string out;
  const bool cut = text.size() > limit;
  text = text.substr(0, limit);
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || IsControl(sequence)) {
      AppendEscaped(out, sequence);
    } else {
      out += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  if (cut) out += "...";
  return out;
}

std::string_view AddressWithoutPort(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && text[end - 1] >= '0' && text[end - 1] <= '9') --end;
  const bool ported =
      end > 1 && end < text.size() && text.size() - end <= 5 && text[end - 1] == ':';
  const std::string_view address = ported ? text.substr(0, end - 1) : text;
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    return address.substr(1, address.size() - 2);
  }
  const bool is_v4 = ported && address.find_first_not_of("0123456789.") == std::string_view::npos;
  return is_v4 ? address : text;
}

bool IsIpAddress(std::string_view text) {
  const size_t zone = text.find('%');
  const std::string_view address = text.substr(0, zone);
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (address.empty() || address.size() >= copy.size()) return false;
  std::memcpy(copy.data(), address.data(), address.size());
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (address.find(':') != std::string_view::npos) {
    return inet_pton(AF_INET6, copy.data(), bytes.data()) == 1;
  }
  return zone == std::string_view::npos && inet_pton(AF_INET, copy.data(), bytes.data()) == 1;
}

std::string InMarkup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace stickyd
