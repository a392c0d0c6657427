// SPDX-License-Identifier: Apache-2.0
// hash.h: keyed hashes, the only form in which anything about a client is kept; and digests.
// Shape:   SipHash-2-4 under a key of this installation. Without the key a hash says nothing, not
//          even whether it belongs to a guessed address.
// Threads: thread-compatible, immutable after construction.
// Source:  libsodium's crypto_shorthash and crypto_generichash.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stickyd {

class KeyedHash {
 public:
  static constexpr size_t kKeyBytes = 16;
  using Key = std::array<unsigned char, kKeyBytes>;

  explicit KeyedHash(const Key& key) : key_(key) {}
  // A key from the system's random source.
  static Key RandomKey();

  // Never 0, which stands for "nobody". `domain` (32 bits) and `salt` separate uses: the same text
  // under two of them has unrelated hashes.
  uint64_t operator()(uint64_t domain, uint32_t salt, std::string_view text) const;

 private:
  Key key_;
};

// A hash under a key that this process has made up, so that nobody can choose names that collide.
size_t SecretHash(std::string_view text);

// 32 hex digits, without a key: for names that are no secret and too long to keep.
std::string Digest(std::string_view name);

}  // namespace stickyd
