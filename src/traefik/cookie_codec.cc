// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/cookie_codec.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr uint64_t kFnvOffset = 14695981039346656037U;
constexpr uint64_t kFnvPrime = 1099511628211U;

// Go's hash/fnv New64: multiply, then xor.
uint64_t Fnv1(std::string_view text) {
  uint64_t hash = kFnvOffset;
  for (const char c : text) hash = (hash * kFnvPrime) ^ static_cast<unsigned char>(c);
  return hash;
}

// Go's hash/fnv New64a: xor, then multiply.
uint64_t Fnv1a(std::string_view text) {
  uint64_t hash = kFnvOffset;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
  return hash;
}

std::string Hex(uint64_t value) { return fmt::format("{:x}", value); }
std::string Hex16(uint64_t value) { return fmt::format("{:016x}", value); }

std::string HexDigest(const EVP_MD* kind, std::string_view text, size_t digits) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, kind, nullptr) != 1) {
    throw std::runtime_error("libcrypto refuses a digest");  // a broken installation
  }
  std::string hex;
  for (unsigned int i = 0; i < size && hex.size() < digits; ++i) {
    hex += fmt::format("{:02x}", digest[i]);
  }
  hex.resize(digits);
  return hex;
}

}  // namespace

std::string EncodeCookie(CookieEncoding encoding, std::string_view text) {
  switch (encoding) {
    case CookieEncoding::kRawUrl:
      return std::string(text);
    case CookieEncoding::kFnv1a:
      return Hex(Fnv1a(text));
    case CookieEncoding::kFnv1OfFnv1a:
      return Hex(Fnv1(Hex16(Fnv1a(text))));
    case CookieEncoding::kSha256:
      return HexDigest(EVP_sha256(), text, 16);
    case CookieEncoding::kFnv1:
      return Hex(Fnv1(text));
    case CookieEncoding::kFnv1Twice:
      return Hex(Fnv1(Hex(Fnv1(text))));
    case CookieEncoding::kCount:
      break;
  }
  return {};
}

std::vector<std::string> ChildCookieValues(std::string_view written_name) {
  return {std::string(written_name), EncodeCookie(CookieEncoding::kFnv1, written_name),
          EncodeCookie(CookieEncoding::kSha256, written_name)};
}

std::string DefaultCookieName(std::string_view service) {
  return fmt::format("_{}", HexDigest(EVP_sha1(), fmt::format("_TRAEFIK_BACKEND_{}", service), 5));
}

std::string SanitizeCookieName(std::string_view name) {
  static constexpr std::string_view kKept = "!#$%&'*+-.^`|~";
  std::string out(name);
  for (char& c : out) {
    const bool word = (c >= '0' && c <= '9') || (ToLower(c) >= 'a' && ToLower(c) <= 'z');
    if (!word && kKept.find(c) == std::string_view::npos) c = '_';
  }
  return out;
}

std::string NormalizeServerUrl(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return {};
  std::string_view rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("?#"));
  const size_t slash = rest.find('/');
  std::string_view host = rest.substr(0, slash);
  if (const size_t at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.empty()) return {};
  const std::string_view path = slash == std::string_view::npos ? "" : rest.substr(slash);
  return fmt::format("{}://{}{}", ToLower(url.substr(0, scheme)), ToLower(host), path);
}

}  // namespace stickyd
