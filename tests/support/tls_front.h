// SPDX-License-Identifier: Apache-2.0
// tls_front.h: TLS on loopback in front of a server that speaks none.
// Role:    makes an https server of any server of the tests.
// Shape:   what comes over TLS goes to the server's port, and back.
// Threads: one for each connection.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "support/certificates.h"

namespace stickyd {

class TlsFront {
 public:
  enum class After : uint8_t { kServe, kClose };  // what follows the handshake
  struct Plan {
    CertificateFiles own;
    std::string client_ca = {};  // who signs the certificates that clients must show; empty: none
    After after = After::kServe;
  };

  TlsFront(int server_port, const Plan& plan) : server_port_(server_port), after_(plan.after) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    if (SSL_CTX_use_certificate_file(context_.get(), plan.own.cert.c_str(), SSL_FILETYPE_PEM) !=
            1 ||
        SSL_CTX_use_PrivateKey_file(context_.get(), plan.own.key.c_str(), SSL_FILETYPE_PEM) != 1) {
      std::abort();
    }
    if (!plan.client_ca.empty()) {
      if (SSL_CTX_load_verify_locations(context_.get(), plan.client_ca.c_str(), nullptr) != 1) {
        std::abort();
      }
      SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                         nullptr);
    }
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0) std::abort();
    getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::jthread([this] { Accept(); });
  }
  ~TlsFront() {
    shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    close(listener_);
    for (Connection& connection : connections_) {
      shutdown(connection.socket, SHUT_RDWR);
      connection.thread.join();
      close(connection.socket);
    }
  }
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& path = "/") const { return "https://" + address() + path; }
  // Handshakes that both sides were content with.
  int handshakes() const { return handshakes_; }

 private:
  struct Connection {
    int socket;
    std::jthread thread;
  };
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* tls) const { SSL_free(tls); }
  };
  using Tls = std::unique_ptr<SSL, Free>;

  static sockaddr_in Loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    return address;
  }

  void Accept() {
    for (;;) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      connections_.push_back({socket, std::jthread([this, socket] { Serve(socket); })});
    }
  }

  void Serve(int client) {
    sigset_t pipe;  // OpenSSL writes to sockets whose peer has gone
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    const Tls tls(SSL_new(context_.get()));
    SSL_set_fd(tls.get(), client);
    if (SSL_accept(tls.get()) == 1) {
      ++handshakes_;
      if (after_ == After::kClose) {
        // What the client has sent, or sends yet, is answered with a reset: nobody listens.
        SSL_shutdown(tls.get());
        const int nobody = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        dup2(nobody, client);
        close(nobody);
        return;
      }
      const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in address = Loopback(server_port_);
      if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        Relay(tls.get(), client, server);
      }
      close(server);
      SSL_shutdown(tls.get());
    }
    shutdown(client, SHUT_RDWR);
  }

  static void Relay(SSL* tls, int client, int server) {
    char bytes[16384];
    for (;;) {
      pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      if (SSL_pending(tls) == 0 && poll(both, 2, -1) < 0) return;
      if (SSL_pending(tls) > 0 || both[0].revents != 0) {
        const int count = SSL_read(tls, bytes, sizeof bytes);
        if (count <= 0 || !SendAll(server, {bytes, static_cast<size_t>(count)})) return;
      }
      if (both[1].revents != 0) {
        const ssize_t count = recv(server, bytes, sizeof bytes, 0);
        if (count <= 0 || SSL_write(tls, bytes, static_cast<int>(count)) <= 0) return;
      }
    }
  }
  static bool SendAll(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  const int server_port_;
  const After after_;
  std::unique_ptr<SSL_CTX, Free> context_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> handshakes_ = 0;
  std::list<Connection> connections_;  // of the accepting thread, until it has ended
  std::jthread accepting_;
};

}  // namespace stickyd
