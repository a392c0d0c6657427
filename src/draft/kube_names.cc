// SPDX-License-Identifier: Apache-2.0
#include "kube_names.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "draft_builder.h"

namespace stickyd {

std::string RuleDigest(std::string_view rule) {
  constexpr size_t kBytes = 10;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(rule.data(), rule.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("libcrypto refuses a digest");  // a broken installation
  }
  std::string hex;
  for (size_t i = 0; i < kBytes; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

std::string InGoQuotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string RouteName(std::string_view space, std::string_view ingress_route,
                      std::string_view rule) {
  return NormalizedName(fmt::format("{}-{}-{}", space, ingress_route, RuleDigest(rule)));
}

std::string PrefixOfElements(std::string_view path) {
  if (path == "/") return "PathPrefix(\"/\")";
  if (path.ends_with('/')) path.remove_suffix(1);
  return fmt::format("(Path({}) || PathPrefix({}))", InGoQuotes(path),
                     InGoQuotes(std::string(path) + "/"));
}

}  // namespace stickyd
