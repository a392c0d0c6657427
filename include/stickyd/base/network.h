// SPDX-License-Identifier: Apache-2.0
// network.h: IP networks (10.0.0.0/8, 2001:db8::/32, a single address) and whether they hold an
// address.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace stickyd {

class Network {
 public:
  // nullopt if it is no network.
  static std::optional<Network> Parse(std::string_view text);
  // The upper half of an IPv6 address; nullopt for IPv4, mapped too, and for what is no address.
  static std::optional<std::array<char, 8>> UpperHalf(std::string_view address);
  // `address` as text, an IPv6 zone is ignored; false for anything that is no address.
  bool Contains(std::string_view address) const;

 private:
  std::array<unsigned char, 16> bytes_{};  // IPv4 as ::ffff:a.b.c.d
  int prefix_ = 0;                         // in bits of the 128
};

bool AnyContains(const std::vector<Network>& networks, std::string_view address);

}  // namespace stickyd
