// SPDX-License-Identifier: Apache-2.0
// config_facts_test: what the audit asks of a configuration is read; what nobody must see is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stickyd/traefik/config_reader.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kFacts = R"api({
  "routers": {
    "shop@file": {"service": "shop", "rule": "Host(`A.example.com`) && PathPrefix(`/x`)",
                  "observability": {"accessLogs": false}, "status": "enabled"},
    "bad@file": {"service": "none", "status": "disabled",
                 "error": ["the service \"none@file\" does not exist"]}},
  "services": {
    "shop@file": {"failover": {"service": "main", "fallback": "spare", "healthCheck": {},
                               "errors": {"status": ["500-599"]}}},
    "main@file": {"loadBalancer": {"sticky": {"cookie": {"sameSite": "Lax"}}, "servers": []}},
    "spare@file": {"weighted": {"services": [], "healthCheck": {}}, "error": ["oh"]}},
  "middlewares": {
    "auth@file": {"basicAuth": {"users": ["alice:$apr1$secret"], "realm": "r"}},
    "digest@file": {"digestAuth": {"users": ["bob:realm:secret"]}},
    "plug@file": {"plugin": {"dark": {"apiKey": "secret"}}, "status": "enabled"},
    "ask@file": {"forwardAuth": {"address": "http://me:secret@10.0.0.9:9000/auth",
                 "tls": {"key": "secret", "cert": "secret"}}},
    "again@file": {"retry": {"attempts": 4}},
    "up@file": {"redirectScheme": {"scheme": "https"}},
    "pages@file": {"errors": {"service": "pages", "status": ["404", "500-599"]}},
    "heads@file": {"headers": {"customRequestHeaders": {"cookie": "", "X-Key": "secret"},
        "accessControlAllowCredentials": true,
        "accessControlAllowOriginList": ["https://a.net", "*", "null"],
        "contentSecurityPolicy": "img-src *; Frame-Ancestors 'self' https://b.net https://*.c.net"}}}})api";

TraefikConfig Facts(const std::string& entry_points = "", const std::string& overview = "") {
  auto config = ReadConfig({kFacts, entry_points, "", {}, overview});
  EXPECT_TRUE(config.has_value()) << config.error().message;
  return config ? std::move(*config) : TraefikConfig{};
}

TEST(ConfigFactsTest, RoutersHaveTheirWaysAndTraefiksWords) {
  const TraefikConfig config = Facts();
  const RouterConfig& shop = config.routers.at("shop@file");
  ASSERT_TRUE(shop.match.readable);
  ASSERT_EQ(shop.match.alternatives.size(), 1U);
  EXPECT_EQ(shop.match.alternatives[0].host, "a.example.com");
  EXPECT_EQ(shop.match.alternatives[0].path, "/x");
  EXPECT_FALSE(shop.access_logs);
  EXPECT_THAT(config.routers.at("bad@file").errors,
              ElementsAre("the service \"none@file\" does not exist"));
  EXPECT_TRUE(config.routers.at("bad@file").access_logs);
  EXPECT_FALSE(config.routers.at("bad@file").match.readable);
}

TEST(ConfigFactsTest, ServicesHaveWhatMovesPeople) {
  const TraefikConfig config = Facts();
  EXPECT_THAT(config.services.at("shop@file").failover_statuses, ElementsAre("500-599"));
  EXPECT_TRUE(config.services.at("shop@file").health_check);
  EXPECT_TRUE(config.services.at("spare@file").health_check);
  EXPECT_THAT(config.services.at("spare@file").errors, ElementsAre("oh"));
  const StickyCookie& cookie = *config.services.at("main@file").cookie;
  EXPECT_TRUE(cookie.default_name);
  EXPECT_EQ(cookie.same_site_written, "Lax");
}

TEST(ConfigFactsTest, MiddlewaresHaveTheirKindAndWhatTouchesCookies) {
  const TraefikConfig config = Facts();
  const auto& all = config.middlewares;
  EXPECT_EQ(all.at("again@file").type, "retry");
  EXPECT_EQ(all.at("again@file").retry_attempts, 4);
  EXPECT_TRUE(all.at("up@file").redirects);
  EXPECT_THAT(all.at("pages@file").error_statuses, ElementsAre("404", "500-599"));
  EXPECT_EQ(all.at("plug@file").type, "plugin");
  EXPECT_EQ(all.at("ask@file").auth_port, "9000");
  EXPECT_EQ(all.at("ask@file").auth_host, "10.0.0.9");
  const MiddlewareConfig& heads = all.at("heads@file");
  EXPECT_TRUE(heads.removes_cookie);
  EXPECT_FALSE(heads.changes_set_cookie);
  EXPECT_THAT(heads.credential_origins, ElementsAre("https://a.net"));
  EXPECT_THAT(heads.framing_origins, ElementsAre("https://b.net"));
}

TEST(ConfigFactsTest, SecretsAreNotKept) {
  const TraefikConfig config = Facts();
  const auto has_none = [](const std::string& text) {
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
  };
  for (const auto& [name, middleware] : config.middlewares) {
    for (const std::string& text :
         {middleware.type, middleware.errors_service, middleware.auth_host, middleware.auth_path,
          middleware.auth_port}) {
      has_none(text);
    }
    for (const auto* list : {&middleware.auth_cookies, &middleware.error_statuses,
                             &middleware.credential_origins, &middleware.framing_origins}) {
      for (const std::string& text : *list) has_none(text);
    }
  }
}

TEST(ConfigFactsTest, EntryPointsHaveTheirAddressAndWhatTheyDoFirst) {
  const TraefikConfig config = Facts(R"([
      {"name": "web", "address": ":80", "forwardedHeaders": {"insecure": true},
       "http": {"redirections": {"entryPoint": {"to": "websecure"}}}},
      {"name": "websecure", "address": ":443", "http": {"tls": {}}}])");
  const EntryPointConfig& web = config.entry_points.at("web");
  EXPECT_EQ(web.address, ":80");
  EXPECT_TRUE(web.trusts_anybody);
  EXPECT_TRUE(web.redirects);
  EXPECT_FALSE(config.entry_points.at("websecure").redirects);
}

TEST(ConfigFactsTest, OverviewHelpsAndNothingRestsOnIt) {
  const TraefikConfig config =
      Facts("", R"({"providers": ["Docker", "File"], "features": {"accessLog": false}})");
  EXPECT_THAT(config.providers, ElementsAre("Docker", "File"));
  EXPECT_EQ(config.writes_access_log, false);
  for (const char* broken : {"{", "[]", "404 page not found", R"({"providers": 1})"}) {
    EXPECT_THAT(Facts("", broken).providers, IsEmpty()) << broken;
  }
}

TEST(ConfigFactsTest, OtherFactsAreOtherConfigurations) {
  const TraefikConfig config = Facts();
  EXPECT_TRUE(config == Facts());
  EXPECT_FALSE(config == Facts("", R"({"providers": ["Docker"]})"));
  EXPECT_FALSE(config == Facts("", R"({"features": {"accessLog": true}})"));
  TraefikConfig other = Facts();
  other.routers.at("shop@file").match.alternatives.clear();
  EXPECT_FALSE(config == other);
  other = Facts();
  other.middlewares.at("again@file").retry_attempts = 2;
  EXPECT_FALSE(config == other);
}

TEST(ConfigFactsTest, WhatIsKeptIsCounted) {
  const auto bytes = [](const std::string& rawdata) {
    const auto config = ReadConfig({rawdata, "", "", {}});
    EXPECT_TRUE(config.has_value()) << config.error().message;
    return config ? config->bytes : 0;
  };
  std::string hosts = "Host(`a`)";
  for (int i = 0; i < 200; ++i) hosts += " || Host(`host" + std::to_string(i) + ".example.com`)";
  const std::string words(400, 'w');
  const size_t bare = bytes(R"({"routers": {"r@f": {"service": "s"}}, "services": {}})");
  EXPECT_GT(bytes(R"({"routers": {"r@f": {"service": "s", "rule": ")" + hosts +
                  R"("}}, "services": {}})"),
            bare + 200 * sizeof(RouteAlternative));
  EXPECT_GT(bytes(R"({"routers": {"r@f": {"service": "s", "error": [")" + words +
                  R"("]}}, "services": {}})"),
            bare + 400);
}

}  // namespace
}  // namespace stickyd
