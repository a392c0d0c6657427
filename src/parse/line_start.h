// SPDX-License-Identifier: Apache-2.0
// line_start.h: where a line of Traefik's begins behind what a shipper put before it.
// Role:    ClfParser and LineParser cut the prefix off: `Jan 05 09:00:00 edge1 traefik[812]: `,
//          `traefik-1  | `, `[pod/traefik-74/traefik] `, a time, a syslog header, `access.log:12:`.
// Shape:   in CLF, the line begins at the address before its first ` - `, or at the list of
//          addresses that ends there; in JSON, at the first `{"`. A client cannot move either: what
//          it writes left of its address is a forwarded list, and a list that is not all addresses
//          is left whole (its right-most entry counts); a user name comes behind the first ` - `.
// Cost:    linear in what stands before the line; no allocation.
// Source:  docs/FORMATS.md "Wrappings"; RFC 5424.
#pragma once

#include <string_view>

namespace stickyd {

// `head`: the line up to its time. 0 where no address stands behind a prefix; a syslog header is
// one in any case.
size_t FindClfStart(std::string_view head);
// Does an address and ` - ` stand in it, behind a prefix or at its beginning?
bool HoldsClfStart(std::string_view text);
// Where the object begins; 0 where none does behind a plausible prefix.
size_t FindJsonStart(std::string_view line);

}  // namespace stickyd
