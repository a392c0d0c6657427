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

// What a text is hashed as.
enum class HashUse : uint8_t {
  kScope = 1,       // its name; within nothing
  kAddress,         // of a client; within its scope
  kClaimedAddress,  // the same, where only a header says so
  kNetwork,         // the upper half of an IPv6 address; within its scope
  kClaimedNetwork,  // the same, where only a header says so
  kIdentity,        // of a person; within its scope and the session that names it
  kSession,         // what --session names: a cookie, within 0; a field and its pattern, within 1
  kAgent,           // a user agent; within nothing
  kValue,           // a cookie's value, a host; within nothing
};
// 16 bits of a hash, never 0: enough to see that two values differ.
inline uint16_t Tag(uint64_t hash) {
  return static_cast<uint16_t>((hash ^ (hash >> 16U) ^ (hash >> 32U)) | 1U);
}

class KeyedHash {
 public:
  static constexpr size_t kKeyBytes = 16;
  using Key = std::array<unsigned char, kKeyBytes>;

  explicit KeyedHash(const Key& key) : key_(key) {}
  // A key from the system's random source.
  static Key RandomKey();

  // Never 0, which stands for "nobody". Under another `use`, or within something else, the
  // same text has an unrelated hash. Equal arguments have equal hashes in every run with this key.
  uint64_t operator()(HashUse use, uint64_t within, std::string_view text) const;

 private:
  Key key_;
};

// A hash under a key that this process has made up, so that nobody can choose names that collide.
size_t SecretHash(std::string_view text);

// 32 hex digits, without a key: for names that are no secret and too long to keep.
std::string Digest(std::string_view name);

}  // namespace stickyd
