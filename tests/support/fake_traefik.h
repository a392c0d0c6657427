// SPDX-License-Identifier: Apache-2.0
// fake_traefik.h: a small stand-in for Traefik's balancers, which pick servers and set cookies.
// Shape:   a balancer picks one of its servers (or children) in turn, unless the first cookie of
//          its name in the request names one that is up. It sets its cookie only if none did, or to
//          rewrite an old format for the same server (v3.3.4 and later). A site is a function of a
//          request, so edges and faults are functions around it.
// Source:  Traefik v1.7 to v3.7 and vulcand/oxy.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stickyd/base/cookie_header.h"
#include "stickyd/model/cookie_encoding.h"
#include "stickyd/traefik/cookie_codec.h"
#include "stickyd/web/http_client.h"

namespace stickyd {

struct FakeRequest {
  bool secure = true;
  std::string host;
  std::string path;
  std::string cookie;  // header
  bool socket = false;
};

struct FakeAnswer {
  int status = 200;
  std::vector<HttpHeader> headers;
  std::string body;
  void Add(const std::string& name, const std::string& value) { headers.push_back({name, value}); }
};

using FakeSite = std::function<FakeAnswer(const FakeRequest&)>;

// As in the configuration; what is empty or 0 is not written.
struct FakeCookie {
  std::string name = "_633ff";
  std::string path = "/";
  std::string domain = {};
  std::string expires = {};
  int64_t max_age_s = 0;
  bool http_only = false;
  bool secure = false;
  std::string same_site = {};

  std::string Header(const std::string& value) const {
    std::string text = name + "=" + value;
    if (!path.empty()) text += "; Path=" + path;
    if (!domain.empty()) text += "; Domain=" + domain;
    if (!expires.empty()) text += "; Expires=" + expires;
    if (max_age_s > 0) text += fmt::format("; Max-Age={}", max_age_s);
    if (http_only) text += "; HttpOnly";
    if (secure) text += "; Secure";
    if (!same_site.empty()) text += "; SameSite=" + same_site;
    return text;
  }
};

class FakeBalancer {
 public:
  FakeBalancer(std::vector<std::string> servers, std::optional<FakeCookie> cookie,
               CookieEncoding encoding = CookieEncoding::kSha256)
      : cookie_(std::move(cookie)), encoding_(encoding), servers_(std::move(servers)) {
    up_.resize(servers_.size(), true);
  }

  // The place of the server, and the cookie that is set, if any.
  size_t Choose(const FakeRequest& request, FakeAnswer& answer) {
    if (cookie_) {
      std::optional<std::string> sent;
      ForEachCookie(request.cookie, [&](std::string_view name, std::string_view value) {
        if (name != cookie_->name) return true;
        sent = value;
        return false;
      });
      if (sent) {
        if (const auto pinned = Honour(*sent, answer)) return *pinned;
      }
    }
    size_t chosen = next_++ % servers_.size();
    while (!up_[chosen]) chosen = next_++ % servers_.size();
    if (cookie_) Set(chosen, answer);
    return chosen;
  }
  void SetUp(size_t server, bool up) { up_[server] = up; }
  const std::string& server(size_t i) const { return servers_[i]; }
  std::string Value(size_t i) const { return EncodeCookie(encoding_, servers_[i]); }

 private:
  std::optional<size_t> Honour(const std::string& value, FakeAnswer& answer) const {
    for (size_t i = 0; i < servers_.size(); ++i) {
      for (size_t e = 0; e < static_cast<size_t>(CookieEncoding::kCount); ++e) {
        const auto encoding = static_cast<CookieEncoding>(e);
        if (EncodeCookie(encoding, servers_[i]) != value) continue;
        if (!up_[i] || !Accepts(encoding_, encoding, value.size())) continue;
        if (encoding_ == CookieEncoding::kSha256 && encoding != encoding_) Set(i, answer);
        return i;
      }
    }
    return std::nullopt;
  }
  void Set(size_t server, FakeAnswer& answer) const {
    answer.Add("Set-Cookie", cookie_->Header(Value(server)));
  }

  std::optional<FakeCookie> cookie_;
  const CookieEncoding encoding_;
  const std::vector<std::string> servers_;
  std::vector<bool> up_;
  size_t next_ = 0;
};

inline std::vector<std::string> FakeServers(size_t count, const std::string& net = "10.0.0.") {
  std::vector<std::string> servers;
  for (size_t i = 1; i <= count; ++i) servers.push_back(fmt::format("http://{}{}:80", net, i));
  return servers;
}

// One pool. Its application names the server in X-Served-By, and takes WebSockets at /ws.
inline FakeSite FakePool(const std::shared_ptr<FakeBalancer>& pool) {
  return [pool](const FakeRequest& request) {
    FakeAnswer answer;
    const size_t server = pool->Choose(request, answer);
    answer.Add("X-Served-By", pool->server(server));
    if (request.socket && request.path == "/ws") answer.status = 101;
    return answer;
  };
}
inline FakeSite FakePool(std::optional<FakeCookie> cookie, size_t servers = 3,
                         CookieEncoding encoding = CookieEncoding::kSha256) {
  return FakePool(
      std::make_shared<FakeBalancer>(FakeServers(servers), std::move(cookie), encoding));
}

// A weighted service of two children, each a pool.
inline FakeSite FakeNested(std::optional<FakeCookie> outer, std::optional<FakeCookie> blue,
                           std::optional<FakeCookie> green) {
  auto choice =
      std::make_shared<FakeBalancer>(std::vector<std::string>{"blue", "green"}, std::move(outer));
  std::vector<FakeSite> children;
  children.push_back(
      FakePool(std::make_shared<FakeBalancer>(FakeServers(3, "10.0.1."), std::move(blue))));
  children.push_back(
      FakePool(std::make_shared<FakeBalancer>(FakeServers(3, "10.0.2."), std::move(green))));
  return [choice, children](const FakeRequest& request) {
    FakeAnswer chosen;
    FakeAnswer answer = children[choice->Choose(request, chosen)](request);
    answer.headers.insert(answer.headers.begin(), chosen.headers.begin(), chosen.headers.end());
    return answer;
  };
}

}  // namespace stickyd
