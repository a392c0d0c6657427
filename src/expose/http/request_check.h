// SPDX-License-Identifier: Apache-2.0
// request_check.h: whom a request is from, as far as a browser tells, and whom it is for.
// Role:    HttpServer refuses by it.
// Shape:   pages of other sites must not get what is on loopback: a browser gives them away by the
//          Host that it asks for (a name of theirs that they let lead here: DNS rebinding), and by
//          Origin and Sec-Fetch-Site. No page can forge these, and scrapers send none of the last
//          two.
// Threads: pure functions; HostNames is immutable once made.
// Source:  RFC 9110 7.2, RFC 9112 3.2.2; Fetch (Origin, Sec-Fetch-Site); RFC 6761 (localhost).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

// What is asked for: http://AUTHORITY/PATH, or a path and the Host header.
struct Target {
  std::string_view authority;
  std::string_view path;

  static Target Of(std::string_view target, std::string_view host);
};

// The names under which this server may be asked for; no page of another site has one of them.
class HostNames {
 public:
  // `addresses` as configured.
  explicit HostNames(const std::vector<std::string>& addresses);

  // IP addresses (no name leads there, so none can be led elsewhere), names of loopback, of this
  // machine and of the addresses. None at all is fine: browsers always send one.
  bool Has(std::string_view authority) const;

 private:
  std::vector<std::string> names_;  // in lower case
};

// Does a page of another site ask? `authority` is whom it asks.
bool IsCrossSite(std::string_view authority, std::string_view origin, std::string_view fetch_site);

}  // namespace stickyd
