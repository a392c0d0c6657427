// SPDX-License-Identifier: Apache-2.0
// fixes_test: a change as each provider writes it, and names that need quotes.
#include "../../../src/audit/fixes.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

ServiceConfig ServiceOf(const std::string& name, ServiceKind kind = ServiceKind::kLoadBalancer) {
  ServiceConfig service;
  service.name = name;
  service.kind = kind;
  return service;
}

TEST(FixesTest, ScalarsAreQuotedWhereTheyNeedIt) {
  const std::pair<const char*, const char*> rows[] = {{"shop", "shop"},
                                                      {"a_b-c.d", "a_b-c.d"},
                                                      {"-a", "\"-a\""},
                                                      {".a", "\".a\""},
                                                      {"", "\"\""},
                                                      {"12", "12"},
                                                      {"1.5", "\"1.5\""},
                                                      {"1-2", "\"1-2\""},
                                                      {"1a", "1a"},
                                                      {"a b", "\"a b\""},
                                                      {"a:b", "\"a:b\""},
                                                      {"\"", "\"\\\"\""},
                                                      {"a\\b", "\"a\\\\b\""},
                                                      {"a\nb", "\"a\\x0ab\""},
                                                      {"\x1f", "\"\\x1f\""},
                                                      {"Az09", "Az09"},
                                                      {"\xc3\xa4", "\"\xc3\xa4\""}};
  for (const auto& [text, scalar] : rows) EXPECT_EQ(YamlScalar(text), scalar) << text;
}

TEST(FixesTest, ACookieIsNamedAfterItsService) {
  EXPECT_EQ(SuggestedCookieName(ServiceOf("shop@docker")), "shop_lb");
  EXPECT_EQ(SuggestedCookieName(ServiceOf("a.b c-d@file")), "a_b_c-d_lb");
  EXPECT_EQ(SuggestedCookieName(ServiceOf(std::string(61, 'x') + "@file")),
            std::string(60, 'x') + "_lb");
  EXPECT_EQ(SuggestedCookie(ServiceOf("shop@file"), false).size(), 2U);
  const auto secure = SuggestedCookie(ServiceOf("shop@file"), true);
  ASSERT_EQ(secure.size(), 3U);
  EXPECT_EQ(secure[0].path, "sticky.cookie.name");
  EXPECT_EQ(secure[0].value, "shop_lb");
  EXPECT_EQ(secure[1].path, "sticky.cookie.httpOnly");
  EXPECT_EQ(secure[2].path, "sticky.cookie.secure");
  EXPECT_EQ(secure[2].value, "true");
}

TEST(FixesTest, ALoadBalancerIsChangedInAllProviders) {
  const Fix fix = FixBySettings(ServiceOf("shop@docker"), "Do it.",
                                {{"sticky.cookie.name", "shop_lb"},
                                 {"sticky.cookie.httpOnly", "true"},
                                 {"healthCheck", "{}"}});
  EXPECT_EQ(fix.text, "Do it.");
  EXPECT_EQ(fix.yaml,
            "http:\n"
            "  services:\n"
            "    shop:\n"
            "      loadBalancer:\n"
            "        sticky:\n"
            "          cookie:\n"
            "            name: shop_lb\n"
            "            httpOnly: true\n"
            "        healthCheck: {}\n");
  EXPECT_EQ(fix.labels,
            "traefik.http.services.shop.loadbalancer.sticky.cookie.name=shop_lb\n"
            "traefik.http.services.shop.loadbalancer.sticky.cookie.httponly=true\n"
            "traefik.http.services.shop.loadbalancer.healthcheck={}\n");
  EXPECT_EQ(fix.kubernetes,
            "# the entry of shop in an IngressRoute or TraefikService\n"
            "services:\n"
            "  - name: shop\n"
            "    sticky:\n"
            "      cookie:\n"
            "        name: shop_lb\n"
            "        httpOnly: true\n"
            "    healthCheck: {}\n"
            "# or, for an Ingress, on the Service\n"
            "metadata:\n"
            "  annotations:\n"
            "    traefik.ingress.kubernetes.io/service.sticky.cookie.name: shop_lb\n"
            "    traefik.ingress.kubernetes.io/service.sticky.cookie.httponly: \"true\"\n");
}

TEST(FixesTest, AWeightedServiceHasNoLabels) {
  const Fix fix = FixBySettings(ServiceOf("top@file", ServiceKind::kWeighted), "Do it.",
                                {{"sticky.cookie.name", "top_lb"}, {"healthCheck", "{}"}});
  EXPECT_EQ(fix.yaml,
            "http:\n"
            "  services:\n"
            "    top:\n"
            "      weighted:\n"
            "        sticky:\n"
            "          cookie:\n"
            "            name: top_lb\n"
            "        healthCheck: {}\n");
  EXPECT_EQ(fix.labels, "");
  EXPECT_EQ(fix.kubernetes,
            "apiVersion: traefik.io/v1alpha1\n"
            "kind: TraefikService\n"
            "metadata:\n"
            "  name: top\n"
            "spec:\n"
            "  weighted:\n"
            "    sticky:\n"
            "      cookie:\n"
            "        name: top_lb\n"
            "    healthCheck: {}\n");
}

}  // namespace
}  // namespace stickyd
