// SPDX-License-Identifier: Apache-2.0
// manifests_test: what manifests say together: how many servers a Service has, Traefik's own flags,
// HTTPRoutes, and what cannot be known.
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

std::string Scaler(const std::string& limits) {
  return "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
         "metadata: {name: shop, namespace: web}\nspec:\n"
         "  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: shop}\n  " +
         limits + "\n";
}

size_t ServersOf(const Audited& audited) {
  return audited.config->services.begin()->second.servers.size();
}

TEST(ManifestsTest, ServersAreThePodsThatTheSelectorMatches) {
  const std::string route = IngressRoute("shop", Entry("shop", "a"));
  EXPECT_EQ(ServersOf(AuditText("k.yaml", App("shop", "4") + route)), 4U);
  // Two Deployments of one label, and one of another namespace.
  std::string second = App("blue", "3");
  second = second.substr(second.find("---\napiVersion: apps"));
  second.replace(second.find("app: blue"), 9, "app: shop");
  std::string other = second;
  other.replace(other.find("namespace: web"), 14, "namespace: far");
  EXPECT_EQ(ServersOf(AuditText("k.yaml", App("shop", "4") + second + other + route)), 7U);
  // Not all labels of the selector.
  std::string more = App("shop", "4");
  more.insert(more.find("  ports:"), "    tier: back\n");
  const Audited none = AuditText("k.yaml", more + route);
  EXPECT_EQ(ServersOf(none), 0U);
  EXPECT_THAT(none.draft.facts.unknown_number, SizeIs(1));
}

TEST(ManifestsTest, AnAutoscalerSaysHowManyAtLeast) {
  const std::string route = IngressRoute("shop", Entry("shop"));
  const Audited one = AuditText("k.yaml", App("shop", "1") + Scaler("maxReplicas: 5") + route);
  EXPECT_THAT(one.draft.facts.unknown_number, SizeIs(1));
  EXPECT_THAT(Rules(one), IsEmpty());
  EXPECT_THAT(Said(one, "A1"), ElementsAre(HasSubstr("nobody can say yet how many")));
  const Audited two =
      AuditText("k.yaml", App("shop", "1") + Scaler("minReplicas: 2\n  maxReplicas: 5") + route);
  EXPECT_THAT(Rules(two), ElementsAre("A1"));
}

TEST(ManifestsTest, AMissingServiceIsSaidAndNotGuessed) {
  const Audited audited = AuditText("k.yaml", IngressRoute("shop", Entry("shop")));
  EXPECT_THAT(Rules(audited), IsEmpty());
  EXPECT_THAT(Said(audited, "D5"),
              Contains(HasSubstr("The Service web/shop is not among the files")));
  EXPECT_THAT(audited.config->routers, SizeIs(1));
}

TEST(ManifestsTest, ListsAndDumpsAreRead) {
  const Audited audited = AuditText("k.yaml", R"yaml(apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata: {name: shop}
    spec: {selector: {app: shop}, ports: [{port: 80}]}
  - apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: shop}
    spec: {replicas: 2, template: {metadata: {labels: {app: shop}}}}
  - apiVersion: v1
    kind: Pod
    metadata: {name: shop-0, labels: {app: shop}, ownerReferences: [{kind: StatefulSet, name: shop}]}
    spec: {}
  - apiVersion: traefik.io/v1alpha1
    kind: IngressRoute
    metadata: {name: shop}
    spec:
      routes:
        - {match: "Host(`a.example.com`)", kind: Rule, services: [{name: shop, port: 80}]}
)yaml");
  EXPECT_EQ(ServersOf(audited), 2U);
  EXPECT_THAT(Rules(audited), ElementsAre("A1"));
}

TEST(ManifestsTest, TraefikAmongThemSaysItsVersionAndFlags) {
  const std::string traefik =
      "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: traefik}\nspec:\n"
      "  template:\n    spec:\n      containers:\n        - image: docker.io/traefik:v3.3.4\n"
      "          args:\n            - --entrypoints.web.address=:80\n"
      "            - --providers.kubernetescrd.nativelbbydefault=true\n";
  const Audited audited =
      AuditText("k.yaml", traefik + App("shop") + IngressRoute("shop", Entry("shop", "a")));
  EXPECT_EQ(audited.config->version, "3.3.4");
  EXPECT_THAT(Rules(audited), Contains("A5"));
  const Audited other = AuditText("k.yaml", traefik + App("shop") + Ingress("site", "shop"));
  EXPECT_THAT(Said(other, "D2"), ElementsAre(HasSubstr("has no providers.kubernetesIngress")));
}

std::string Route(const std::string& more = "") {
  return "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\n"
         "metadata: {name: edge, namespace: web}\nspec:\n  listeners:\n"
         "    - {name: http, port: 80, protocol: HTTP, hostname: \"*.example.com\"}\n"
         "    - {name: tcp, port: 90, protocol: TCP}\n"
         "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
         "metadata: {name: shop, namespace: web}\nspec:\n  parentRefs: [{name: edge}]\n"
         "  hostnames: [shop.example.com, shop.example.org]\n  rules:\n"
         "    - backendRefs:\n        - {name: shop, port: 80}\n" +
         more;
}

TEST(ManifestsTest, HttpRoutesHaveNoCookieAndTheirPersistenceIsUnread) {
  const Audited audited = AuditText(
      "k.yaml", App("shop") + Route("      sessionPersistence: {sessionName: a, type: Cookie}\n"));
  EXPECT_THAT(Rules(audited), testing::UnorderedElementsAre("S6", "D2"));
  EXPECT_THAT(Said(audited, "D2"), ElementsAre(HasSubstr("is read by no version of Traefik")));
  ASSERT_THAT(audited.config->routers, SizeIs(1));
  const auto& [name, router] = *audited.config->routers.begin();
  EXPECT_THAT(name, testing::MatchesRegex(
                        "httproute-web-shop-gw-web-edge-ep-web-0-[0-9a-f]{20}@kubernetesgateway"));
  EXPECT_THAT(router.rule, AllOf(HasSubstr("Host(\"shop.example.com\") && PathPrefix(\"/\")"),
                                 Not(HasSubstr("example.org"))));
}

TEST(ManifestsTest, AnHttpRouteToATraefikServiceIsSticky) {
  std::string route = Route();
  route.replace(route.find("{name: shop, port: 80}"), 22,
                "{group: traefik.io, kind: TraefikService, name: shop}");
  const Audited audited = AuditText(
      "k.yaml", App("shop") + route +
                    "---\napiVersion: traefik.io/v1alpha1\nkind: TraefikService\n"
                    "metadata: {name: shop, namespace: web}\nspec:\n  weighted:\n    services:\n"
                    "      - name: shop\n        port: 80\n        sticky: {cookie: {name: a}}\n");
  EXPECT_THAT(Rules(audited), IsEmpty());
}

TEST(ManifestsTest, AGatewayTakesRoutesOfItsOwnNamespace) {
  std::string route = Route();
  route.replace(route.find("edge, namespace: web"), 20, "edge, namespace: ops");
  route.replace(route.find("{name: edge}"), 12, "{name: edge, namespace: ops}");
  const Audited audited = AuditText("k.yaml", App("shop") + route);
  EXPECT_THAT(Said(audited, "D2"), ElementsAre(HasSubstr("is not let in by a listener")));
  EXPECT_THAT(audited.config->routers, IsEmpty());
  route.replace(route.find("protocol: HTTP,"), 15,
                "protocol: HTTP, allowedRoutes: {namespaces: {from: All}},");
  EXPECT_THAT(AuditText("k.yaml", App("shop") + route).config->routers, SizeIs(1));
}

TEST(ManifestsTest, PoliciesOfPersistenceAreUnread) {
  const std::string policy =
      "---\napiVersion: gateway.networking.x-k8s.io/v1alpha1\nkind: XBackendTrafficPolicy\n"
      "metadata: {name: shop}\nspec:\n  sessionPersistence: {type: Cookie}\n";
  EXPECT_THAT(Said(AuditText("k.yaml", policy), "D2"),
              ElementsAre(HasSubstr("XBackendTrafficPolicy default/shop")));
}

TEST(ManifestsTest, WhatOthersMakeOfThemIsSaid) {
  const std::string kustomization =
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n";
  EXPECT_THAT(Said(AuditText("kustomization.yaml", kustomization), "D5"),
              Contains(HasSubstr("kubectl kustomize")));
  EXPECT_THAT(Said(AuditText("kustomization.yaml", "resources: [a.yaml]\n"), "D5"),
              Contains(HasSubstr("kubectl kustomize")));
  const Audited values =
      AuditText("values.yaml",
                "replicaCount: 2\nimage: {tag: \"1\"}\nlog: {level: INFO}\nproviders:\n"
                "  kubernetesCRD: {enabled: true}\n  other: {}\n");
  EXPECT_THAT(Rules(values), IsEmpty());
  EXPECT_THAT(Said(values, "D5"), Contains(HasSubstr("helm template")));
  const Audited chart =
      AuditText("templates/service.yaml",
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}-web\n");
  EXPECT_THAT(Rules(chart), IsEmpty());
  EXPECT_THAT(Said(chart, "D5"), Contains(HasSubstr("is a template")));
}

TEST(ManifestsTest, ACommentAcceptsAFinding) {
  const Audited audited = AuditText(
      "k.yaml",
      App("shop") +
          IngressRoute("shop", "        # stickyd: ignore A1 keeps no sessions\n" + Entry("shop")));
  ASSERT_THAT(Said(audited, "A1"), SizeIs(1));
  for (const Finding& finding : audited.findings) {
    EXPECT_EQ(finding.accepted, finding.rule->id == "A1") << finding.rule->id;
  }
  EXPECT_THAT(audited.idle, IsEmpty());
}

TEST(ManifestsTest, ThousandsOfObjectsOfOneLabelAreBounded) {
  std::vector<DraftFile> files;
  for (int i = 0; i < 3000; ++i) {
    const std::string name = fmt::format("app{}", i);
    std::string text = App(name, "1000");
    for (size_t at = text.find("app: "); at != std::string::npos; at = text.find("app: ", at + 1)) {
      text.replace(at, text.find('\n', at) - at, "app: same");
    }
    files.push_back({name + ".yaml", text + IngressRoute(name, Entry(name, "a"))});
  }
  const Draft draft = ReadDraft(files, "");
  EXPECT_EQ(draft.facts.unknown_number.size(), 3000U);
  EXPECT_LT(draft.answers.rawdata.size(), size_t{64} << 20U);
}

TEST(ManifestsTest, OneObjectCannotMakeMuchOfLittle) {
  // Long names and lists that each of many routes, paths or matches would have again.
  const std::string list = "[" + std::string(40'000, 'a') + "]";
  std::string route = IngressRoute("shop", Entry("shop"));
  route.insert(route.find("  routes:"), "  entryPoints: " + list + "\n");
  for (int i = 0; i < 3'000; ++i) {
    route += fmt::format(
        "    - {{match: Host(`h{}`), kind: Rule, services: [{{name: a, port: 1}}]}}\n", i);
  }
  std::string ingress = Ingress("site", "shop");
  ingress.replace(ingress.find("site.example.com"), 16, std::string(40'000, 'h'));
  for (int i = 0; i < 3'000; ++i) {
    ingress += fmt::format(
        "          - {{path: /{0}, backend: {{service: {{name: s{0}, port: {{number: 80}}}}}}}}\n",
        i);
  }
  for (const std::string& text : {route, ingress}) {
    const Draft draft = ReadDraft({{"k.yaml", text}}, "");
    EXPECT_GT(draft.answers.rawdata.size(), size_t{1} << 20U);
    EXPECT_LT(draft.answers.rawdata.size(), size_t{80} << 20U);
  }
}

}  // namespace
}  // namespace stickyd
