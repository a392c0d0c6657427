// SPDX-License-Identifier: Apache-2.0
// kube_crd.cc: Traefik's own kinds of objects in Kubernetes, as the provider kubernetesCRD reads
//              them: IngressRoute, TraefikService, Middleware, ServersTransport.
#include <fmt/format.h>

#include "kube_child.h"
#include "kube_names.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using nlohmann::json;

constexpr std::string_view kRefused =
    "kubectl apply refuses the object then; tools that do not validate strictly have the API "
    "server drop the key without a word.";

class CrdReader {
 public:
  explicit CrdReader(KubeReader& kube) : kube_(kube), children_(kube) {}

  void Read() {
    for (const std::string_view kind :
         {"IngressRoute", "TraefikService", "Middleware", "ServersTransport"}) {
      for (const KubeObject* object : kube_.cluster.OfKind(kind)) {
        if (!IsOurs(*object)) continue;
        Check(*object);
        if (kind == "IngressRoute") ReadIngressRoute(*object);
        if (kind == "Middleware") ReadMiddleware(*object);
        if (kind == "TraefikService") ReadTraefikService(*object);
      }
    }
  }

 private:
  bool IsOurs(const KubeObject& object) {
    if (object.group != "traefik.io" && object.group != "traefik.containo.us") return false;
    if (object.Spec() == nullptr) return false;
    kube_.NoteIfOff(kKubeCrd, object);
    if (object.group != "traefik.containo.us" || kube_.IsOld()) return true;
    const bool known = !kube_.out.version().empty();
    if (!known && told_group_) return true;
    told_group_ = true;
    kube_.Unread(object.Place(), known ? FindingLevel::kError : FindingLevel::kWarning,
                 fmt::format("{} {} is of traefik.containo.us, which v3 does not read.",
                             object.kind, object.FullName()),
                 "Write apiVersion: traefik.io/v1alpha1 (v2.10 and later read it).",
                 "traefik.containo.us " + object.FullName());
    return !known;
  }

  void Check(const KubeObject& object) {
    const SchemaKey& schema = KubeSchema(object.kind);
    SchemaReading reading;
    reading.api_server = true;
    reading.root = &schema;
    reading.version = kube_.out.version();
    reading.complain = [&](const SchemaComplaint& complaint) {
      const bool bad = complaint.kind == SchemaComplaint::Kind::kBadValue;
      const bool empty = complaint.kind == SchemaComplaint::Kind::kEmpty;
      const bool sticky = complaint.path.ends_with("sticky") || complaint.path.ends_with("cookie");
      kube_.out.Complain(
          complaint, empty && !sticky ? FindingLevel::kWarning : FindingLevel::kError,
          bad     ? "The API server refuses the object then."
          : empty ? (sticky ? "It says nothing, and no cookie is set." : "It says nothing.")
                  : kRefused);
    };
    ReadBySchema(reading, schema, *object.Spec(), "spec");
  }

  void ReadIngressRoute(const KubeObject& object) {
    if (!IsOfClass(object)) return;
    const Node* routes = object.Spec()->Find("routes");
    if (routes == nullptr || !routes->IsList()) return;
    json shared = json::object();
    const json spec = kube_.Silently("IngressRoute", *object.Spec());
    if (spec.contains("entryPoints")) shared["entryPoints"] = spec["entryPoints"];
    if (object.Spec()->Find("tls") != nullptr) shared["tls"] = spec.value("tls", json::object());
    if (!AddParents(object, shared)) return;
    for (const Node& route : routes->children) {
      if (!kube_.IsFull()) ReadRoute(object, route, shared);
    }
  }

  bool IsOfClass(const KubeObject& object) {
    std::string_view its = object.Spec()->TextOf("ingressClassName");
    if (its.empty()) its = object.Annotation("kubernetes.io/ingress.class");
    const std::string_view wanted = kube_.Setting(kKubeCrd, "ingressClass");
    if (!kube_.IsStaticKnown() || its == wanted || (wanted.empty() && its == "traefik"))
      return true;
    kube_.NotKnownOnce(object.Place(),
                       fmt::format("IngressRoute {} is of the class \"{}\", and this Traefik takes "
                                   "\"{}\": it is not read.",
                                   object.FullName(), its, wanted));
    return false;
  }

  // The routers of the parents, by the names of their IngressRoutes.
  bool AddParents(const KubeObject& object, json& shared) {
    const Node* parents = object.Spec()->Find("parentRefs");
    if (parents == nullptr) return true;
    json names = json::array();
    for (const Node& parent : parents->children) {
      std::string_view space = parent.TextOf("namespace");
      if (space.empty()) space = object.space;
      const KubeObject* found = kube_.cluster.Find("IngressRoute", space, parent.TextOf("name"));
      const Node* routes = found == nullptr ? nullptr : found->node->At({"spec", "routes"});
      if (routes == nullptr) {
        kube_.NotKnownOnce(
            parent.place, fmt::format("The parent {}/{} of IngressRoute {} is not among the files; "
                                      "without it, nothing is read of the IngressRoute.",
                                      space, parent.TextOf("name"), object.FullName()));
        return false;
      }
      for (const Node& route : routes->children) {
        if (names.size() >= kMostParents) break;
        names.push_back(RouteName(found->space, found->name, route.TextOf("match")));
      }
    }
    if (!names.empty()) shared["parentRefs"] = std::move(names);
    return true;
  }

  void ReadRoute(const KubeObject& object, const Node& route, json router) {
    const Node* match = route.Find("match");
    if (match == nullptr || match->text.empty()) return;
    const std::string name = RouteName(object.space, object.name, match->text);
    router["rule"] = match->text;
    if (const auto priority = ParseNumber<int64_t>(route.TextOf("priority"))) {
      router["priority"] = *priority;
    }
    if (const Node* middlewares = route.Find("middlewares")) {
      for (const Node& each : middlewares->children) {
        const std::string one = children_.Reference(object, each, "The middleware");
        if (one.empty()) return;
        router["middlewares"].push_back(one);
      }
    }
    const Node* services = route.Find("services");
    const size_t count = services == nullptr ? 0 : services->children.size();
    if (count == 1) {
      KubeChild only = children_.Read(object, services->children.front());
      if (only.name.empty()) return;
      if (!only.body.is_null()) only.name = name;
      children_.Add(only);
      router["service"] = only.name;
    } else if (count > 1) {
      json children;
      if (!children_.ReadAll(object, *services, "weight", children)) return;
      Origin origin;
      origin.place = services->key_place;
      kube_.AddPart(kube_.out.services, OfCrd(name), {{"weighted", {{"services", children}}}},
                    origin);
      router["service"] = name;
    }
    kube_.AddRouter(OfCrd(name), std::move(router), match->key_place);
  }

  void ReadTraefikService(const KubeObject& object) {
    const Node& spec = *object.Spec();
    const json fields = kube_.Silently("TraefikService", spec);
    Origin origin;
    origin.place = object.Place();
    json body;
    for (const char* kind : {"weighted", "mirroring", "highestRandomWeight", "failover"}) {
      const Node* node = spec.Find(kind);
      if (node == nullptr || !node->IsMap()) continue;
      const json its = fields.value(kind, json::object());
      if (std::string_view(kind) == "weighted" && node->style != Node::Style::kCopied) {
        origin.syntax = Origin::Syntax::kKeys;
        origin.node = *node;
      }
      if (!ReadNested(object, kind, *node, its, body[kind])) return;
      break;  // Traefik reads the first of them
    }
    if (body.is_null()) return;
    kube_.AddPart(kube_.out.services, OfCrd(CrdName(object.space, object.name)), std::move(body),
                  std::move(origin));
  }

  bool ReadNested(const KubeObject& object, std::string_view kind, const Node& node,
                  const json& its, json& out) {
    out = json::object();
    if (kind == "mirroring" || kind == "failover") {
      for (const char* key : {"mirrorBody", "maxBodySize", "errors"}) {
        if (its.contains(key)) out[key] = its[key];
      }
    }
    if (kind == "mirroring") {
      KubeChild main = children_.Read(object, node);
      if (main.name.empty()) return false;
      children_.Add(main);
      out["service"] = main.name;
      const Node* mirrors = node.Find("mirrors");
      return mirrors == nullptr || children_.ReadAll(object, *mirrors, "percent", out["mirrors"]);
    }
    if (kind == "failover") {
      for (const char* key : {"service", "fallback"}) {
        const Node* entry = node.Find(key);
        if (entry == nullptr) return false;
        KubeChild child = children_.Read(object, *entry);
        if (child.name.empty()) return false;
        children_.Add(child);
        out[key] = child.name;
      }
      return true;
    }
    if (its.contains("sticky") && its["sticky"].contains("cookie")) out["sticky"] = its["sticky"];
    const Node* services = node.Find("services");
    return services != nullptr && children_.ReadAll(object, *services, "weight", out["services"]);
  }

  void ReadMiddleware(const KubeObject& object) {
    json body = kube_.Silently("Middleware", *object.Spec());
    const std::string name = CrdName(object.space, object.name);
    if (const Node* chain = object.node->At({"spec", "chain", "middlewares"})) {
      json names = json::array();
      for (const Node& each : chain->children) {
        const std::string one = children_.Reference(object, each, "The middleware");
        if (one.empty()) return;
        names.push_back(one);
      }
      body["chain"] = {{"middlewares", std::move(names)}};
    }
    if (const Node* service = object.node->At({"spec", "errors", "service"})) {
      KubeChild child = children_.Read(object, *service);
      if (child.name.empty()) return;
      if (!child.body.is_null()) child.name = name + "-errorpage-service";
      children_.Add(child);
      body["errors"]["service"] = child.name;
    }
    Origin origin;
    origin.place = object.Place();
    kube_.AddPart(kube_.out.middlewares, OfCrd(name), std::move(body), std::move(origin));
  }

  static constexpr size_t kMostParents = 64;

  KubeReader& kube_;
  KubeChildren children_;
  bool told_group_ = false;
};

}  // namespace

void ReadCustomResources(KubeReader& reader) { CrdReader(reader).Read(); }

}  // namespace stickyd
