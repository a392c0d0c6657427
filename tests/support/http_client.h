// SPDX-License-Identifier: Apache-2.0
// http_client.h: a client on a socket, as slow and as rude as a test wants it.
// Errors:  what hangs for a minute has failed; nothing else depends on time.
#pragma once

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>

#include "stickyd/base/fd.h"
#include "stickyd/base/listen_address.h"

namespace stickyd {

constexpr int kHangsMilliseconds = 60'000;

// `window`: bytes that are taken unread; 0: what the system thinks.
inline UniqueFd Connect(const std::string& address, int window = 0) {
  const auto to = ListenAddress::Parse(address);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (!to || ::getaddrinfo(to->host.c_str(), to->port.c_str(), &hints, &list) != 0) return {};
  UniqueFd fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{kHangsMilliseconds / 1000, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  if (window != 0) ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
  const bool connected = ::connect(fd.get(), list->ai_addr, list->ai_addrlen) == 0;
  ::freeaddrinfo(list);
  return connected ? std::move(fd) : UniqueFd();
}

inline bool Write(const UniqueFd& fd, const std::string& text) {
  return ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(text.size());
}

// Until the other side ends.
inline std::string ReadAll(const UniqueFd& fd) {
  std::string answer;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::recv(fd.get(), buffer, sizeof(buffer), 0)) > 0;) {
    answer.append(buffer, static_cast<size_t>(n));
  }
  return answer;
}

// Waits for `events`; what came of them.
inline int16_t WaitFor(const UniqueFd& fd, int16_t events) {
  pollfd polled{fd.get(), events, 0};
  return ::poll(&polled, 1, kHangsMilliseconds) == 1 ? polled.revents : int16_t{0};
}

// Has the other side ended it? What was sent before may be unread.
inline bool IsEnded(const UniqueFd& fd) {
  pollfd polled{fd.get(), POLLRDHUP, 0};
  return ::poll(&polled, 1, 0) == 1;
}
inline bool WaitUntilEnded(const UniqueFd& fd) { return WaitFor(fd, POLLRDHUP) != 0; }

// Who is refused may not get rid of all that it has to say.
inline std::string Ask(const std::string& address, const std::string& request) {
  const UniqueFd fd = Connect(address);
  if (!fd) return {};
  Write(fd, request);
  return ReadAll(fd);
}

inline std::string Get(const std::string& address, const std::string& path,
                       const std::string& headers = "") {
  return Ask(address, "GET " + path + " HTTP/1.0\r\n" + headers + "\r\n");
}

inline bool Has(const std::string& answer, const std::string& text) {
  return answer.find(text) != std::string::npos;
}

}  // namespace stickyd
