// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/hash.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace stickyd {
namespace {

static_assert(KeyedHash::kKeyBytes == crypto_shorthash_KEYBYTES);

uint64_t Hash(const KeyedHash::Key& key, const unsigned char* data, size_t size) {
  std::array<unsigned char, crypto_shorthash_BYTES> out{};
  crypto_shorthash(out.data(), data, size, key.data());
  uint64_t value = 0;
  std::memcpy(&value, out.data(), sizeof value);
  return value == 0 ? 1 : value;
}

}  // namespace

KeyedHash::Key KeyedHash::RandomKey() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium: no source of randomness");
  Key key;
  randombytes_buf(key.data(), key.size());
  return key;
}

uint64_t KeyedHash::operator()(HashUse use, uint64_t within, std::string_view text) const {
  std::array<unsigned char, 128> buffer;  // NOLINT: what is used is written first
  const std::array<uint64_t, 2> prefix{static_cast<uint64_t>(use), within};
  std::memcpy(buffer.data(), &prefix, sizeof prefix);
  if (text.size() + sizeof prefix <= buffer.size()) {  // addresses: all of it in one go
    std::memcpy(buffer.data() + sizeof prefix, text.data(), text.size());
    return Hash(key_, buffer.data(), sizeof prefix + text.size());
  }
  const uint64_t inner =
      Hash(key_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::memcpy(buffer.data() + sizeof prefix, &inner, sizeof inner);
  return Hash(key_, buffer.data(), sizeof prefix + sizeof inner);
}

size_t SecretHash(std::string_view text) {
  static const KeyedHash::Key key = KeyedHash::RandomKey();
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libsodium's types are like that.
  return Hash(key, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

std::string Digest(std::string_view name) {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libsodium's types are like that.
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(name.data()),
                     name.size(), nullptr, 0);
  std::string hex(2 * hash.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.pop_back();
  return hex;
}

}  // namespace stickyd
