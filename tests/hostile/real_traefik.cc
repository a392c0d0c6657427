// SPDX-License-Identifier: Apache-2.0
#include "real_traefik.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "loopback.h"

namespace stickyd {
namespace {

constexpr int kSecondsToStart = 1;  // it may take a connection before it can answer: ask again
constexpr int kTries = 5;           // another process may take a port first
// User bob, password secret.
constexpr const char* kBob = "bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";

// The static configuration, then the dynamic one. `{{` is a brace.
constexpr const char* kStatic = R"---(entryPoints:
  web: {{address: "127.0.0.1:{web}"}}
  proxied: {{address: "127.0.0.1:{proxied}", forwardedHeaders: {{trustedIPs: [{proxy}]}}}}
providers: {{file: {{filename: {folder}/dynamic.yml, watch: false}}}}
log: {{filePath: {folder}/traefik.log}}
global: {{checkNewVersion: false, sendAnonymousUsage: false}}
accessLog:
  filePath: {folder}/access.log
  format: {format}
  fields: {{headers: {{defaultMode: keep, names: {{X-Forwarded-Server: drop}}}}}}
)---";
constexpr const char* kDynamic = R"---(http:
  routers:
    shop: {{rule: "PathPrefix(`/`)", service: shop, entryPoints: [web, proxied]}}
    private: {{rule: "PathPrefix(`/private`)", service: shop, middlewares: [bob]}}
    hidden: {{rule: "PathPrefix(`/hidden`)", service: shop, middlewares: [bob]}}
  middlewares: {{bob: {{basicAuth: {{users: ["{bob}"]}}}}}}
  services:
    shop: {{loadBalancer: {{sticky: {{cookie: {{name: {cookie}}}}}, servers: [{servers}]}}}}
)---";
constexpr const char* kStaticV1 = R"---(defaultEntryPoints = ["web", "proxied"]
checkNewVersion = false
sendAnonymousUsage = false
[entryPoints.web]
address = "127.0.0.1:{web}"
[entryPoints.proxied]
address = "127.0.0.1:{proxied}"
[entryPoints.proxied.forwardedHeaders]
trustedIPs = ["{proxy}"]
[traefikLog]
filePath = "{folder}/traefik.log"
[accessLog]
filePath = "{folder}/access.log"
format = "{format}"
[accessLog.fields.headers.names]
"X-Forwarded-Server" = "drop"
[file]
filename = "{folder}/dynamic.toml"
)---";
constexpr const char* kDynamicV1 = R"---([frontends.shop]
backend = "shop"
[frontends.shop.routes.all]
rule = "PathPrefix:/"
[frontends.private]
backend = "shop"
[frontends.private.routes.some]
rule = "PathPrefix:/private"
[frontends.private.auth.basic]
users = ["{bob}"]
[frontends.hidden]
backend = "shop"
[frontends.hidden.routes.some]
rule = "PathPrefix:/hidden"
[frontends.hidden.auth.basic]
users = ["{bob}"]
[backends.shop.loadBalancer.stickiness]
cookieName = "{cookie}"
[backends.shop.servers]
{servers}
)---";

}  // namespace

RealTraefik::RealTraefik(Options options) : options_(std::move(options)) {
  FindVersion();
  if (!problem_.empty()) return;
  for (int tries = 0; tries < kTries; ++tries) {
    web_ = FreePort();
    proxied_ = FreePort();
    Configure();
    if (Start()) return;
  }
  problem_ = options_.binary + " does not start";
}

// `Version:      v3.7.9`, or without the v.
void RealTraefik::FindVersion() {
  FILE* const said = ::popen(("'" + options_.binary + "' version 2>&1").c_str(), "re");
  std::string text;
  char buffer[256];
  while (said != nullptr && std::fgets(buffer, sizeof(buffer), said) != nullptr) text += buffer;
  if (said != nullptr) ::pclose(said);
  const size_t at = text.find("Version:");
  const size_t digit = text.find_first_of("0123456789", at);
  if (at == std::string::npos || digit == std::string::npos) {
    problem_ = options_.binary + " does not say its version";
    return;
  }
  version_ = "v" + text.substr(digit, text.find_first_of(" \n", digit) - digit);
  major_ = text[digit] - '0';
}

void RealTraefik::Configure() const {
  const bool v1 = major_ == 1;
  std::string servers;
  for (const std::string& url : options_.servers) {
    servers += v1 ? fmt::format("s{} = {{url = \"{}\", weight = 1}}\n", servers.size(), url)
                  : fmt::format("{}{{url: \"{}\"}}", servers.empty() ? "" : ", ", url);
  }
  const auto write = [&](const char* name, const char* text) {
    const std::string folder = options_.folder.string();
    const char* const format = options_.format == Format::kClf ? "common" : "json";
    std::ofstream(options_.folder / name) << fmt::format(
        fmt::runtime(text), fmt::arg("web", web_), fmt::arg("proxied", proxied_),
        fmt::arg("proxy", kProxy), fmt::arg("folder", folder), fmt::arg("format", format),
        fmt::arg("bob", kBob), fmt::arg("cookie", kCookie), fmt::arg("servers", servers));
  };
  write(v1 ? "static.toml" : "static.yml", v1 ? kStaticV1 : kStatic);
  write(v1 ? "dynamic.toml" : "dynamic.yml", v1 ? kDynamicV1 : kDynamic);
}

bool RealTraefik::Start() {
  const std::string file = options_.folder / (major_ == 1 ? "static.toml" : "static.yml");
  process_ = ChildProcess({options_.binary, "--configFile=" + file}, options_.folder / "output");
  const bool decided = WaitUntil([this] { return IsUp() || !process_.IsRunning(); });
  return decided && process_.IsRunning();
}

// Both entry points are open, and the router that asks for a password is there.
bool RealTraefik::IsUp() {
  for (const uint16_t port : {web_, proxied_}) {
    const UniqueFd fd = ConnectFrom("127.0.0.1", port, kSecondsToStart);
    if (!fd) return false;
    Write(fd, "GET /private/up HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n");
    if (ReadAll(fd).find(" 401 ") == std::string::npos) return false;
  }
  return true;
}

void RealTraefik::Stop() { process_.Stop(); }

}  // namespace stickyd
