// SPDX-License-Identifier: Apache-2.0
// cookie_jar.h: which cookies a browser keeps, and which it sends where, with the reason for each.
// Role:    the prober asks with it; verdicts rest on its reasons, and --trace shows them.
// Shape:   up to kMostPerDomain cookies of a registrable domain, kMost in all; beyond, expired ones
//          go first, then those that are not Secure, then the least recently used.
// Units:   seconds since the epoch, given by the caller.
// Errors:  a cookie that is refused or kept back is a decision with a reason, no error.
// Threads: thread-compatible. Reads no clock.
// Cost:    linear in the cookies that are kept.
// Source:  RFC 6265bis sections 5.7 and 5.8; the public suffix list. Stricter than some browsers in
//          one thing: http never counts as secure, not even on loopback.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/probe/set_cookie.h"

namespace stickyd {

// Where a request comes from, as far as cookies are concerned.
enum class Initiator : uint8_t {
  kSameSite,         // a page of the same site, or whoever types the address
  kCrossNavigation,  // a link or form of another site
  kCrossCall,        // fetch, frame or image of another site's page
};
enum class ThirdParties : uint8_t { kAllowed, kBlocked };

// A request, as far as cookies are concerned.
struct CookieScene {
  bool secure = false;  // https
  std::string host;     // lower case, without port and brackets
  std::string path = "/";
  bool safe_method = true;
  Initiator initiator = Initiator::kSameSite;
  ThirdParties third_parties = ThirdParties::kAllowed;
};

enum class CookieAct : uint8_t {
  kStored,
  kReplaced,  // another value of it was there
  kRemoved,   // an expired one takes away what was there
  kRefused,
  kSent,
  kKeptBack,
};
enum class CookieReason : uint8_t {
  kNone,
  kMalformed,     // control characters, too long, empty
  kPublicSuffix,  // Domain=com
  kDomain,        // does not cover the host
  kSecureOverHttp,
  kOverSecure,         // http may not overwrite what https has set
  kNoneWithoutSecure,  // SameSite
  kSameSite,           // another site asks
  kThirdParty,         // and the browser blocks third parties
  kPrefix,             // __Host-, __Secure-
  kExpired,
  kHost,
  kPath,
};
std::string_view Name(CookieAct act);  // "stored", ..., "kept back"

struct CookieDecision {
  std::string name;
  std::string value;
  CookieAct act = CookieAct::kRefused;
  CookieReason reason = CookieReason::kNone;
  std::string why = {};  // "Domain=x does not cover host y"; empty where there is nothing to add
};

struct StoredCookie {
  SetCookie set;
  std::string domain;  // host or Domain
  std::string site;    // its registrable domain
  bool host_only = true;
  std::string path;
  std::optional<CookieTime> expires;  // nullopt: with the session
  uint64_t created = 0;               // in the order of creation
  uint64_t used = 0;
};

class CookieJar {
 public:
  static constexpr size_t kMost = 3000;
  static constexpr size_t kMostPerDomain = 180;

  // What becomes of one Set-Cookie of an answer.
  CookieDecision Take(std::string_view set_cookie, const CookieScene& scene, CookieTime now);

  struct Selection {
    std::string header;  // value of Cookie; empty: none
    std::vector<CookieDecision> decisions;
  };
  // Those that are sent come first, in their order; then those of the host's site that are not.
  Selection Select(const CookieScene& scene, CookieTime now);

  // Gives every cookie of that name another value.
  void Overwrite(std::string_view name, std::string_view value);
  const std::vector<StoredCookie>& cookies() const { return cookies_; }

 private:
  bool ShadowsSecure(const StoredCookie& cookie) const;
  void MakeRoom(const std::string& site, CookieTime now);

  std::vector<StoredCookie> cookies_;
  uint64_t clock_ = 0;
};

// The path that a cookie without Path gets.
std::string DefaultCookiePath(std::string_view request_path);
// Does a request for `request_path` get a cookie of `cookie_path`?
bool CookiePathCovers(std::string_view cookie_path, std::string_view request_path);

}  // namespace stickyd
