// SPDX-License-Identifier: Apache-2.0
// cookie_reader.h: what the Cookie and Set-Cookie headers of a record say about stickiness.
// Role:    the interpreter asks it for every record that shows such headers.
// Shape:   names come from the configuration where it knows the route; else from what Traefik set
//          (a Set-Cookie that names the server that answered), or a value that names a server.
// Threads: thread-compatible.
// Source:  docs/DETECTION.md section 4.
#pragma once

#include "scope_book.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/observation.h"

namespace stickyd {

class CookieReader {
 public:
  explicit CookieReader(ScopeBook& scopes) : scopes_(scopes) {}

  CookieSight ReadCookie(std::string_view header, const Route& route) const;
  // Learns names and attributes.
  SetCookieSight ReadSetCookie(const AccessRecord& record, const Route& route);
  // Configured, else learnt, else null.
  const StickyCookie* Cookie(const Route& route) const;
  bool IsStickyName(const Route& route, std::string_view name) const;
  BreakSight Examine(const AccessRecord& record, const Route& route) const;

 private:
  bool NamesServer(std::string_view value, const Route& route, CookieEncoding& encoding) const;
  void Learn(const Route& route, std::string_view name, std::string_view attributes);
  bool IsOldName(std::string_view name, const Route& route, EventTime time) const;

  bool IsSetElsewhere(std::string_view name, const CookieMeaning& meaning, ScopeId scope) const;
  static bool IsOtherChild(std::string_view name, const Route& route);

  ScopeBook& scopes_;
  StringMap<ScopeId> setters_;  // by name: the scope that was first seen to set it
};

}  // namespace stickyd
