// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/listen_address.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

// All that the system grants: who finds it full tries again after a second.
constexpr int kBacklog = SOMAXCONN;

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

// 0: a socket, else errno.
int TryListen(const addrinfo& at, UniqueFd& socket) {
  socket.Reset(::socket(at.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return errno;
  const int on = 1;
  const int off = 0;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (at.ai_family == AF_INET6)
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  if (::bind(socket.get(), at.ai_addr, at.ai_addrlen) != 0) return errno;
  return ::listen(socket.get(), kBacklog) == 0 ? 0 : errno;
}

Result<UniqueFd> ListenOn(const ListenAddress& address, const std::string& port) {
  const std::string& host = address.host;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed =
      ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found);
  if (failed != 0) {
    return Fail(ErrorCode::kIo,
                fmt::format("cannot listen on {}: {}", address.ToString(), ::gai_strerror(failed)));
  }
  const Addresses list(found);
  // A name means its IPv4 address where it has one, as in other exporters; every address means an
  // IPv6 socket that takes both, where there is IPv6.
  int error = 0;
  for (const int family :
       host.empty() ? std::array{AF_INET6, AF_INET} : std::array{AF_INET, AF_INET6}) {
    for (const addrinfo* at = list.get(); at != nullptr; at = at->ai_next) {
      if (at->ai_family != family) continue;
      UniqueFd socket;
      error = TryListen(*at, socket);
      if (error == 0) return socket;
      if (error != EAFNOSUPPORT && error != EADDRNOTAVAIL) break;
    }
    if (error != 0 && error != EAFNOSUPPORT && error != EADDRNOTAVAIL) break;
  }
  return Fail(ErrorCode::kIo,
              fmt::format("cannot listen on {}: {}", address.ToString(), std::strerror(error)));
}

}  // namespace

Result<ListenAddress> ListenAddress::Parse(const std::string& text) {
  const size_t colon = text.rfind(':');
  ListenAddress address;
  if (colon != std::string::npos) {
    address = {text.substr(0, colon), text.substr(colon + 1)};
  }
  const auto port = ParseNumber<uint16_t>(address.port);
  std::string& host = address.host;
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool colons = host.find(':') != std::string::npos;
  if (!port || colons != bracketed || (colons && !IsIpAddress(host)) ||
      host.find_first_of(" ,/[]") != std::string::npos) {
    return Fail(ErrorCode::kInvalidInput, "'" + text + "' is not HOST:PORT, :PORT or [IPv6]:PORT");
  }
  return address;
}

std::string ListenAddress::ToString() const {
  return host.find(':') == std::string::npos ? host + ":" + port : "[" + host + "]:" + port;
}

Result<UniqueFd> ListenAddress::Listen() const { return ListenOn(*this, port); }

Status ListenAddress::Try() const {
  const auto socket = ListenOn(*this, "0");
  return socket ? Status() : tl::unexpected(socket.error());
}

std::string AddressOf(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof(bound);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the socket API is like that.
  auto* address = reinterpret_cast<sockaddr*>(&bound);
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getsockname(socket, address, &size) != 0 ||
      ::getnameinfo(address, size, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "?";
  }
  return ListenAddress{host.data(), port.data()}.ToString();
}

bool IsLoopback(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("[::1]:");
}

}  // namespace stickyd
