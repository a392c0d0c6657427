// SPDX-License-Identifier: Apache-2.0
#include "code_book.h"

namespace stickyd {
namespace {

constexpr size_t kMostTexts = 65536;
// What a client of v1.7 to v2.4 adds to a server's URL (a user name) is logged in CLF: such texts
// must not use up the room of other servers.
constexpr uint8_t kMostTextsOfAServer = 8;
constexpr size_t kLongestHash = 16;

}  // namespace

void CodeBook::Add(ServerId server, std::string_view url) {
  if (texts_.contains(url) || texts_.size() >= kMostTexts || url.size() > kLongestName) return;
  if (Index(server) >= count_.size()) count_.resize(Index(server) + size_t{1});
  if (count_[Index(server)] >= kMostTextsOfAServer) return;
  ++count_[Index(server)];
  texts_.emplace(url, server);
  for (size_t i = 0; i < static_cast<size_t>(CookieEncoding::kCount); ++i) {
    const auto encoding = static_cast<CookieEncoding>(i);
    if (encoding == CookieEncoding::kRawUrl) continue;
    values_.try_emplace(EncodeCookie(encoding, url), CookieMeaning{server, encoding});
  }
}

std::optional<CookieMeaning> CodeBook::Find(std::string_view value) const {
  if (value.size() <= kLongestHash) {
    auto it = values_.find(value);
    // v3.0 to v3.3.3 also read the inner hash with its leading zeros.
    while (it == values_.end() && value.size() > 1 && value.front() == '0') {
      value.remove_prefix(1);
      it = values_.find(value);
    }
    if (it != values_.end()) return it->second;
    return std::nullopt;
  }
  const auto it = texts_.find(value);
  if (it == texts_.end()) return std::nullopt;
  return CookieMeaning{it->second, CookieEncoding::kRawUrl};
}

}  // namespace stickyd
