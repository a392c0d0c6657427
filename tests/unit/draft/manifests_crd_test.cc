// SPDX-License-Identifier: Apache-2.0
// manifests_crd_test: IngressRoute, TraefikService and Middleware. Names are those that the API of
// Traefik v3.7.9 shows for the same objects.
#include "manifests.h"

namespace stickyd {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string TraefikService(const std::string& name, const std::string& spec) {
  return fmt::format(
      "---\napiVersion: traefik.io/v1alpha1\nkind: TraefikService\nmetadata:\n  name: {}\n"
      "  namespace: web\nspec:\n{}",
      name, spec);
}

std::string Indented(std::string text, size_t less) {
  std::string out;
  while (!text.empty()) {
    const size_t end = text.find('\n') + 1;
    out += text.substr(less, end - less);
    text.erase(0, end);
  }
  return out;
}

TEST(ManifestsCrdTest, AHealthyRouteIsSilentAndIsWhatTheApiWouldShow) {
  const Audited audited =
      AuditText("k.yaml", App("shop", "3") + IngressRoute("shop", Entry("shop", "shop_lb")));
  EXPECT_THAT(Rules(audited), IsEmpty());
  ASSERT_THAT(audited.config->routers, SizeIs(1));
  const std::string& name = audited.config->routers.begin()->first;
  EXPECT_THAT(name, testing::MatchesRegex("web-shop-[0-9a-f]{20}@kubernetescrd"));
  const ServiceConfig* service = audited.config->FindService(name);
  ASSERT_NE(service, nullptr);
  ASSERT_THAT(service->servers, SizeIs(3));
  EXPECT_EQ(service->servers[2].key, "http://shop-3.web:8080");
  ASSERT_TRUE(service->cookie.has_value());
  EXPECT_EQ(service->cookie->name, "shop_lb");
}

TEST(ManifestsCrdTest, NamesAreThoseOfARealAnswer) {
  // Host(`crm.internal.example.net`) of default/app: default-app-0adab3a17b0ffcdc96d7.
  const Audited audited = AuditText("k.yaml", R"(apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata:
  name: app
spec:
  routes:
    - match: Host(`crm.internal.example.net`)
      kind: Rule
      services:
        - name: app-sticky
          kind: TraefikService
---
apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata:
  name: app-sticky
spec:
  weighted:
    services:
      - name: app
        port: 80
        sticky: {cookie: {name: lb}}
    sticky:
      cookie:
        name: lvl1
)" + App("app", "3", "default"));
  EXPECT_THAT(Rules(audited), IsEmpty());
  const RouterConfig* router =
      audited.config->FindRouter("default-app-0adab3a17b0ffcdc96d7@kubernetescrd");
  ASSERT_NE(router, nullptr);
  EXPECT_EQ(router->service, "default-app-sticky@kubernetescrd");
  const ServiceConfig* child = audited.config->FindService("default-app-80@kubernetescrd");
  ASSERT_NE(child, nullptr);
  EXPECT_EQ(child->cookie->name, "lb");
  EXPECT_EQ(child->servers[0].key, "http://app-1:8080");
}

TEST(ManifestsCrdTest, ARouteWithoutACookieIsFoundAndMended) {
  const std::string text = App("shop") + IngressRoute("shop", Entry("shop"));
  const Audited audited = AuditText("k.yaml", text);
  EXPECT_THAT(Rules(audited), ElementsAre("A1"));
  EXPECT_THAT(Said(audited, "A1"), ElementsAre(HasSubstr("k.yaml:38: ")));
  const Audited mended = AuditMended(text, audited, "A1");
  EXPECT_THAT(Rules(mended), IsEmpty());
}

TEST(ManifestsCrdTest, StickyBlocksThatSetNothingAreFound) {
  for (const char* sticky : {"sticky: {}", "sticky:", "sticky: {cookie: }"}) {
    const Audited audited = AuditText(
        "k.yaml", App("shop") + IngressRoute("shop", Entry("shop") + "          " + sticky + "\n"));
    EXPECT_THAT(Said(audited, "D2"), ElementsAre(HasSubstr("no cookie is set"))) << sticky;
  }
  const Audited named = AuditText(
      "k.yaml",
      App("shop") + IngressRoute("shop", Entry("shop") + "          sticky: {cookie: {}}\n"));
  EXPECT_THAT(Said(named, "D2"), IsEmpty());
}

TEST(ManifestsCrdTest, MisspeltAndMisplacedKeysAreFound) {
  const std::string text =
      App("shop") +
      IngressRoute("shop", Entry("shop") +
                               "          sticky:\n            cookie:\n"
                               "              name: a\n              httponly: true\n");
  const Audited audited = AuditText("k.yaml", text);
  EXPECT_THAT(Said(audited, "D2"),
              ElementsAre(AllOf(HasSubstr("k.yaml:43: "), HasSubstr("is written httpOnly"),
                                HasSubstr("kubectl apply refuses the object"))));
  EXPECT_THAT(Said(AuditMended(text, audited, "D2"), "D2"), IsEmpty());

  const Audited near = AuditText(
      "k.yaml", App("shop") + IngressRoute("shop", Entry("shop") + "          stickyness: {}\n"));
  EXPECT_THAT(Said(near, "D2"), ElementsAre(HasSubstr("did you mean sticky?")));

  const Audited above = AuditText("k.yaml", App("shop") + IngressRoute("shop", Entry("shop")) +
                                                "      sticky:\n        cookie: {name: a}\n");
  EXPECT_THAT(Said(above, "D2"), ElementsAre(HasSubstr("belongs below spec.routes[0].services")));

  const Audited outside =
      AuditText("k.yaml", TraefikService("shop", "  sticky:\n    cookie: {name: a}\n"));
  EXPECT_THAT(Said(outside, "D2"), ElementsAre(HasSubstr("belongs below spec.weighted")));
}

TEST(ManifestsCrdTest, SeveralServicesOfARouteAreNotStickyAbove) {
  const Audited audited =
      AuditText("k.yaml", App("blue") + App("green") +
                              IngressRoute("shop", Entry("blue", "a") + Entry("green", "b")));
  EXPECT_THAT(Rules(audited), Contains("A6"));
  EXPECT_NE(audited.config->FindService("web-blue-80@kubernetescrd"), nullptr);
}

TEST(ManifestsCrdTest, AWeightedServiceWithoutACookieIsMended) {
  const std::string children = Indented(Entry("blue", "a") + Entry("green", "b"), 2);
  const std::string text =
      App("blue") + App("green") +
      TraefikService("shop", "  weighted:\n    services:\n" + children) +
      IngressRoute("shop", "        - name: shop\n          kind: TraefikService\n");
  const Audited audited = AuditText("k.yaml", text);
  EXPECT_THAT(Rules(audited), ElementsAre("A6"));
  const Audited mended = AuditMended(text, audited, "A6");
  EXPECT_THAT(Rules(mended), Not(Contains("A6")));
  EXPECT_TRUE(mended.config->FindService("web-shop@kubernetescrd")->cookie.has_value());
}

TEST(ManifestsCrdTest, StickyBesideAReferenceIsReadByNobody) {
  const Audited audited = AuditText(
      "k.yaml",
      App("shop") +
          TraefikService("both", "  weighted:\n    services:\n" + Indented(Entry("shop"), 2)) +
          IngressRoute("shop",
                       "        - name: both\n          kind: TraefikService\n"
                       "          sticky:\n            cookie: {name: a}\n"));
  EXPECT_THAT(Said(audited, "D2"),
              ElementsAre(HasSubstr("sticky beside kind: TraefikService is read by nobody")));
}

TEST(ManifestsCrdTest, OneNameOfTwoCookiesIsFound) {
  const std::string one = "  weighted:\n    services:\n" + Indented(Entry("app", "lb"), 2);
  const std::string other = "  weighted:\n    services:\n" + Indented(Entry("app"), 2);
  const std::string routes =
      IngressRoute("a", "        - name: one\n          kind: TraefikService\n") +
      IngressRoute("b", "        - name: two\n          kind: TraefikService\n");
  const Audited audited = AuditText(
      "k.yaml", App("app") + TraefikService("one", one) + TraefikService("two", other) + routes);
  EXPECT_THAT(Said(audited, "D3"), ElementsAre(AllOf(HasSubstr("web-app-80@kubernetescrd"),
                                                     HasSubstr("differ in the cookie"))));
  const Audited same = AuditText(
      "k.yaml", App("app") + TraefikService("one", one) + TraefikService("two", one) + routes);
  EXPECT_THAT(Said(same, "D3"), IsEmpty());
}

TEST(ManifestsCrdTest, MirroringFailoverAndHighestRandomWeightHaveTheirChildren) {
  const std::string route =
      IngressRoute("shop", "        - name: top\n          kind: TraefikService\n");
  const Audited mirroring = AuditText(
      "k.yaml", App("shop") + App("copy") + route +
                    TraefikService("top",
                                   "  mirroring:\n    name: shop\n    port: 80\n    sticky:\n"
                                   "      cookie: {name: a}\n    mirrors:\n      - name: copy\n"
                                   "        port: 80\n        percent: 10\n"));
  EXPECT_THAT(Said(mirroring, "D2"), IsEmpty());
  ASSERT_NE(mirroring.config->FindService("web-shop-80@kubernetescrd"), nullptr);
  EXPECT_EQ(mirroring.config->FindService("web-shop-80@kubernetescrd")->cookie->name, "a");
  EXPECT_NE(mirroring.config->FindService("web-copy-80@kubernetescrd"), nullptr);

  const Audited failover = AuditText(
      "k.yaml",
      App("shop") + App("spare") + route +
          TraefikService(
              "top",
              "  failover:\n    service: {name: shop, port: 80, sticky: {cookie: {name: a}}}\n"
              "    fallback: {name: spare, port: 80}\n    errors:\n"
              "      status: [\"500-599\"]\n"));
  EXPECT_THAT(Rules(failover), Contains("S10"));
}

TEST(ManifestsCrdTest, NativeBalancingHidesTheServersAndExternalNamesAreOne) {
  const Audited native = AuditText(
      "k.yaml",
      App("shop") + IngressRoute("shop", Entry("shop", "a") + "          nativeLB: true\n"));
  EXPECT_THAT(Rules(native), ElementsAre("A5"));
  EXPECT_THAT(Said(native, "A5"), ElementsAre(HasSubstr("http://shop.web:80")));

  const std::string external =
      "---\napiVersion: v1\nkind: Service\nmetadata: {name: far, namespace: web}\n"
      "spec: {type: ExternalName, externalName: far.example.net}\n";
  const Audited far = AuditText("k.yaml", external + IngressRoute("shop", Entry("far", "a")));
  ASSERT_THAT(far.config->services, SizeIs(1));
  EXPECT_EQ(far.config->services.begin()->second.servers[0].key, "http://far.example.net:80");
}

TEST(ManifestsCrdTest, WhatTraefikDropsIsFound) {
  const auto said = [](const std::string& services, const std::string& more = "") {
    return Said(AuditText("k.yaml", App("shop") + IngressRoute("shop", services) + more), "D2");
  };
  EXPECT_THAT(said("        - name: shop\n          port: 8080\n"),
              ElementsAre(HasSubstr("the Service web/shop has no port 8080")));
  EXPECT_THAT(said(Entry("shop") + "          healthCheck: {path: /}\n"),
              ElementsAre(HasSubstr("only Services of the type ExternalName")));
  EXPECT_THAT(said(Entry("shop") + "          kind: Pod\n"),
              ElementsAre(HasSubstr("no service of the kind Pod")));
  const std::string elsewhere = Entry("shop") + "          namespace: other\n";
  EXPECT_THAT(said(elsewhere), IsEmpty());
  const std::string flags = "---\nproviders:\n  kubernetesCRD: {}\n";
  EXPECT_THAT(said(elsewhere, flags), ElementsAre(HasSubstr("no allowCrossNamespace")));
  const std::string allowed = "---\nproviders:\n  kubernetesCRD:\n    allowCrossNamespace: true\n";
  EXPECT_THAT(said(elsewhere, allowed), IsEmpty());
}

TEST(ManifestsCrdTest, MiddlewaresAreReadWithWhatTheyReferTo) {
  const std::string middlewares =
      "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\n"
      "metadata: {name: chain, namespace: web}\n"
      "spec:\n  chain:\n    middlewares:\n      - name: pages\n      - name: strip\n"
      "        namespace: web\n"
      "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\n"
      "metadata: {name: pages, namespace: web}\n"
      "spec:\n  errors:\n    status: [\"404-599\"]\n    query: /{status}.html\n"
      "    service: {name: pages, port: 80}\n"
      "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\n"
      "metadata: {name: strip, namespace: web}\n"
      "spec:\n  stripPrefix:\n    prefixes: [/shop]\n";
  std::string route = IngressRoute("shop", Entry("shop", "a"));
  route.insert(route.find("      services:"),
               "      middlewares:\n        - name: chain\n        - name: pages\n");
  const Audited audited =
      AuditText("k.yaml", App("shop") + App("pages", "1") + middlewares + route);
  EXPECT_THAT(Said(audited, "D2"), IsEmpty());
  EXPECT_THAT(Rules(audited), Contains("A20"));
  EXPECT_NE(audited.config->FindService("web-pages-errorpage-service@kubernetescrd"), nullptr);
  EXPECT_TRUE(audited.config->middlewares.contains("web-strip@kubernetescrd"));

  const Audited odd = AuditText("k.yaml",
                                "apiVersion: traefik.io/v1alpha1\nkind: Middleware\n"
                                "metadata: {name: a}\nspec:\n  stripPrefx:\n    prefixes: [/a]\n");
  EXPECT_THAT(Said(odd, "D2"), ElementsAre(HasSubstr("did you mean stripPrefix?")));
}

TEST(ManifestsCrdTest, TheOldGroupIsReadByVersionTwoOnly) {
  std::string old = App("shop") + IngressRoute("shop", Entry("shop", "a"));
  old.replace(old.find("traefik.io/v1alpha1"), 10, "traefik.containo.us");
  EXPECT_THAT(Said(AuditText("k.yaml", old, "2.11.0"), "D2"), IsEmpty());
  const Audited three = AuditText("k.yaml", old, "3.7.9");
  EXPECT_THAT(Said(three, "D2"), ElementsAre(HasSubstr("which v3 does not read")));
  EXPECT_THAT(three.config->routers, IsEmpty());
  EXPECT_THAT(Said(AuditText("k.yaml", old), "D2"),
              ElementsAre(HasSubstr("which v3 does not read")));
}

TEST(ManifestsCrdTest, KeysOfLaterVersionsAreFound) {
  const std::string text =
      App("shop") +
      IngressRoute("shop", Entry("shop", "a") + "              domain: example.com\n");
  EXPECT_THAT(Said(AuditText("k.yaml", text, "3.3.0"), "D2"),
              ElementsAre(HasSubstr("is read since v3.4, and this is v3.3.0")));
  EXPECT_THAT(Said(AuditText("k.yaml", text, "3.7.9"), "D2"), IsEmpty());
}

}  // namespace
}  // namespace stickyd
