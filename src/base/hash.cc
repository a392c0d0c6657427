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

uint64_t KeyedHash::operator()(uint64_t domain, uint64_t salt, std::string_view text) const {
  std::array<unsigned char, 128> buffer;  // NOLINT: what is used is written first
  constexpr size_t kPrefix = sizeof domain + sizeof salt;
  std::memcpy(buffer.data(), &domain, sizeof domain);
  std::memcpy(buffer.data() + sizeof domain, &salt, sizeof salt);
  if (text.size() + kPrefix <= buffer.size()) {  // addresses: all of it in one go
    std::memcpy(buffer.data() + kPrefix, text.data(), text.size());
    return Hash(key_, buffer.data(), kPrefix + text.size());
  }
  const uint64_t inner =
      Hash(key_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::memcpy(buffer.data() + kPrefix, &inner, sizeof inner);
  return Hash(key_, buffer.data(), kPrefix + sizeof inner);
}

}  // namespace stickyd
