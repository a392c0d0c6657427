// SPDX-License-Identifier: Apache-2.0
// web_server.h: an HTTP server on loopback that says what a test tells it to, well-formed or not.
// Threads: the handler runs in threads of the server's, one per connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace stickyd {

class WebServer {
 public:
  // One request on a connection, and how to answer it.
  class Talk {
   public:
    Talk(int socket, std::string head) : request(std::move(head)), socket_(socket) {}
    const std::string request;  // its head
    // "/path?query" of the request.
    std::string target() const {
      const size_t begin = request.find(' ') + 1;
      return request.substr(begin, request.find(' ', begin) - begin);
    }
    // Of the first header of this name, as it is spelled there; "" without one.
    std::string Header(const std::string& name) const {
      const size_t at = request.find("\r\n" + name + ": ");
      if (at == std::string::npos) return "";
      const size_t begin = at + 4 + name.size();
      return request.substr(begin, request.find("\r\n", begin) - begin);
    }
    // False once the client has gone.
    bool Send(std::string_view bytes) const {
      while (!bytes.empty()) {
        const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<size_t>(sent));
      }
      return true;
    }
    // `headers`: each with its \r\n.
    void Answer(int status, const std::string& body, const std::string& headers = "") const {
      Send("HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    // The connection ends with this answer.
    void Close() { closed_ = true; }
    // Until the client closes the connection.
    void AwaitClient() const {
      char byte = 0;
      while (recv(socket_, &byte, 1, 0) > 0) {
      }
    }
    bool closed() const { return closed_; }

   private:
    const int socket_;
    bool closed_ = false;
  };
  using Handler = std::function<void(Talk&)>;

  explicit WebServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0) std::abort();
    getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::jthread([this] { Accept(); });
  }
  ~WebServer() {
    shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    close(listener_);
    for (Connection& connection : connections_) {
      shutdown(connection.socket, SHUT_RDWR);
      connection.thread.join();
      close(connection.socket);
    }
  }
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& path = "/") const { return "http://" + address() + path; }

 private:
  struct Connection {
    int socket;
    std::jthread thread;
  };

  void Accept() {
    for (;;) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      connections_.push_back({socket, std::jthread([this, socket] { Serve(socket); })});
    }
  }

  void Serve(int socket) const {
    std::string read;
    for (;;) {
      // What begins a TLS connection is a request as well, which nobody here can read.
      const size_t end = read.starts_with('\x16') ? 0 : read.find("\r\n\r\n");
      if (end != std::string::npos) {
        Talk talk(socket, read.substr(0, end + 2));
        read.erase(0, end + 4);
        handler_(talk);
        if (talk.closed()) break;
        continue;
      }
      char bytes[4096];
      const ssize_t count = recv(socket, bytes, sizeof bytes, 0);
      if (count <= 0) break;
      read.append(bytes, static_cast<size_t>(count));
    }
    shutdown(socket, SHUT_RDWR);
  }

  const Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::list<Connection> connections_;  // of the accepting thread, until it has ended
  std::jthread accepting_;
};

}  // namespace stickyd
