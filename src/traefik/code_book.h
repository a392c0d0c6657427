// SPDX-License-Identifier: Apache-2.0
// code_book.h: from a sticky cookie's value back to the server, for every server ever known.
// Role:    the interpreter adds servers as the log and the API show them, once per server text.
// Shape:   all encodings of all Traefik versions are computed when a server is added; a lookup is
//          one hash lookup.
// Threads: thread-compatible.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "stickyd/base/name_table.h"
#include "stickyd/model/observation.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {

class CodeBook {
 public:
  // `url` as it is configured or logged; several texts may stand for one server, few
  // enough that nobody fills the book with made-up ones.
  void Add(ServerId server, std::string_view url);
  // What a value stands for. A raw URL counts as it is configured or logged only: Traefik sets no
  // other one, and of those that v1.7 to v2.4 take besides (a query, a user) others take none.
  std::optional<CookieMeaning> Find(std::string_view value) const;

 private:
  StringMap<ServerId> texts_;
  StringMap<CookieMeaning> values_;
  std::vector<uint8_t> count_;  // texts by server
};

}  // namespace stickyd
