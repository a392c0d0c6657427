// SPDX-License-Identifier: Apache-2.0
#include "stickyd/probe/cookie_jar.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "stickyd/base/site.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

// 400 days: no cookie lasts longer.
constexpr std::chrono::seconds kLongestAge = std::chrono::hours(24 * 400);

struct Refusal {
  CookieReason reason = CookieReason::kNone;
  std::string why;
};

bool StartsWithIgnoringCase(std::string_view text, std::string_view begin) {
  return EqualsIgnoreCase(text.substr(0, begin.size()), begin);
}

bool HostMatches(std::string_view domain, std::string_view host) {
  const bool address = IsIpAddress(host) || IsIpAddress(domain);
  return address ? domain == host : DomainCovers(domain, host);
}

bool HostMatches(const StoredCookie& cookie, std::string_view host) {
  return cookie.host_only ? cookie.domain == host : HostMatches(cookie.domain, host);
}

bool IsExpired(const StoredCookie& cookie, CookieTime now) {
  return cookie.expires && *cookie.expires <= now;
}

// What is directly below a public suffix can be registered. A name without a dot, such as
// localhost, counts as one.
bool IsPublicSuffix(const std::string& domain) {
  if (IsIpAddress(domain)) return false;
  return RegistrableDomain("a." + domain) == "a." + domain;
}

void SetExpiry(CookieTime now, StoredCookie& cookie) {
  if (cookie.set.max_age_s) {
    const auto most = kLongestAge.count();
    cookie.expires = *cookie.set.max_age_s <= 0
                         ? now
                         : now + std::chrono::seconds(std::min(*cookie.set.max_age_s, most));
  } else if (cookie.set.expires) {
    cookie.expires = std::min(*cookie.set.expires, now + kLongestAge);
  }
}

Refusal SetDomain(const CookieScene& scene, StoredCookie& cookie) {
  std::string domain = cookie.set.domain;
  const auto is_foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  if (std::any_of(domain.begin(), domain.end(), is_foreign)) {
    return {CookieReason::kDomain, "Domain has characters that are not ASCII"};
  }
  if (!domain.empty() && domain != scene.host && IsPublicSuffix(domain)) {
    return {CookieReason::kPublicSuffix,
            fmt::format("Domain={} is a public suffix, which belongs to nobody", domain)};
  }
  if (!domain.empty() && IsPublicSuffix(domain)) domain.clear();  // of its own host
  if (!domain.empty() && !HostMatches(domain, scene.host)) {
    return {CookieReason::kDomain,
            fmt::format("Domain={} does not cover host {}", domain, scene.host)};
  }
  cookie.host_only = domain.empty();
  cookie.domain = domain.empty() ? scene.host : domain;
  return {};
}

Refusal CheckPrefix(const StoredCookie& cookie) {
  const SetCookie& set = cookie.set;
  if (set.name.empty()) {
    const bool disguised = StartsWithIgnoringCase(set.value, "__Host-") ||
                           StartsWithIgnoringCase(set.value, "__Secure-");
    if (!disguised) return {};
    return {CookieReason::kPrefix, "its value begins as a name with a prefix would"};
  }
  const bool host = StartsWithIgnoringCase(set.name, "__Host-");
  if (!host && !StartsWithIgnoringCase(set.name, "__Secure-")) return {};
  if (!set.secure) return {CookieReason::kPrefix, "its prefix asks for Secure"};
  if (host && (!cookie.host_only || !set.has_path || cookie.path != "/")) {
    return {CookieReason::kPrefix, "the prefix __Host- asks for Path=/ and no Domain"};
  }
  return {};
}

Refusal CheckSite(const CookieScene& scene, const SetCookie& set) {
  if (scene.initiator == Initiator::kCrossCall) {
    if (set.same_site != SameSite::kNone) {
      return {CookieReason::kSameSite,
              "another site's page asked, and SameSite is not None: it is not kept"};
    }
    if (scene.third_parties == ThirdParties::kBlocked) {
      return {CookieReason::kThirdParty, "the browser blocks cookies of third parties"};
    }
  }
  if (set.same_site == SameSite::kNone && !set.secure) {
    return {CookieReason::kNoneWithoutSecure, "SameSite=None asks for Secure"};
  }
  return {};
}

const char* SiteName(SameSite same_site) {
  switch (same_site) {
    case SameSite::kStrict:
      return "SameSite=Strict";
    case SameSite::kLax:
      return "SameSite=Lax";
    default:
      return "without SameSite it is Lax";
  }
}

Refusal WhyKeptBack(const StoredCookie& cookie, const CookieScene& scene, CookieTime now) {
  if (IsExpired(cookie, now)) return {CookieReason::kExpired, "its lifetime is over"};
  if (!HostMatches(cookie, scene.host)) {
    return {CookieReason::kHost, fmt::format("it belongs to {}{}", cookie.domain,
                                             cookie.host_only ? " alone: it has no Domain" : "")};
  }
  if (!CookiePathCovers(cookie.path, scene.path)) {
    return {CookieReason::kPath,
            fmt::format("Path={} does not cover {}", cookie.path, Printable(scene.path))};
  }
  if (cookie.set.secure && !scene.secure) {
    return {CookieReason::kSecureOverHttp, "it is Secure, and this is http"};
  }
  if (scene.initiator == Initiator::kSameSite) return {};
  const SameSite same_site = cookie.set.same_site;
  if (same_site == SameSite::kNone) {
    const bool blocked =
        scene.initiator == Initiator::kCrossCall && scene.third_parties == ThirdParties::kBlocked;
    if (!blocked) return {};
    return {CookieReason::kThirdParty, "the browser blocks cookies of third parties"};
  }
  const bool taken_along = scene.initiator == Initiator::kCrossNavigation && scene.safe_method &&
                           same_site != SameSite::kStrict;
  if (taken_along) return {};
  return {CookieReason::kSameSite,
          fmt::format("another site's page asks, and {}", SiteName(same_site))};
}

}  // namespace

std::string_view Name(CookieAct act) {
  static constexpr std::string_view kNames[] = {"stored",  "replaced", "removed",
                                                "refused", "sent",     "kept back"};
  return kNames[static_cast<size_t>(act)];
}

std::string DefaultCookiePath(std::string_view request_path) {
  if (!request_path.starts_with('/')) return "/";
  const size_t slash = request_path.rfind('/');
  return slash == 0 ? "/" : std::string(request_path.substr(0, slash));
}

bool CookiePathCovers(std::string_view cookie_path, std::string_view request_path) {
  if (!request_path.starts_with(cookie_path)) return false;
  return request_path.size() == cookie_path.size() || cookie_path.ends_with('/') ||
         request_path[cookie_path.size()] == '/';
}

bool CookieJar::ShadowsSecure(const StoredCookie& cookie) const {
  return std::any_of(cookies_.begin(), cookies_.end(), [&](const StoredCookie& there) {
    return there.set.secure && there.set.name == cookie.set.name &&
           (HostMatches(there.domain, cookie.domain) || HostMatches(cookie.domain, there.domain)) &&
           CookiePathCovers(there.path, cookie.path);
  });
}

CookieDecision CookieJar::Take(std::string_view set_cookie, const CookieScene& scene,
                               CookieTime now) {
  auto parsed = ParseSetCookie(set_cookie);
  if (!parsed) {
    const size_t end = set_cookie.find_first_of("=;");
    return {std::string(Trim(set_cookie.substr(0, std::min<size_t>(end, 64)))), "",
            CookieAct::kRefused, CookieReason::kMalformed, parsed.error()};
  }
  StoredCookie cookie;
  cookie.set = std::move(*parsed);
  CookieDecision decision{cookie.set.name, cookie.set.value};
  cookie.path = cookie.set.path.empty() ? DefaultCookiePath(scene.path) : cookie.set.path;
  Refusal refusal = SetDomain(scene, cookie);
  const auto check = [&](auto found) {
    if (refusal.reason == CookieReason::kNone) refusal = found();
  };
  check([&]() -> Refusal {
    if (!cookie.set.secure || scene.secure) return {};
    return {CookieReason::kSecureOverHttp, "it is Secure, and came over http"};
  });
  check([&]() -> Refusal {
    if (cookie.set.secure || scene.secure || !ShadowsSecure(cookie)) return {};
    return {CookieReason::kOverSecure, "http may not overwrite a Secure cookie of its name"};
  });
  check([&] { return CheckSite(scene, cookie.set); });
  check([&] { return CheckPrefix(cookie); });
  if (refusal.reason != CookieReason::kNone) {
    decision.reason = refusal.reason;
    decision.why = std::move(refusal.why);
    return decision;
  }
  SetExpiry(now, cookie);
  cookie.created = cookie.used = ++clock_;
  const auto old = std::find_if(cookies_.begin(), cookies_.end(), [&](const StoredCookie& there) {
    return std::tie(there.set.name, there.domain, there.host_only, there.path) ==
           std::tie(cookie.set.name, cookie.domain, cookie.host_only, cookie.path);
  });
  const bool replaces = old != cookies_.end();
  if (IsExpired(cookie, now)) {
    decision.reason = CookieReason::kExpired;
    decision.act = replaces ? CookieAct::kRemoved : CookieAct::kRefused;
    decision.why = "its lifetime is over when it comes";
    if (replaces) cookies_.erase(old);
    return decision;
  }
  if (replaces) {
    cookie.created = old->created;
    cookie.site = old->site;
    *old = std::move(cookie);
  } else {
    cookie.site = RegistrableDomain(cookie.domain);
    MakeRoom(cookie.site, now);
    cookies_.push_back(std::move(cookie));
  }
  decision.act = replaces ? CookieAct::kReplaced : CookieAct::kStored;
  return decision;
}

// Who goes: what has expired, else the least recently used that is not Secure, else that which is.
void CookieJar::MakeRoom(const std::string& site, CookieTime now) {
  const auto of_site = [&](const StoredCookie& cookie) { return cookie.site == site; };
  const auto sooner = [&](const StoredCookie& a, const StoredCookie& b) {
    const auto rank = [&](const StoredCookie& cookie) {
      return std::make_tuple(!IsExpired(cookie, now), cookie.set.secure, cookie.used);
    };
    return rank(a) < rank(b);
  };
  const auto count = std::count_if(cookies_.begin(), cookies_.end(), of_site);
  if (static_cast<size_t>(count) >= kMostPerDomain) {
    const auto end = std::stable_partition(cookies_.begin(), cookies_.end(), of_site);
    cookies_.erase(std::min_element(cookies_.begin(), end, sooner));
  } else if (cookies_.size() >= kMost) {
    cookies_.erase(std::min_element(cookies_.begin(), cookies_.end(), sooner));
  }
}

CookieJar::Selection CookieJar::Select(const CookieScene& scene, CookieTime now) {
  std::vector<StoredCookie*> sent;
  Selection selection;
  std::vector<CookieDecision> kept_back;
  for (StoredCookie& cookie : cookies_) {
    Refusal refusal = WhyKeptBack(cookie, scene, now);
    if (refusal.reason == CookieReason::kNone) {
      sent.push_back(&cookie);
    } else {
      kept_back.push_back({cookie.set.name, cookie.set.value, CookieAct::kKeptBack, refusal.reason,
                           std::move(refusal.why)});
    }
  }
  std::sort(sent.begin(), sent.end(), [](const StoredCookie* a, const StoredCookie* b) {
    if (a->path.size() != b->path.size()) return a->path.size() > b->path.size();
    return a->created < b->created;
  });
  for (StoredCookie* cookie : sent) {
    cookie->used = ++clock_;
    if (!selection.header.empty()) selection.header += "; ";
    if (!cookie->set.name.empty()) selection.header += cookie->set.name + "=";
    selection.header += cookie->set.value;
    selection.decisions.push_back({cookie->set.name, cookie->set.value, CookieAct::kSent});
  }
  selection.decisions.insert(selection.decisions.end(), kept_back.begin(), kept_back.end());
  return selection;
}

void CookieJar::Overwrite(std::string_view name, std::string_view value) {
  for (StoredCookie& cookie : cookies_) {
    if (cookie.set.name == name) cookie.set.value = value;
  }
}

}  // namespace stickyd
