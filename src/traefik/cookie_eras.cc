// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/cookie_eras.h"

#include <algorithm>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using E = CookieEncoding;

constexpr CookieEra kOfServers[] = {
    {"v1.7 to v2.4", E::kRawUrl},
    {"v2.5 to v2.11", E::kFnv1a},
    {"v3.0 to v3.3.3", E::kFnv1OfFnv1a},
    {"v3.3.4 and later", E::kSha256},
};
// Weighted services came with v2.0.
constexpr CookieEra kOfChildren[] = {
    {"v2.0 to v2.10", E::kRawUrl},
    {"v2.11 to v3.3.3", E::kFnv1},
    {"v3.3.4 and later", E::kSha256},
};

bool AcceptsServer(const CookieEra& era, const CookieText& text) {
  // Only v3.0 to v3.3.3 look for a hash with its zeros.
  if (text.padded) return era.writes == E::kFnv1OfFnv1a && text.encoding == E::kFnv1a;
  if (text.other_url && era.writes == E::kSha256) return false;
  // v2.5 to v2.11 write the hash of all of it, and look for that of the rest.
  if (text.hopeless && era.writes == E::kFnv1a && text.encoding == E::kFnv1a) return false;
  return Accepts(era.writes, text.encoding, text.bytes);
}

bool AcceptsChild(const CookieEra& era, const CookieText& text) {
  if (text.padded) return false;
  switch (era.writes) {
    case E::kRawUrl:
      return text.encoding == E::kRawUrl;
    case E::kFnv1:
      return text.encoding == E::kRawUrl || text.encoding == E::kFnv1;
    default:
      return text.encoding == E::kRawUrl || text.encoding == E::kFnv1 ||
             text.encoding == E::kFnv1Twice || text.encoding == E::kSha256;
  }
}

}  // namespace

std::string_view Name(CookieNames names) {
  return names == CookieNames::kServer ? "server" : "service";
}

std::string_view Name(CookieFate fate) {
  constexpr std::string_view kNames[] = {"kept", "rewritten", "refused"};
  return kNames[static_cast<size_t>(fate)];
}

std::span<const CookieEra> CookieEras(CookieNames names) {
  if (names == CookieNames::kServer) return kOfServers;
  return kOfChildren;
}

const CookieEra* EraThatWrites(CookieNames names, CookieEncoding encoding) {
  const auto eras = CookieEras(names);
  const auto at = std::find_if(eras.begin(), eras.end(),
                               [&](const CookieEra& era) { return era.writes == encoding; });
  return at == eras.end() ? nullptr : &*at;
}

const CookieEra* EraOfVersion(CookieNames names, std::string_view version) {
  const auto encoding = EncodingOfVersion(version);
  if (!encoding) return nullptr;
  if (names == CookieNames::kServer) return EraThatWrites(names, *encoding);
  if (version.starts_with('v')) version.remove_prefix(1);
  if (version.starts_with("1.")) return nullptr;
  switch (*encoding) {
    case E::kRawUrl:
      return EraThatWrites(names, E::kRawUrl);
    case E::kFnv1a: {
      const std::string_view minor = version.substr(2);
      const auto number = ParseNumber<int>(minor.substr(0, minor.find_first_not_of("0123456789")));
      return EraThatWrites(names, number.value_or(0) < 11 ? E::kRawUrl : E::kFnv1);
    }
    case E::kFnv1OfFnv1a:
      return EraThatWrites(names, E::kFnv1);
    default:
      return EraThatWrites(names, E::kSha256);
  }
}

CookieFate FateOf(CookieNames names, const CookieEra& era, const CookieText& text) {
  const bool accepts =
      names == CookieNames::kServer ? AcceptsServer(era, text) : AcceptsChild(era, text);
  if (!accepts) return CookieFate::kRefused;
  // Before v3.3.4 what is read is left alone.
  const bool rewrites = era.writes == E::kSha256 && text.encoding != E::kSha256;
  return rewrites ? CookieFate::kRewritten : CookieFate::kKept;
}

}  // namespace stickyd
