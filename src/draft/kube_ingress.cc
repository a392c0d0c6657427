// SPDX-License-Identifier: Apache-2.0
// kube_ingress.cc: Ingresses: which provider takes each of them, and what the provider
//                  kubernetesIngress makes of its own.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "kube_names.h"
#include "kube_reader.h"
#include "stickyd/base/text.h"
#include "stickyd/base/version.h"

namespace stickyd {
namespace {

using nlohmann::json;

constexpr std::string_view kIngress = "kubernetesIngress";
constexpr std::string_view kNginx = "kubernetesIngressNGINX";
constexpr std::string_view kNginxController = "k8s.io/ingress-nginx";

// `backend.service` of v1, `backend.serviceName` of v1beta1.
void FillBackend(const Node& backend, IngressBackend& out) {
  out.place = backend.key_place;
  if (const Node* service = backend.Find("service")) {
    out.service = service->TextOf("name");
    if (const Node* port = service->Find("port")) {
      out.port = port->TextOf("name").empty() ? port->TextOf("number") : port->TextOf("name");
    }
  } else {
    out.service = backend.TextOf("serviceName");
    out.port = backend.TextOf("servicePort");
  }
}

class IngressReader {
 public:
  explicit IngressReader(KubeReader& kube) : kube_(kube) {
    for (const KubeObject* object : kube_.cluster.OfKind("IngressClass")) {
      if (object->Annotation("ingressclass.kubernetes.io/is-default-class") == "true") {
        default_class_ = object->name;
      }
    }
  }

  void Read() {
    std::vector<const KubeObject*> nginx;
    for (const KubeObject* object : kube_.cluster.OfKind("Ingress")) {
      if (object->Spec() == nullptr) continue;
      const std::string_view taker = TakerOf(*object);
      if (taker == kNginx) nginx.push_back(object);
      if (taker != kIngress) continue;
      NoteNginxAnnotations(*object);
      ReadIngress(*object);
    }
    ReadNginxIngresses(kube_, nginx);
  }

 private:
  struct Class {
    std::string_view name;
    bool by_annotation = false;
    std::string_view controller;  // where the IngressClass is among the files
  };

  Class ClassOf(const KubeObject& ingress) const {
    Class out;
    out.name = ingress.Spec()->TextOf("ingressClassName");
    if (out.name.empty()) {
      out.name = ingress.Annotation("kubernetes.io/ingress.class");
      out.by_annotation = !out.name.empty();
    }
    if (out.name.empty()) out.name = default_class_;
    if (out.by_annotation) return out;
    const KubeObject* object = kube_.cluster.Find("IngressClass", "default", out.name);
    if (object != nullptr && object->Spec() != nullptr) {
      out.controller = object->Spec()->TextOf("controller");
    }
    return out;
  }

  // The provider that takes an Ingress; "" where it is none of Traefik's.
  std::string_view TakerOf(const KubeObject& ingress) {
    const Class its = ClassOf(ingress);
    const bool nginx =
        its.controller == kNginxController || (its.controller.empty() && its.name == "nginx");
    if (nginx) return IsNginxOn(ingress) ? kNginx : "";
    if (!its.controller.empty() && its.controller != "traefik.io/ingress-controller") {
      return NotOurs(ingress, its.name);
    }
    const std::string_view wanted = kube_.Setting(kIngress, "ingressClass");
    const bool other =
        its.by_annotation && its.name != wanted && !(wanted.empty() && its.name == "traefik");
    if (other && (kube_.IsStaticKnown() || IsAnothers(its.name))) return NotOurs(ingress, its.name);
    if (its.controller.empty() && IsAnothers(its.name)) return NotOurs(ingress, its.name);
    if (its.name.empty() && !wanted.empty()) return NotOurs(ingress, its.name);
    if (!kube_.IsOn(kIngress) && kube_.IsOn(kNginx)) {
      if (its.name.empty() && kube_.Flag(kNginx, "watchIngressWithoutClass")) return kNginx;
      return NotOurs(ingress, its.name);
    }
    kube_.NoteIfOff(kIngress, ingress);
    return kIngress;
  }

  static bool IsAnothers(std::string_view name) {
    static constexpr std::string_view kNames[] = {
        "haproxy", "alb",     "gce",        "gce-internal", "kong",
        "istio",   "contour", "ambassador", "cilium",       "azure-application-gateway"};
    return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
  }

  std::string_view NotOurs(const KubeObject& ingress, std::string_view name) {
    const std::vector<const Node*> session = NginxSessionAnnotations(ingress);
    if (!session.empty()) {
      NoteUnread(ingress, session,
                 fmt::format("The Ingress {} is of the class \"{}\", which no "
                             "provider of this Traefik takes",
                             ingress.FullName(), name));
      return {};
    }
    kube_.NotKnownOnce(ingress.Place(),
                       fmt::format("The Ingress {} is of the class \"{}\", which is not this "
                                   "Traefik's: it is not read.",
                                   ingress.FullName(), name));
    return {};
  }

  bool IsNginxOn(const KubeObject& ingress) {
    const std::string_view version = kube_.out.version();
    const bool old = !version.empty() && !IsAtLeast(version, "3.5");
    if (kube_.IsOn(kNginx) && !old) {
      if (!kube_.IsStaticKnown() && !told_nginx_) {
        told_nginx_ = true;
        kube_.NotKnownOnce(ingress.Place(),
                           "Ingresses of ingress-nginx' class are read as by Traefik's provider "
                           "kubernetesIngressNGINX (v3.5); whether it is on is not known.");
      }
      return true;
    }
    const std::string why = old ? fmt::format("Traefik v{} has no provider for it", version)
                                : "the provider kubernetesIngressNGINX is not on";
    const std::string text =
        fmt::format("The Ingress {} is of ingress-nginx' class, and {}", ingress.FullName(), why);
    const std::vector<const Node*> session = NginxSessionAnnotations(ingress);
    if (session.empty()) {
      kube_.NotKnownOnce(ingress.Place(), text + ": it is not read.");
    } else {
      NoteUnread(ingress, session, text);
    }
    return false;
  }

  void NoteUnread(const KubeObject& ingress, const std::vector<const Node*>& annotations,
                  const std::string& text) {
    kube_.Unread(
        annotations.front()->key_place, FindingLevel::kError,
        fmt::format("{}: Traefik reads neither it nor {}.", text, annotations.front()->key),
        "Give the Ingress a class that Traefik takes, or turn on kubernetesIngressNGINX.",
        ingress.FullName() + " nginx");
  }

  // Annotations of ingress-nginx where nobody reads them.
  void NoteNginxAnnotations(const KubeObject& ingress) {
    const std::vector<const Node*> session = NginxSessionAnnotations(ingress);
    if (session.empty()) return;
    std::string_view plain;
    for (const IngressBackend& backend : BackendsOf(ingress)) {
      const KubeObject* service = kube_.cluster.Find("Service", ingress.space, backend.service);
      if (service == nullptr || !SettingsOf(*service).contains("sticky")) plain = backend.service;
    }
    const std::string where = plain.empty()
                                  ? std::string("the Service")
                                  : fmt::format("the Service {}/{}", ingress.space, plain);
    kube_.Unread(
        session.front()->key_place, plain.empty() ? FindingLevel::kInfo : FindingLevel::kError,
        fmt::format("{} does nothing: Traefik's provider kubernetesIngress takes the Ingress {}, "
                    "and does not read annotations of ingress-nginx.",
                    session.front()->key, ingress.FullName()),
        fmt::format("Write {}service.sticky.cookie: \"true\" on {}, or give the Ingress the class "
                    "of ingress-nginx and turn on kubernetesIngressNGINX (v3.5).",
                    kTraefikAnnotations, where),
        ingress.FullName() + " nginx");
  }

  const json& SettingsOf(const KubeObject& service) {
    const auto [it, fresh] = settings_.try_emplace(&service);
    if (fresh) {
      it->second = kube_.Silently("annotations", TreeOfAnnotations(service))
                       .value("service", json::object());
    }
    return it->second;
  }

  static std::string RouterKey(const KubeObject& ingress, const IngressBackend& backend) {
    return NormalizedName(fmt::format("{}-{}-{}{}", ingress.space, ingress.name, backend.host,
                                      backend.path->TextOf("path")));
  }

  void ReadIngress(const KubeObject& ingress) {
    const json router =
        kube_.Silently("annotations", TreeOfAnnotations(ingress)).value("router", json::object());
    std::vector<IngressBackend> backends = BackendsOf(ingress);
    std::erase_if(backends, [&](const IngressBackend& backend) {
      if (kube_.IsFull()) return true;
      const bool beside = backend.path == nullptr && ingress.Spec()->Find("rules") != nullptr;
      return beside || !AddBackend(ingress, backend);
    });
    std::unordered_map<size_t, size_t> same;  // how many routers have a name, by its hash
    const std::hash<std::string> hash;
    for (const IngressBackend& backend : backends) {
      if (backend.path != nullptr) ++same[hash(RouterKey(ingress, backend))];
    }
    for (const IngressBackend& backend : backends) {
      if (kube_.IsFull()) return;
      json body = router;
      body.erase("pathMatcher");
      body["service"] = ServiceName(ingress, backend);
      body["rule"] = backend.path == nullptr ? "PathPrefix(\"/\")" : RuleOf(backend, router);
      std::string name = "default-router";
      if (backend.path != nullptr) {
        name = RouterKey(ingress, backend);
        if (same[hash(name)] > 1) name += "-" + RuleDigest(body["rule"].get<std::string>());
      }
      kube_.AddRouter(name + "@kubernetes", std::move(body), backend.place);
    }
  }

  static std::string ServiceName(const KubeObject& ingress, const IngressBackend& backend) {
    if (backend.path == nullptr) return "default-backend";
    return NormalizedName(fmt::format("{}-{}-{}", ingress.space, backend.service, backend.port));
  }

  std::string RuleOf(const IngressBackend& backend, const json& router) const {
    std::string rule;
    if (!backend.host.empty()) rule = fmt::format("Host({})", InGoQuotes(backend.host));
    const std::string_view path = backend.path->TextOf("path");
    if (path.empty()) return rule;
    const std::string_view type = backend.path->TextOf("pathType");
    std::string matcher = "PathPrefix";
    if (type == "Exact") matcher = "Path";
    if ((type.empty() || type == "ImplementationSpecific") && router.contains("pathMatcher")) {
      matcher = router["pathMatcher"].get<std::string>();
    }
    if (!rule.empty()) rule += " && ";
    const bool strict = matcher == "PathPrefix" && kube_.Flag(kIngress, "strictPrefixMatching");
    return rule +
           (strict ? PrefixOfElements(path) : fmt::format("{}({})", matcher, InGoQuotes(path)));
  }

  // The service of a Service and port is the same for all Ingresses.
  bool AddBackend(const KubeObject& ingress, const IngressBackend& backend) {
    const std::string full = ServiceName(ingress, backend) + "@kubernetes";
    if (kube_.out.services.contains(full)) return true;
    const KubeObject* service = kube_.cluster.Find("Service", ingress.space, backend.service);
    const json settings = service == nullptr ? json::object() : SettingsOf(*service);
    const std::string scheme = settings.value("serversScheme", std::string());
    KubeBackend reference{ingress.space, backend.service, backend.port, scheme, {},
                          false,         backend.place,   kIngress};
    if (settings.contains("nativeLB")) reference.native = settings["nativeLB"] == true;
    reference.nodes = settings.value("nodePortLB", false);
    KubeServers servers = kube_.ServersOf(reference);
    if (!servers.refused.empty()) {
      kube_.Refuse(backend.place,
                   fmt::format("Traefik skips this path of the Ingress {}: {}.", ingress.FullName(),
                               servers.refused),
                   "Name what is there.", ingress.FullName() + servers.refused);
      return false;
    }
    json balancer = json::object();
    for (const char* key : {"sticky", "passHostHeader", "serversTransport"}) {
      if (settings.contains(key)) balancer[key] = settings[key];
    }
    kube_.AddService(full, {{"loadBalancer", std::move(balancer)}}, std::move(servers),
                     OriginOf(service, backend));
    return true;
  }

  static Origin OriginOf(const KubeObject* service, const IngressBackend& backend) {
    Origin origin;
    origin.place = service == nullptr ? backend.place : service->Place();
    const Node* metadata = service == nullptr ? nullptr : service->node->Find("metadata");
    if (metadata == nullptr || metadata->style == Node::Style::kCopied) return origin;
    const Node* annotations = service->Annotations();
    origin.syntax = Origin::Syntax::kLabels;
    origin.prefix = std::string(kTraefikAnnotations) + "service.";
    if (annotations != nullptr && !annotations->children.empty()) {
      origin.node = *annotations;
    } else if (metadata->Find("annotations") == nullptr) {
      origin.node = *metadata;
      origin.missing = "annotations";
    } else {
      origin.syntax = Origin::Syntax::kNone;
    }
    return origin;
  }

  KubeReader& kube_;
  std::string_view default_class_;
  std::map<const KubeObject*, json> settings_;  // of annotations of Services
  bool told_nginx_ = false;
};

}  // namespace

std::vector<IngressBackend> BackendsOf(const KubeObject& ingress) {
  std::vector<IngressBackend> out;
  const Node* spec = ingress.Spec();
  if (spec == nullptr) return out;
  for (const std::string_view key : {"defaultBackend", "backend"}) {
    const Node* backend = spec->Find(key);
    if (backend == nullptr) continue;
    IngressBackend each;
    FillBackend(*backend, each);
    if (!each.service.empty()) out.push_back(each);
  }
  const Node* rules = spec->Find("rules");
  if (rules == nullptr) return out;
  for (size_t i = 0; i < rules->children.size(); ++i) {
    const Node* paths = rules->children[i].At({"http", "paths"});
    if (paths == nullptr) continue;
    for (size_t k = 0; k < paths->children.size(); ++k) {
      const Node* backend = paths->children[k].Find("backend");
      if (backend == nullptr) continue;
      IngressBackend each;
      FillBackend(*backend, each);
      if (each.service.empty()) continue;  // a resource, which Traefik does not take
      each.host = rules->children[i].TextOf("host");
      each.path = &paths->children[k];
      each.rule_index = i;
      each.path_index = k;
      out.push_back(each);
    }
  }
  return out;
}

void ReadIngresses(KubeReader& reader) { IngressReader(reader).Read(); }

}  // namespace stickyd
