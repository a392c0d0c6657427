// SPDX-License-Identifier: Apache-2.0
#include "request_check.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "stickyd/base/listen_address.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr std::string_view kScheme = "http://";

// As /etc/hosts has them, and as containers call the machine that they run on.
constexpr const char* kLoopbackNames[] = {
    "localhost",    "localhost.localdomain", "ip6-localhost",
    "ip6-loopback", "host.docker.internal",  "host.containers.internal"};

bool IsPort(std::string_view text) {
  return text.empty() || (text.front() == ':' && ParseDigits(text.substr(1)).has_value());
}

// Without the port; empty if it is none.
std::string_view HostOf(std::string_view authority) {
  const bool bracketed = authority.starts_with('[');
  const size_t end = bracketed ? authority.find(']') : authority.find(':');
  if (bracketed && end == std::string_view::npos) return {};
  const size_t port = bracketed ? end + 1 : end;
  if (port != std::string_view::npos && !IsPort(authority.substr(port))) return {};
  return bracketed ? authority.substr(1, end - 1) : authority.substr(0, end);
}

std::string OwnName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? ToLower(name.data()) : "";
}

}  // namespace

Target Target::Of(std::string_view target, std::string_view host) {
  if (!EqualsIgnoreCase(target.substr(0, kScheme.size()), kScheme)) return {host, target};
  target.remove_prefix(kScheme.size());
  const size_t slash = target.find('/');
  if (slash == std::string_view::npos) return {target, "/"};
  return {target.substr(0, slash), target.substr(slash)};
}

HostNames::HostNames(const std::vector<std::string>& addresses)
    : names_(std::begin(kLoopbackNames), std::end(kLoopbackNames)) {
  names_.push_back(OwnName());
  for (const std::string& text : addresses) {
    if (const auto address = ListenAddress::Parse(text)) names_.push_back(ToLower(address->host));
  }
  std::erase(names_, "");
}

bool HostNames::Has(std::string_view authority) const {
  if (authority.empty()) return true;
  const std::string host = ToLower(HostOf(authority));
  return IsIpAddress(host) || host.ends_with(".localhost") ||
         std::find(names_.begin(), names_.end(), host) != names_.end();
}

bool IsCrossSite(std::string_view authority, std::string_view origin, std::string_view fetch_site) {
  if (!fetch_site.empty() && fetch_site != "same-origin" && fetch_site != "none") return true;
  return !origin.empty() &&
         !EqualsIgnoreCase(origin, std::string(kScheme) + std::string(authority));
}

}  // namespace stickyd
