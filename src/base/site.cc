// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/site.h"

#include <libpsl.h>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

std::string_view WithoutPort(std::string_view host) {
  if (host.starts_with('[')) {
    const size_t close = host.find(']');
    return close == std::string_view::npos ? host : host.substr(1, close - 1);
  }
  const size_t colon = host.find(':');
  // More than one: a bare IPv6 address.
  return host.rfind(':') != colon ? host : host.substr(0, colon);
}

}  // namespace

std::string RegistrableDomain(std::string_view host) {
  constexpr size_t kLongestName = 253;
  std::string name = ToLower(WithoutPort(host));
  if (name.ends_with('.')) name.pop_back();
  if (name.size() > kLongestName || IsIpAddress(name)) return name;
  const char* domain = psl_registrable_domain(psl_builtin(), name.c_str());
  return domain == nullptr ? name : domain;
}

bool IsSameSite(std::string_view host_a, std::string_view host_b) {
  return RegistrableDomain(host_a) == RegistrableDomain(host_b);
}

std::string_view HostOfUrl(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  std::string_view rest = url.substr(scheme + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (const size_t at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  return WithoutPort(rest);
}

bool DomainCovers(std::string_view domain, std::string_view host) {
  host = WithoutPort(host);
  if (host.size() <= domain.size()) return EqualsIgnoreCase(host, domain);
  const std::string_view end = host.substr(host.size() - domain.size());
  return host[host.size() - domain.size() - 1] == '.' && EqualsIgnoreCase(end, domain);
}

}  // namespace stickyd
