// SPDX-License-Identifier: Apache-2.0
// site.h: do two hosts belong to one site, as browsers see it (SameSite cookies)?
// Source:  the public suffix list, through libpsl; RFC 6265bis section 5.2.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

// The registrable domain of a host (example.co.uk of www.example.co.uk); the host itself for
// addresses, single labels and public suffixes. Lower case, without port.
std::string RegistrableDomain(std::string_view host);

// Both hosts may have ports.
bool IsSameSite(std::string_view host_a, std::string_view host_b);

// The host of `scheme://host:port/...`, without port; empty if there is none.
std::string_view HostOfUrl(std::string_view url);

// Is the host that domain, or below it? Case does not matter. Browsers refuse a cookie of any other
// Domain.
bool DomainCovers(std::string_view domain, std::string_view host);

}  // namespace stickyd
