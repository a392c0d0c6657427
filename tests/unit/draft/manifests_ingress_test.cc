// SPDX-License-Identifier: Apache-2.0
// manifests_ingress_test: Ingresses with annotations of Traefik and of ingress-nginx.
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

constexpr const char* kCookie = "traefik.ingress.kubernetes.io/service.sticky.cookie: \"true\"";
constexpr const char* kName = "traefik.ingress.kubernetes.io/service.sticky.cookie.name: shop_lb";
constexpr const char* kNginxClass = "  ingressClassName: nginx\n";
constexpr const char* kIngressClass =
    "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\n"
    "spec: {controller: k8s.io/ingress-nginx}\n";
constexpr const char* kNginxOn =
    "---\nentryPoints:\n  web: {address: \":80\"}\nproviders:\n  kubernetesIngress: {}\n"
    "  kubernetesIngressNGINX: {}\n";
constexpr const char* kNginxOff =
    "---\nentryPoints:\n  web: {address: \":80\"}\nproviders:\n  kubernetesIngress: {}\n";

const std::vector<std::string> kAffinity = {
    "nginx.ingress.kubernetes.io/affinity: cookie",
    "nginx.ingress.kubernetes.io/session-cookie-name: route"};

TEST(ManifestsIngressTest, AHealthyIngressIsSilentAndIsWhatTheApiWouldShow) {
  const Audited audited = AuditText(
      "k.yaml", App("shop", "2", "web", Annotations({kCookie, kName})) + Ingress("site", "shop"));
  EXPECT_THAT(Rules(audited), IsEmpty());
  const RouterConfig* router = audited.config->FindRouter("web-site-site-example-com@kubernetes");
  ASSERT_NE(router, nullptr);
  EXPECT_EQ(router->service, "web-shop-80@kubernetes");
  const ServiceConfig* service = audited.config->FindService("web-shop-80@kubernetes");
  ASSERT_NE(service, nullptr);
  EXPECT_THAT(service->servers, SizeIs(2));
  EXPECT_EQ(service->cookie->name, "shop_lb");
}

TEST(ManifestsIngressTest, AServiceWithoutACookieIsFoundAndMended) {
  for (const std::string& annotations : {std::string(), Annotations({"team: shop"})}) {
    const std::string text = App("shop", "2", "web", annotations) + Ingress("site", "shop");
    const Audited audited = AuditText("k.yaml", text);
    EXPECT_THAT(Rules(audited), ElementsAre("A1"));
    EXPECT_THAT(Said(audited, "A1"), ElementsAre(HasSubstr("k.yaml:5: ")));
    const Audited mended = AuditMended(text, audited, "A1");
    EXPECT_THAT(Rules(mended), IsEmpty());
    EXPECT_TRUE(mended.config->FindService("web-shop-80@kubernetes")->cookie.has_value());
  }
}

TEST(ManifestsIngressTest, AnnotationsOfAServiceOnTheIngressAreFound) {
  const Audited audited =
      AuditText("k.yaml", App("shop") + Ingress("site", "shop", Annotations({kCookie})));
  EXPECT_THAT(Said(audited, "D2"), ElementsAre(AllOf(HasSubstr("stands on the Ingress web/site"),
                                                     HasSubstr("on the Service web/shop only"))));
  EXPECT_THAT(Rules(audited), Contains("A1"));
}

// What to do about the first D2.
std::string FixOf(const Audited& audited) {
  for (const Finding& finding : audited.findings) {
    if (finding.rule->id == "D2") return finding.fix.text;
  }
  return "";
}

TEST(ManifestsIngressTest, AnnotationsForAnIngressRouteAreReadByNobody) {
  const Audited audited = AuditText("k.yaml", App("shop", "2", "web", Annotations({kCookie})) +
                                                  IngressRoute("site", Entry("shop")));
  EXPECT_THAT(Said(audited, "D2"),
              ElementsAre(AllOf(HasSubstr("is read for Ingresses only"),
                                HasSubstr("IngressRoute web/site leads to the Service web/shop"))));
  std::string route = IngressRoute("site", Entry("shop", "a"));
  route.insert(route.find("spec:"), Annotations({kCookie}));
  const Audited on_route = AuditText("k.yaml", App("shop") + route);
  EXPECT_THAT(Said(on_route, "D2"),
              ElementsAre(HasSubstr("IngressRoute web/site, where nobody reads it")));
  EXPECT_EQ(FixOf(on_route), "Write sticky at the service in spec.");
}

TEST(ManifestsIngressTest, AnHttpRouteHasNoPlaceForACookieOfItsOwn) {
  const std::string route =
      "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata:\n  name: site\n"
      "  namespace: web\n" +
      Annotations({kCookie}) +
      "spec:\n  rules:\n    - backendRefs:\n        - {name: shop, port: 80}\n";
  const Audited audited = AuditText("k.yaml", App("shop") + route);
  EXPECT_THAT(Said(audited, "D2"),
              ElementsAre(HasSubstr("HTTPRoute web/site, where nobody reads it")));
  EXPECT_EQ(FixOf(audited), "Route to a TraefikService with a cookie instead of the Service.");
}

TEST(ManifestsIngressTest, MisspeltAnnotationsAreFound) {
  const auto said = [](const std::string& on_service, const std::string& on_ingress) {
    std::vector<std::string> ingress;
    if (!on_ingress.empty()) ingress.push_back("traefik.ingress.kubernetes.io/" + on_ingress);
    return Said(
        AuditText("k.yaml",
                  App("shop", "2", "web",
                      Annotations({kCookie, "traefik.ingress.kubernetes.io/" + on_service})) +
                      Ingress("site", "shop", ingress.empty() ? "" : Annotations(ingress))),
        "D2");
  };
  EXPECT_THAT(said("service.sticky.cookie.samesite: none", ""), IsEmpty());
  EXPECT_THAT(
      said("service.sticky.cookie.http-only: \"true\"", ""),
      ElementsAre(AllOf(HasSubstr("did you mean httpOnly?"), HasSubstr("makes no service of it"))));
  EXPECT_THAT(said("service.sticky.cookie.secure: \"yes\"", ""),
              ElementsAre(HasSubstr("takes true or false")));
  EXPECT_THAT(said("service.nativelb: \"false\"", "router.middleware: web-a@kubernetescrd"),
              ElementsAre(AllOf(HasSubstr("did you mean middlewares?"),
                                HasSubstr("skips the whole Ingress"))));
  EXPECT_THAT(said("service.nativelb: \"false\"", "router.tls.domains.0.main: example.com"),
              IsEmpty());
  EXPECT_THAT(said("affinity: \"true\"", ""),
              ElementsAre(AllOf(HasSubstr("annotation of Traefik v1"))));
  EXPECT_THAT(said("services.sticky: \"true\"", ""),
              ElementsAre(HasSubstr("did you mean service?")));
}

TEST(ManifestsIngressTest, AnnotationsOfNginxAreReadByItsProvider) {
  const std::string text =
      App("shop") + Ingress("site", "shop", Annotations(kAffinity), kNginxClass);
  for (const std::string& more : {std::string(kNginxOn) + kIngressClass, std::string()}) {
    const Audited audited = AuditText("k.yaml", text + more, "3.7.9");
    EXPECT_THAT(Rules(audited), IsEmpty());
    const ServiceConfig* service =
        audited.config->FindService("web-site-shop-80@kubernetesingressnginx");
    ASSERT_NE(service, nullptr);
    EXPECT_EQ(service->cookie->name, "route");
    EXPECT_NE(audited.config->FindRouter("web-site-rule-0-path-0-tls@kubernetesingressnginx"),
              nullptr);
  }
}

TEST(ManifestsIngressTest, AnnotationsOfNginxWithoutItsProviderAreFound) {
  const std::string of_nginx =
      App("shop") + Ingress("site", "shop", Annotations(kAffinity), kNginxClass) + kIngressClass;
  const Audited off = AuditText("k.yaml", of_nginx + kNginxOff);
  EXPECT_THAT(Said(off, "D2"), ElementsAre(HasSubstr("kubernetesIngressNGINX is not on")));
  EXPECT_THAT(off.config->routers, IsEmpty());
  const Audited old = AuditText("k.yaml", of_nginx, "3.4.0");
  EXPECT_THAT(Said(old, "D2"), ElementsAre(HasSubstr("Traefik v3.4.0 has no provider for it")));

  const Audited ours =
      AuditText("k.yaml", App("shop") + Ingress("site", "shop", Annotations(kAffinity)));
  EXPECT_THAT(Said(ours, "D2"), ElementsAre(AllOf(HasSubstr("affinity does nothing"),
                                                  HasSubstr("kubernetesIngress takes"))));
  EXPECT_THAT(Rules(ours), Contains("A1"));
  const Audited both = AuditText("k.yaml", App("shop", "2", "web", Annotations({kCookie})) +
                                               Ingress("site", "shop", Annotations(kAffinity)));
  EXPECT_THAT(Rules(both), IsEmpty());
}

TEST(ManifestsIngressTest, AnnotationsOfNginxThatDoNothingAreFound) {
  const auto said = [](const std::vector<std::string>& annotations) {
    std::vector<std::string> all;
    for (const std::string& each : annotations)
      all.push_back("nginx.ingress.kubernetes.io/" + each);
    return Said(
        AuditText("k.yaml", App("shop") + Ingress("site", "shop", Annotations(all), kNginxClass)),
        "D2");
  };
  EXPECT_THAT(said({"session-cookie-name: route"}), ElementsAre(HasSubstr("does nothing without")));
  EXPECT_THAT(said({"affinity: cookie", "session-cookie-samsite: None"}),
              ElementsAre(HasSubstr("did you mean session-cookie-samesite?")));
  EXPECT_THAT(said({"affinity: cookie", "affinity-mode: persistent"}),
              ElementsAre(HasSubstr("ingress-nginx' own")));
  const Audited hash = AuditText(
      "k.yaml", App("shop") + Ingress("site", "shop",
                                      Annotations({kAffinity[0],
                                                   "nginx.ingress.kubernetes.io/upstream-hash-by: "
                                                   "\"$remote_addr\""}),
                                      kNginxClass));
  EXPECT_THAT(Rules(hash), Contains("A4"));
}

TEST(ManifestsIngressTest, RulesOfNginxHaveAliasesAndExpressions) {
  const auto rule = [](const std::string& annotation) {
    const Audited audited = AuditText(
        "k.yaml", App("shop") + Ingress("site", "shop",
                                        Annotations({"nginx.ingress.kubernetes.io/" + annotation}),
                                        kNginxClass));
    return audited.config->FindRouter("web-site-rule-0-path-0@kubernetesingressnginx")->rule;
  };
  EXPECT_EQ(rule("app-root: /shop"), "Host(\"site.example.com\") && PathPrefix(\"/\")");
  EXPECT_EQ(rule("use-regex: \"true\""), "Host(\"site.example.com\") && PathRegexp(\"(?i)^/\")");
  EXPECT_EQ(rule("server-alias: a.example.com, b.example.com"),
            "(Host(\"site.example.com\") || Host(\"a.example.com\") || Host(\"b.example.com\")) && "
            "PathPrefix(\"/\")");
}

TEST(ManifestsIngressTest, TlsThatIsPassedThroughHasNoCookie) {
  std::vector<std::string> annotations = kAffinity;
  annotations.emplace_back("nginx.ingress.kubernetes.io/ssl-passthrough: \"true\"");
  const Audited audited = AuditText(
      "k.yaml", App("shop") + Ingress("site", "shop", Annotations(annotations), kNginxClass));
  EXPECT_THAT(Said(audited, "D2"), ElementsAre(HasSubstr("has ssl-passthrough")));
  EXPECT_THAT(audited.config->routers, IsEmpty());
}

TEST(ManifestsIngressTest, CanariesOfNginxAreWeighted) {
  const std::string canary =
      Ingress("canary", "next",
              Annotations({"nginx.ingress.kubernetes.io/canary: \"true\"",
                           "nginx.ingress.kubernetes.io/canary-weight: \"40\""}),
              kNginxClass);
  std::string of_site = canary;
  of_site.replace(of_site.find("canary.example.com"), 6, "site");
  const std::string apps = App("shop") + App("next");
  const Audited sticky = AuditText(
      "k.yaml", apps + Ingress("site", "shop", Annotations(kAffinity), kNginxClass) + of_site);
  EXPECT_THAT(Rules(sticky), Not(Contains("A6")));
  const ServiceConfig* top =
      sticky.config->FindService("web-site-shop-80-wrr@kubernetesingressnginx");
  ASSERT_NE(top, nullptr);
  EXPECT_EQ(top->cookie->name, "route-wrr");
  ASSERT_THAT(top->children, SizeIs(2));
  EXPECT_NE(sticky.config->FindService("web-site-shop-80-canary@kubernetesingressnginx"), nullptr);

  const Audited plain =
      AuditText("k.yaml", apps + Ingress("site", "shop", "", kNginxClass) + of_site);
  EXPECT_THAT(Rules(plain), Contains("A1"));
}

TEST(ManifestsIngressTest, ClassesOfOthersAreNotRead) {
  const Audited audited =
      AuditText("k.yaml", App("shop") + Ingress("site", "shop", "", "  ingressClassName: alb\n"));
  EXPECT_THAT(Rules(audited), IsEmpty());
  EXPECT_THAT(Said(audited, "D5"), ElementsAre(HasSubstr("is not this Traefik's")));
  const std::string fallback =
      "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\n"
      "metadata:\n  name: haproxy\n  annotations:\n"
      "    ingressclass.kubernetes.io/is-default-class: \"true\"\n"
      "spec: {controller: haproxy.org/ingress-controller}\n";
  EXPECT_THAT(AuditText("k.yaml", App("shop") + Ingress("site", "shop") + fallback).config->routers,
              IsEmpty());
}

TEST(ManifestsIngressTest, PathsThatTraefikSkipsAreFound) {
  std::string ingress = Ingress("site", "shop");
  ingress.replace(ingress.find("number: 80"), 10, "number: 81");
  EXPECT_THAT(Said(AuditText("k.yaml", App("shop") + ingress), "D2"),
              ElementsAre(AllOf(HasSubstr("skips this path"), HasSubstr("has no port 81"))));
  std::string named = Ingress("site", "shop");
  named.replace(named.find("number: 80"), 10, "name: http");
  const Audited audited =
      AuditText("k.yaml", App("shop", "2", "web", Annotations({kCookie})) + named);
  EXPECT_NE(audited.config->FindService("web-shop-http@kubernetes"), nullptr);
}

TEST(ManifestsIngressTest, TheDefaultBackendIsReadWhereThereAreNoRules) {
  const std::string ingress =
      "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n"
      "metadata: {name: all, namespace: web}\n"
      "spec:\n  defaultBackend:\n    service: {name: shop, port: {number: 80}}\n";
  const Audited audited = AuditText("k.yaml", App("shop") + ingress);
  EXPECT_NE(audited.config->FindRouter("default-router@kubernetes"), nullptr);
  EXPECT_THAT(Rules(audited), ElementsAre("A1"));
}

}  // namespace
}  // namespace stickyd
