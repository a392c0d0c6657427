// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using Bytes = std::array<unsigned char, 16>;
constexpr int kV4Offset = 96;

// IPv4 addresses become IPv4-mapped ones. Returns the bits in the address's own family, 0 if it is
// no address.
int ParseAddress(std::string_view text, Bytes& bytes) {
  text = text.substr(0, text.find('%'));
  std::array<char, INET6_ADDRSTRLEN> copy{};
  if (text.empty() || text.size() >= copy.size()) return 0;
  std::memcpy(copy.data(), text.data(), text.size());
  if (text.find(':') != std::string_view::npos) {
    return inet_pton(AF_INET6, copy.data(), bytes.data()) == 1 ? 128 : 0;
  }
  bytes = {};
  bytes[10] = bytes[11] = 0xFF;
  return inet_pton(AF_INET, copy.data(), bytes.data() + 12) == 1 ? 32 : 0;
}

}  // namespace

std::optional<Network> Network::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  Network network;
  const int bits = ParseAddress(text.substr(0, slash), network.bytes_);
  if (bits == 0) return std::nullopt;
  int prefix = bits;
  if (slash != std::string_view::npos) {
    const auto given = ParseNumber<int>(text.substr(slash + 1));
    if (!given || *given < 0 || *given > bits) return std::nullopt;
    prefix = *given;
  }
  network.prefix_ = bits == 32 ? prefix + kV4Offset : prefix;
  return network;
}

std::optional<std::array<char, 8>> Network::UpperHalf(std::string_view address) {
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  Bytes bytes{};
  if (ParseAddress(address, bytes) != 128) return std::nullopt;
  if (std::memcmp(bytes.data(), kMapped.data(), kMapped.size()) == 0) return std::nullopt;
  std::array<char, 8> half{};
  std::memcpy(half.data(), bytes.data(), half.size());
  return half;
}

bool Network::Contains(std::string_view address) const {
  Bytes other{};
  if (ParseAddress(address, other) == 0) return false;
  const auto whole = static_cast<size_t>(prefix_ / 8);
  if (std::memcmp(bytes_.data(), other.data(), whole) != 0) return false;
  const int rest = prefix_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned char>(0xFFU << (8 - rest));
  return (bytes_[whole] & mask) == (other[whole] & mask);
}

bool AnyContains(const std::vector<Network>& networks, std::string_view address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.Contains(address); });
}

}  // namespace stickyd
