// SPDX-License-Identifier: Apache-2.0
// loopback.h: sockets on loopback: ports that the system chose, clients with addresses of their
//          own.
// Errors:  what cannot be opened is an empty descriptor; what hangs for a minute has failed.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "stickyd/base/fd.h"
#include "support/http_client.h"

namespace stickyd {

inline sockaddr_in LoopbackAddress(const std::string& host, uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

inline bool BindTo(const UniqueFd& fd, const sockaddr_in& address) {
  return ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

inline uint16_t PortOf(const UniqueFd& fd) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

// A port that is free now.
inline uint16_t FreePort() {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return BindTo(fd, LoopbackAddress("127.0.0.1", 0)) ? PortOf(fd) : uint16_t{0};
}

// From `client`, an address of 127.0.0.0/8, to a port of 127.0.0.1.
inline UniqueFd ConnectFrom(const std::string& client, uint16_t port,
                            int patience_seconds = kHangsMilliseconds / 1000) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{patience_seconds, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  const sockaddr_in to = LoopbackAddress("127.0.0.1", port);
  const bool connected =
      BindTo(fd, LoopbackAddress(client, 0)) &&
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
  return connected ? std::move(fd) : UniqueFd();
}

}  // namespace stickyd
