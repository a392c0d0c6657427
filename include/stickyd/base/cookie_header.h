// SPDX-License-Identifier: Apache-2.0
// cookie_header.h: the Cookie and Set-Cookie headers as Traefik logs them, part by part.
// Role:    traefik reads stickiness out of them, session the identity of an application.
// Shape:   callbacks with views into the header; nothing is decoded or stored.
// Errors:  anything that is not name=value is passed over; a client can write what it likes.
// Cost:    linear, no allocation.
// Source:  RFC 6265bis; Go's net/http (first cookie of a name counts, quotes come off values);
//          Traefik joins several Set-Cookie headers with a comma (up to v2.4.9 it logs the first
//          only). The date in Expires has a comma inside, too.
#pragma once

#include <string_view>

#include "stickyd/base/text.h"

namespace stickyd {

// Calls visit(name, value) for each pair until it returns false.
template <class Visit>
void ForEachCookie(std::string_view header, Visit visit) {
  while (!header.empty()) {
    const size_t end = header.find(';');
    const std::string_view pair = Trim(header.substr(0, end));
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos && equals > 0) {
      std::string_view value = Trim(pair.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      if (!visit(Trim(pair.substr(0, equals)), value)) return;
    }
    if (end == std::string_view::npos) return;
    header.remove_prefix(end + 1);
  }
}

// The position of the comma that ends the first of the joined Set-Cookie values: one that is
// followed by a token and an equals sign. npos if there is one value only.
size_t FindSetCookieEnd(std::string_view header);

// Calls visit(name, value, attributes) for each cookie set until it returns false; `attributes` is
// what follows the first semicolon.
template <class Visit>
void ForEachSetCookie(std::string_view header, Visit visit) {
  while (!header.empty()) {
    const size_t end = FindSetCookieEnd(header);
    const std::string_view cookie = header.substr(0, end);
    const size_t semicolon = cookie.find(';');
    const std::string_view pair = cookie.substr(0, semicolon);
    const size_t equals = pair.find('=');
    if (equals != std::string_view::npos) {
      const std::string_view attributes =
          semicolon == std::string_view::npos ? std::string_view() : cookie.substr(semicolon + 1);
      std::string_view value = Trim(pair.substr(equals + 1));
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
        value = value.substr(1, value.size() - 2);
      }
      if (!visit(Trim(pair.substr(0, equals)), value, attributes)) return;
    }
    if (end == std::string_view::npos) return;
    header.remove_prefix(end + 1);
  }
}

}  // namespace stickyd
