// SPDX-License-Identifier: Apache-2.0
// real_traefik.h: a real Traefik of any version from v1.7 on, on loopback, with its access log.
// Role:    hostile_live_test sends it requests and reads what it wrote.
// Shape:   two entry points: `web`, for clients, and `proxied`, which believes what the proxy
//          kProxy says of its clients (v1.7 believes everybody). One sticky service `shop`, and
//          routers to it that ask for a password: `private`, and `hidden`, which nobody has used
//          yet. All headers are logged.
// Errors:  `problem()` says why it does not run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "child_process.h"

namespace stickyd {

class RealTraefik {
 public:
  static constexpr const char* kProxy = "127.99.0.1";
  static constexpr const char* kCookie = "sticky";
  enum class Format { kClf, kJson };
  struct Options {
    std::string binary;
    std::filesystem::path folder;  // for its configuration and its logs
    Format format{};
    std::vector<std::string> servers;
  };

  explicit RealTraefik(Options options);

  const std::string& problem() const { return problem_; }
  const std::string& version() const { return version_; }  // v3.7.9
  uint16_t web() const { return web_; }
  uint16_t proxied() const { return proxied_; }
  std::filesystem::path log() const { return options_.folder / "access.log"; }
  // Requests that were begun are ended and logged.
  void Stop();

 private:
  void FindVersion();
  void Configure() const;
  bool Start();
  bool IsUp();

  const Options options_;
  std::string version_, problem_;
  int major_ = 0;
  uint16_t web_ = 0, proxied_ = 0;
  ChildProcess process_;
};

}  // namespace stickyd
