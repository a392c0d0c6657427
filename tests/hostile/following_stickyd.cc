// SPDX-License-Identifier: Apache-2.0
#include "following_stickyd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "real_traefik.h"
#include "support/http_client.h"

namespace stickyd {

FollowingStickyd::FollowingStickyd(const std::filesystem::path& log,
                                   const std::filesystem::path& folder)
    : process_(
          {STICKYD_BINARY, "watch", "--config.file", "/dev/null", "--from", "beginning", "--log",
           log, "--web.listen-address", "127.0.0.1:0", "--proxy.trusted", RealTraefik::kProxy},
          folder / "stickyd") {
  const bool listens = WaitUntil([&] {
    std::ostringstream text;
    text << std::ifstream(folder / "stickyd").rdbuf();
    const std::string said = text.str();
    if (!process_.IsRunning()) return true;
    const size_t at = said.find("127.0.0.1:");
    const size_t end = said.find_first_not_of("0123456789.:", at);
    if (at == std::string::npos || end == std::string::npos) return false;
    address_ = said.substr(at, end - at);
    return true;
  });
  EXPECT_TRUE(listens && process_.IsRunning());
}

void FollowingStickyd::WaitForLines(size_t lines) {
  const bool all = WaitUntil([&] {
    metrics_ = Get(address_, "/metrics", "Host: localhost\r\n");
    return std::lround(Sum("stickyd_lines_total")) == static_cast<long>(lines);
  });
  EXPECT_TRUE(all) << Sum("stickyd_lines_total") << " of " << lines;
}

double FollowingStickyd::Sum(const std::string& name) const {
  double sum = 0;
  std::istringstream input(metrics_);
  for (std::string line; std::getline(input, line);) {
    const bool is_it = line.starts_with(name + "{") || line.starts_with(name + " ");
    if (is_it) sum += std::stod(line.substr(line.rfind(' ')));
  }
  return sum;
}

std::set<std::string> FollowingStickyd::Services() const {
  const std::string label = "stickyd_requests_total{service=\"";
  std::set<std::string> services;
  std::istringstream input(metrics_);
  for (std::string line; std::getline(input, line);) {
    if (!line.starts_with(label) || line.ends_with(" 0")) continue;
    services.insert(line.substr(label.size(), line.find('"', label.size()) - label.size()));
  }
  return services;
}

}  // namespace stickyd
