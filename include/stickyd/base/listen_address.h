// SPDX-License-Identifier: Apache-2.0
// listen_address.h: HOST:PORT, :PORT (every address), [IPv6]:PORT -> a listening socket.
// Role:    options check the text, the HTTP server listens.
// Shape:   a name is resolved when it is listened on; port 0 takes any free one.
// Errors:  messages name the address and what the system says of it.
// Threads: pure functions, except for the socket.
#pragma once

#include <string>

#include "stickyd/base/fd.h"
#include "stickyd/base/result.h"

namespace stickyd {

struct ListenAddress {
  std::string host;  // empty: every address, IPv6 and IPv4
  std::string port;

  static Result<ListenAddress> Parse(const std::string& text);
  // Non-blocking, closed on exec.
  Result<UniqueFd> Listen() const;
  // Is it an address of this machine? It tries a free port, so the address may be in use already.
  Status Try() const;
  std::string ToString() const;
};

// The address that a socket has, as ListenAddress takes it.
std::string AddressOf(int socket);
// True if only programs on this machine can reach it.
bool IsLoopback(const std::string& address);

}  // namespace stickyd
