// SPDX-License-Identifier: Apache-2.0
// kube_gateway.cc: HTTPRoutes and Gateways, as the provider kubernetesGateway reads them.
#include <fmt/format.h>

#include <algorithm>

#include "kube_names.h"
#include "kube_reader.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using nlohmann::json;

constexpr std::string_view kGateway = "kubernetesGateway";
constexpr std::string_view kGatewayGroup = "gateway.networking.k8s.io";
// What the API server accepts of one route, or somewhat more.
constexpr size_t kMostListeners = 64;
constexpr size_t kMostHostnames = 16;
constexpr size_t kMostRules = 64;
constexpr size_t kMostMatches = 64;
constexpr size_t kMostBackends = 16;

// What a route is attached to.
struct Listener {
  std::string gateway;  // "ns-name"
  std::string entry;    // the name of the entry point, as far as it is known
  std::string_view hostname;
  bool tls = false;
  bool known = false;  // the entry point is one of the static configuration's
};

std::string OfGateway(const std::string& name) { return name + "@kubernetesgateway"; }

class GatewayReader {
 public:
  explicit GatewayReader(KubeReader& kube) : kube_(kube) {}

  void Read() {
    NotePolicies();
    for (const KubeObject* route : kube_.cluster.OfKind("HTTPRoute")) {
      if (route->group != kGatewayGroup || route->Spec() == nullptr) continue;
      kube_.NoteIfOff(kGateway, *route);
      NotePersistence(*route);
      for (const Listener& listener : ListenersOf(*route)) ReadRoute(*route, listener);
    }
  }

 private:
  void NoteUnread(const NodePlace& place, const std::string& what, const KubeObject& object) {
    kube_.Unread(place, FindingLevel::kError,
                 fmt::format("{} of {} {} is read by no version of Traefik (up to v3.7.9).", what,
                             object.kind, object.FullName()),
                 "Route to a TraefikService with a cookie instead of the Service.",
                 object.kind + object.FullName() + what);
  }

  void NotePersistence(const KubeObject& route) {
    const Node* rules = route.Spec()->Find("rules");
    if (rules == nullptr) return;
    for (const Node& rule : rules->children) {
      const Node* persistence = rule.Find("sessionPersistence");
      if (persistence == nullptr) continue;
      NoteUnread(persistence->key_place, "sessionPersistence", route);
    }
  }

  void NotePolicies() {
    for (const std::string_view kind :
         {"BackendTrafficPolicy", "XBackendTrafficPolicy", "BackendLBPolicy"}) {
      for (const KubeObject* object : kube_.cluster.OfKind(kind)) {
        if (!object->group.starts_with("gateway.networking.") || object->Spec() == nullptr)
          continue;
        const Node* persistence = object->Spec()->Find("sessionPersistence");
        if (persistence == nullptr) continue;
        NoteUnread(persistence->key_place, "sessionPersistence", *object);
      }
    }
  }

  std::vector<Listener> ListenersOf(const KubeObject& route) {
    std::vector<Listener> out;
    const Node* parents = route.Spec()->Find("parentRefs");
    if (parents == nullptr) return out;
    for (const Node& parent : parents->children) {
      std::string_view space = parent.TextOf("namespace");
      if (space.empty()) space = route.space;
      const std::string_view name = parent.TextOf("name");
      const std::string full = fmt::format("{}-{}", space, name);
      const KubeObject* gateway = kube_.cluster.Find("Gateway", space, name);
      const Node* listeners =
          gateway == nullptr ? nullptr : gateway->node->At({"spec", "listeners"});
      if (listeners == nullptr) {
        kube_.NotKnownOnce(parent.place,
                           fmt::format("The Gateway {}/{} is not among the files; whose it is, and "
                                       "what its listeners take, is not known.",
                                       space, name));
        if (out.size() < kMostListeners) out.push_back({full, "web", "", false, false});
        continue;
      }
      for (const Node& listener : listeners->children) {
        const std::string_view section = parent.TextOf("sectionName");
        const std::string_view port = parent.TextOf("port");
        if (!section.empty() && section != listener.TextOf("name")) continue;
        if (!port.empty() && port != listener.TextOf("port")) continue;
        const std::string_view protocol = listener.TextOf("protocol");
        if (protocol != "HTTP" && protocol != "HTTPS") continue;
        if (!LetsIn(route, space, listener)) continue;
        if (out.size() < kMostListeners) out.push_back(ListenerOf(full, listener));
      }
    }
    return out;
  }

  // Does a listener take routes of this namespace?
  bool LetsIn(const KubeObject& route, std::string_view space, const Node& listener) {
    const Node* namespaces = listener.At({"allowedRoutes", "namespaces"});
    const std::string_view from = namespaces == nullptr ? "" : namespaces->TextOf("from");
    if (space == route.space || from == "All") return true;
    if (from == "Selector") {
      kube_.NotKnownOnce(listener.place,
                         "A listener takes routes by labels of their namespaces, which are not "
                         "looked at.");
      return true;
    }
    kube_.Unread(route.Place(), FindingLevel::kWarning,
                 fmt::format("HTTPRoute {} is not let in by a listener of the Gateway in {}, which "
                             "takes routes of its own namespace only.",
                             route.FullName(), space),
                 "Write allowedRoutes.namespaces.from: All at the listener.",
                 route.FullName() + " allowedRoutes");
    return false;
  }

  Listener ListenerOf(const std::string& gateway, const Node& node) const {
    Listener out;
    out.gateway = gateway;
    out.hostname = node.TextOf("hostname");
    out.tls = node.TextOf("protocol") == "HTTPS";
    out.entry = out.tls ? "websecure" : "web";
    const auto entries = kube_.out.static_config.find("entryPoints");
    if (entries == kube_.out.static_config.end()) return out;
    for (const auto& [name, entry] : entries->items()) {
      if (!entry.is_object() || !entry.contains("address")) continue;
      const std::string address = entry["address"].get<std::string>();
      if (!address.ends_with(fmt::format(":{}", node.TextOf("port")))) continue;
      out.entry = name;
      out.known = true;
      break;
    }
    return out;
  }

  // Hostnames that both take; false where there are none.
  static bool HostnamesOf(const KubeObject& route, std::string_view listener,
                          std::vector<std::string>& out) {
    const Node* hostnames = route.Spec()->Find("hostnames");
    if (hostnames == nullptr || hostnames->children.empty()) {
      if (!listener.empty()) out.emplace_back(listener);
      return true;
    }
    for (const Node& each : hostnames->children) {
      if (out.size() >= kMostHostnames) break;
      const std::string_view host = each.text;
      const auto below = [](std::string_view name, std::string_view wildcard) {
        return wildcard.starts_with("*.") && name.ends_with(wildcard.substr(1));
      };
      if (listener.empty() || host == listener || below(host, listener)) {
        out.emplace_back(host);
      } else if (below(listener, host)) {
        out.emplace_back(listener);
      }
    }
    return !out.empty();
  }

  static std::string HostRule(const std::vector<std::string>& hostnames) {
    std::string rule;
    for (const std::string& host : hostnames) {
      if (!rule.empty()) rule += " || ";
      if (!host.starts_with("*.")) {
        rule += fmt::format("Host({})", InGoQuotes(host));
        continue;
      }
      std::string pattern = "^[a-z0-9-\\.]+";
      for (const char c : host.substr(1)) pattern += c == '.' ? "\\." : std::string(1, c);
      rule += fmt::format("HostRegexp({})", InGoQuotes(pattern + "$"));
    }
    return hostnames.size() > 1 ? "(" + rule + ")" : rule;
  }

  static std::string RuleOf(const Node* match, const std::string& hosts) {
    std::string_view type;
    std::string_view value;
    const Node* path = match == nullptr ? nullptr : match->Find("path");
    if (path != nullptr) type = path->TextOf("type");
    if (path != nullptr) value = path->TextOf("value");
    if (value.empty()) value = "/";
    std::string rule = type == "Exact" ? fmt::format("Path({})", InGoQuotes(value))
                       : type == "RegularExpression"
                           ? fmt::format("PathRegexp({})", InGoQuotes(value))
                           : PrefixOfElements(value);
    if (match != nullptr && !match->TextOf("method").empty()) {
      rule += fmt::format(" && Method({})", InGoQuotes(match->TextOf("method")));
    }
    for (const auto& [list, matcher] : {std::pair("headers", "Header"), {"queryParams", "Query"}}) {
      const Node* all = match == nullptr ? nullptr : match->Find(list);
      if (all == nullptr) continue;
      for (const Node& each : all->children) {
        const bool regex = each.TextOf("type") == "RegularExpression";
        rule += fmt::format(" && {}{}({},{})", matcher, regex ? "Regexp" : "",
                            InGoQuotes(each.TextOf("name")), InGoQuotes(each.TextOf("value")));
      }
    }
    return hosts.empty() ? rule : hosts + " && " + rule;
  }

  void ReadRoute(const KubeObject& route, const Listener& listener) {
    std::vector<std::string> hostnames;
    if (!HostnamesOf(route, listener.hostname, hostnames)) return;
    const std::string hosts = HostRule(hostnames);
    const Node* rules = route.Spec()->Find("rules");
    if (rules == nullptr) return;
    for (size_t i = 0; i < std::min(rules->children.size(), kMostRules); ++i) {
      const Node& rule = rules->children[i];
      const std::string key =
          NormalizedName(fmt::format("httproute-{}-{}-gw-{}-ep-{}-{}", route.space, route.name,
                                     listener.gateway, listener.entry, i));
      const Node* matches = rule.Find("matches");
      if (matches == nullptr || matches->children.empty()) {
        ReadMatch(route, listener, rule, key, RuleOf(nullptr, hosts));
        continue;
      }
      for (size_t k = 0; k < std::min(matches->children.size(), kMostMatches); ++k) {
        ReadMatch(route, listener, rule, key, RuleOf(&matches->children[k], hosts));
      }
    }
  }

  void ReadMatch(const KubeObject& route, const Listener& listener, const Node& rule,
                 const std::string& key, const std::string& text) {
    if (kube_.IsFull()) return;
    const std::string name = fmt::format("{}-{}", key, RuleDigest(text));
    json router = {{"rule", text}};
    if (listener.tls) router["tls"] = json::object();
    if (listener.known) router["entryPoints"] = json::array({listener.entry});
    const Node* backends = rule.Find("backendRefs");
    if (backends == nullptr) return;  // a redirect
    if (backends->children.size() == 1 &&
        backends->children[0].TextOf("name").ends_with("@internal")) {
      return;  // Traefik's own
    }
    json children = json::array();
    for (size_t i = 0; i < std::min(backends->children.size(), kMostBackends); ++i) {
      AddBackend(route, backends->children[i], fmt::format("{}-svc", name), i, children);
    }
    Origin origin;
    origin.place = backends->key_place;
    kube_.AddPart(kube_.out.services, OfGateway(name + "-wrr"),
                  {{"weighted", {{"services", std::move(children)}}}}, std::move(origin));
    router["service"] = name + "-wrr";
    kube_.AddRouter(OfGateway(name), std::move(router), rule.place);
  }

  void AddBackend(const KubeObject& route, const Node& backend, const std::string& prefix, size_t i,
                  json& children) {
    std::string_view space = backend.TextOf("namespace");
    if (space.empty()) space = route.space;
    const std::string_view to = backend.TextOf("name");
    const std::string_view kind = backend.TextOf("kind");
    json child = {{"weight", ParseNumber<int64_t>(backend.TextOf("weight")).value_or(1)}};
    if (kind == "TraefikService") {
      child["name"] =
          to.find('@') != npos ? std::string(to) : fmt::format("{}-{}@kubernetescrd", space, to);
      children.push_back(std::move(child));
      return;
    }
    if (!kind.empty() && kind != "Service") return;
    const std::string name = fmt::format("{}-{}-{}-{}", prefix, space, to, i);
    KubeBackend reference{space, to,    backend.TextOf("port"), {},
                          {},    false, backend.place,          kGateway};
    if (const KubeObject* service = kube_.cluster.Find("Service", space, to)) {
      const std::string native(
          service->Annotation(std::string(kTraefikAnnotations) + "service.nativelb"));
      if (!native.empty()) reference.native = EqualsIgnoreCase(native, "true");
    }
    KubeServers servers = kube_.ServersOf(reference);
    if (!servers.refused.empty()) {
      kube_.Refuse(backend.place,
                   fmt::format("Traefik answers 500 for this backend of HTTPRoute {}: {}.",
                               route.FullName(), servers.refused),
                   "Name what is there.", route.FullName() + servers.refused);
      return;
    }
    Origin origin;
    origin.place = backend.place;
    kube_.AddService(OfGateway(name), {{"loadBalancer", json::object()}}, std::move(servers),
                     std::move(origin));
    child["name"] = name;
    children.push_back(std::move(child));
  }

  KubeReader& kube_;
};

}  // namespace

void ReadGateways(KubeReader& reader) { GatewayReader(reader).Read(); }

}  // namespace stickyd
