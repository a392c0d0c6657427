// SPDX-License-Identifier: Apache-2.0
// pasted_cookies.h: the cookies in what people paste: a value, name=value, a header's line.
// Role:    `decode` reads its arguments and standard input through it.
// Shape:   one line of text. What is recognised, with or without quotes and blanks around it:
//            df5bd2f9c0180410                              a value
//            lb=df5bd2f9c0180410; Path=/; HttpOnly         name=value, with attributes or without
//            Set-Cookie: lb=df5bd2f9c0180410; Path=/       a header; also as curl -v shows it (<),
//            Cookie: lb=df5bd2f9c0180410; theme=dark       or as Traefik's JSON log names it
//            "request_Cookie":"lb=df5bd2f9c0180410"
//          Other headers hold no cookie, so that all of an answer's head can be given.
// Errors:  none; what holds no cookie gives none.
// Threads: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

struct PastedCookie {
  std::string name;  // "": only a value was pasted
  std::string value;
};

std::vector<PastedCookie> ReadPasted(std::string_view line);

// `text` with its %XX decoded; nullopt if there are none, or one is broken.
std::optional<std::string> PercentDecoded(std::string_view text);

}  // namespace stickyd
