// SPDX-License-Identifier: Apache-2.0
// kube_nginx.cc: Ingresses of ingress-nginx, as Traefik's provider kubernetesIngressNGINX (v3.5)
//                reads them: affinity, canaries.
#include <fmt/format.h>

#include <algorithm>

#include "kube_names.h"
#include "kube_reader.h"
#include "stickyd/base/nearest.h"
#include "stickyd/base/text.h"
#include "stickyd/base/version.h"

namespace stickyd {
namespace {

using nlohmann::json;

// What the provider reads of sessions.
constexpr std::string_view kSessionKeys[] = {
    "affinity",
    "affinity-canary-behavior",
    "session-cookie-name",
    "session-cookie-secure",
    "session-cookie-path",
    "session-cookie-domain",
    "session-cookie-samesite",
    "session-cookie-max-age",
    "session-cookie-expires",
};
// What ingress-nginx reads beyond that.
constexpr std::string_view kNginxOnly[] = {"affinity-mode", "session-cookie-change-on-failure",
                                           "session-cookie-conditional-samesite-none",
                                           "session-cookie-hash"};

std::string_view SessionKey(const Node& annotation) {
  if (!annotation.key.starts_with(kNginxAnnotations)) return {};
  const std::string_view key = std::string_view(annotation.key).substr(kNginxAnnotations.size());
  return key.starts_with("session-") || key.starts_with("affinity") ? key : std::string_view();
}

class NginxReader {
 public:
  explicit NginxReader(KubeReader& kube) : kube_(kube) {}

  void Read(const std::vector<const KubeObject*>& ingresses) {
    for (const KubeObject* ingress : ingresses) {
      NoteUnread(*ingress);
      if (Value(*ingress, "canary") == "true") canaries_.push_back(ingress);
    }
    for (const KubeObject* ingress : ingresses) {
      const bool regex = EqualsIgnoreCase(Value(*ingress, "use-regex"), "true") ||
                         !Value(*ingress, "rewrite-target").empty();
      if (!regex || Value(*ingress, "canary") == "true") continue;
      for (const IngressBackend& backend : BackendsOf(*ingress)) regex_hosts_.insert(backend.host);
    }
    for (const KubeObject* canary : canaries_) AddCanary(*canary);
    for (const KubeObject* ingress : ingresses) {
      if (Value(*ingress, "canary") != "true") ReadIngress(*ingress);
    }
  }

 private:
  static std::string_view Value(const KubeObject& ingress, std::string_view key) {
    return ingress.Annotation(std::string(kNginxAnnotations) + std::string(key));
  }

  void NoteUnread(const KubeObject& ingress) {
    const std::vector<const Node*> session = NginxSessionAnnotations(ingress);
    const bool on = Value(ingress, "affinity") == "cookie";
    const bool canary = Value(ingress, "canary") == "true";
    for (const Node* annotation : session) {
      const std::string_view key = SessionKey(*annotation);
      const auto is = [&](std::string_view known) { return known == key; };
      const bool read = std::any_of(std::begin(kSessionKeys), std::end(kSessionKeys), is);
      if (std::any_of(std::begin(kNginxOnly), std::end(kNginxOnly), is)) {
        kube_.Unread(
            annotation->key_place, FindingLevel::kInfo,
            fmt::format("{} is ingress-nginx' own: Traefik does not read it.", annotation->key),
            "Remove it, or live without it.", ingress.FullName() + annotation->key);
      } else if (!read) {
        const auto near = Nearest(key, kSessionKeys);
        kube_.Unread(annotation->key_place, FindingLevel::kError,
                     fmt::format("Nobody reads an annotation {}{}.", annotation->key,
                                 near ? "; did you mean " + *near + "?" : ""),
                     near ? fmt::format("Write {} instead of {}.", *near, key) : "Remove it.",
                     ingress.FullName() + annotation->key);
      }
    }
    if (session.empty() || on) return;
    kube_.Unread(session.front()->key_place, canary ? FindingLevel::kInfo : FindingLevel::kError,
                 fmt::format("{} does nothing without {}affinity: cookie on the Ingress {}.",
                             session.front()->key, kNginxAnnotations, ingress.FullName()),
                 fmt::format("Write {}affinity: cookie, or remove it.", kNginxAnnotations),
                 ingress.FullName() + " affinity");
  }

  static std::string PathKey(const KubeObject& ingress, const IngressBackend& backend) {
    std::string_view type = backend.path->TextOf("pathType");
    if (type.empty()) type = "Prefix";
    return fmt::format("{}/{}{}/{}", ingress.space, backend.host, backend.path->TextOf("path"),
                       type);
  }

  void AddCanary(const KubeObject& canary) {
    for (const IngressBackend& backend : BackendsOf(canary)) {
      if (backend.path == nullptr) continue;
      canary_of_.try_emplace(PathKey(canary, backend), &canary, backend);
    }
  }

  // Other names before v3.6.5, and no canaries before v3.7.
  bool IsSince(std::string_view version) const {
    return kube_.out.version().empty() || IsAtLeast(kube_.out.version(), version);
  }

  static json CookieOf(const KubeObject& ingress, std::string_view suffix) {
    std::string name(Value(ingress, "session-cookie-name"));
    if (name.empty()) name = "INGRESSCOOKIE";
    json cookie = {{"name", name + std::string(suffix)}, {"httpOnly", true}};
    if (EqualsIgnoreCase(Value(ingress, "session-cookie-secure"), "true")) cookie["secure"] = true;
    const auto text = [&](const char* annotation, const char* key) {
      const std::string_view value = Value(ingress, annotation);
      if (!value.empty()) cookie[key] = std::string(value);
    };
    text("session-cookie-path", "path");
    text("session-cookie-domain", "domain");
    const std::string same_site = ToLower(Value(ingress, "session-cookie-samesite"));
    if (!same_site.empty()) cookie["sameSite"] = same_site;
    const auto age = ParseNumber<int64_t>(Value(ingress, "session-cookie-max-age"));
    if (age && *age != 0) cookie["maxAge"] = *age;
    return cookie;
  }

  void AddPool(const KubeObject& ingress, const IngressBackend& backend, const std::string& name) {
    json balancer = json::object();
    if (Value(ingress, "affinity") == "cookie") {
      balancer["sticky"] = {{"cookie", CookieOf(ingress, "")}};
    }
    if (!Value(ingress, "upstream-hash-by").empty() && IsSince("3.7")) balancer["strategy"] = "hrw";
    const std::string protocol = ToLower(Value(ingress, "backend-protocol"));
    KubeBackend reference{ingress.space, backend.service,         backend.port, "http", {}, false,
                          backend.place, "kubernetesIngressNGINX"};
    if (protocol == "https" || protocol == "grpcs") reference.scheme = "https";
    if (protocol == "grpc") reference.scheme = "h2c";
    reference.native = EqualsIgnoreCase(Value(ingress, "service-upstream"), "true");
    KubeServers servers = kube_.ServersOf(reference);
    if (!servers.refused.empty()) {
      kube_.Refuse(backend.place,
                   fmt::format("The path of the Ingress {} leads nowhere: {}.", ingress.FullName(),
                               servers.refused),
                   "Name what is there.", ingress.FullName() + servers.refused);
      servers = {};
    }
    Origin origin;
    origin.place = backend.place;
    kube_.AddService(name + "@kubernetesingressnginx", {{"loadBalancer", std::move(balancer)}},
                     std::move(servers), std::move(origin));
  }

  // "x-wrr", of the service and its canary.
  std::string AddWeighted(const KubeObject& ingress, const IngressBackend& backend,
                          const std::string& name) {
    const auto canary = canary_of_.find(PathKey(ingress, backend));
    if (canary == canary_of_.end() || !IsSince("3.7")) return name;
    const KubeObject& object = *canary->second.first;
    const IngressBackend& other = canary->second.second;
    if (other.service == backend.service && other.port == backend.port) return name;
    const auto number = [&](std::string_view key) {
      return ParseNumber<int64_t>(Value(object, key)).value_or(0);
    };
    const int64_t total = std::max<int64_t>(number("canary-weight-total"), 100);
    const int64_t weight = std::clamp<int64_t>(number("canary-weight"), 0, total);
    AddPool(ingress, other, name + "-canary");
    json body = {{"services",
                  {{{"name", name}, {"weight", total - weight}},
                   {{"name", name + "-canary"}, {"weight", weight}}}}};
    if (Value(ingress, "affinity") == "cookie") {
      body["sticky"] = {{"cookie", CookieOf(ingress, "-wrr")}};
    }
    Origin origin;
    origin.place = other.place;
    kube_.AddPart(kube_.out.services, name + "-wrr@kubernetesingressnginx",
                  {{"weighted", std::move(body)}}, std::move(origin));
    return name + "-wrr";
  }

  // Traefik hands the connection on as it is, and sees no request.
  bool IsPassedThrough(const KubeObject& ingress) {
    if (!EqualsIgnoreCase(Value(ingress, "ssl-passthrough"), "true")) return false;
    const std::vector<const Node*> session = NginxSessionAnnotations(ingress);
    if (session.empty()) return true;
    kube_.Unread(session.front()->key_place, FindingLevel::kError,
                 fmt::format("{} does nothing: the Ingress {} has ssl-passthrough, so that Traefik "
                             "sees no request and sets no cookie.",
                             session.front()->key, ingress.FullName()),
                 "Let Traefik end TLS, or keep people by their address in front of it.",
                 ingress.FullName() + " ssl-passthrough");
    return true;
  }

  void ReadIngress(const KubeObject& ingress) {
    if (IsPassedThrough(ingress)) return;
    for (const IngressBackend& backend : BackendsOf(ingress)) {
      if (kube_.IsFull()) return;
      if (backend.path == nullptr) {
        ReadFallback(ingress, backend);
        continue;
      }
      const std::string own = IsSince("3.6.5") ? ingress.name + "-" : "";
      const std::string name = NormalizedName(
          fmt::format("{}-{}{}-{}", ingress.space, own, backend.service, backend.port));
      AddPool(ingress, backend, name);
      const std::string service = AddWeighted(ingress, backend, name);
      const std::string router =
          NormalizedName(fmt::format("{}-{}-rule-{}-path-{}", ingress.space, ingress.name,
                                     backend.rule_index, backend.path_index));
      AddRouters(ingress, backend, router, service, RuleOf(ingress, backend));
    }
  }

  // For all that no rule takes; below rules, for the rest of their hosts.
  void ReadFallback(const KubeObject& ingress, const IngressBackend& backend) {
    const Node* rules = ingress.Spec()->Find("rules");
    if (rules == nullptr || rules->children.empty()) {
      AddPool(ingress, backend, "default-backend");
      AddRouters(ingress, backend, "default-backend", "default-backend", "PathPrefix(\"/\")");
      return;
    }
    const std::string name =
        NormalizedName(fmt::format("{}-{}-default-backend", ingress.space, ingress.name));
    const std::string_view host = rules->children.front().TextOf("host");
    AddPool(ingress, backend, name);
    AddRouters(ingress, backend, name, name,
               host.empty() ? "PathPrefix(\"/\")" : HostRule(ingress, host));
  }

  std::string RuleOf(const KubeObject& ingress, const IngressBackend& backend) const {
    std::string rule = HostRule(ingress, backend.host);
    const std::string_view path = backend.path->TextOf("path");
    if (path.empty()) return rule;
    if (!rule.empty()) rule += " && ";
    if (backend.path->TextOf("pathType") == "Exact") {
      return rule + fmt::format("Path({})", InGoQuotes(path));
    }
    if (regex_hosts_.contains(backend.host)) {
      return rule + fmt::format("PathRegexp({})", InGoQuotes("(?i)^" + std::string(path)));
    }
    return rule + PrefixOfElements(path);
  }

  static std::string HostRule(const KubeObject& ingress, std::string_view host) {
    if (host.empty()) return {};
    std::string rule = fmt::format("Host({})", InGoQuotes(host));
    bool several = false;
    ForEachPart(Value(ingress, "server-alias"), ',', [&](std::string_view alias) {
      if (Trim(alias).empty()) return;
      several = true;
      rule += fmt::format(" || Host({})", InGoQuotes(Trim(alias)));
    });
    return several ? "(" + rule + ")" : rule;
  }

  // One without TLS and one with it.
  void AddRouters(const KubeObject& ingress, const IngressBackend& backend, const std::string& name,
                  const std::string& service, const std::string& rule) {
    const bool tls = ingress.Spec()->Find("tls") != nullptr;
    json body = {{"rule", rule}, {"service", service}};
    json secure = body;
    secure["tls"] = json::object();
    kube_.AddRouter(name + "-tls@kubernetesingressnginx", std::move(secure), backend.place);
    const bool redirect = (tls && !EqualsIgnoreCase(Value(ingress, "ssl-redirect"), "false")) ||
                          EqualsIgnoreCase(Value(ingress, "force-ssl-redirect"), "true");
    if (redirect) {
      const std::string middleware = name + "-redirect-scheme";
      body["middlewares"] = {middleware};
      Origin origin;
      origin.place = backend.place;
      kube_.AddPart(kube_.out.middlewares, middleware + "@kubernetesingressnginx",
                    {{"redirectScheme", {{"scheme", "https"}}}}, std::move(origin));
    }
    kube_.AddRouter(name + "@kubernetesingressnginx", std::move(body), backend.place);
  }

  KubeReader& kube_;
  std::vector<const KubeObject*> canaries_;
  std::set<std::string_view> regex_hosts_;
  std::map<std::string, std::pair<const KubeObject*, IngressBackend>> canary_of_;  // by path
};

}  // namespace

std::vector<const Node*> NginxSessionAnnotations(const KubeObject& ingress) {
  std::vector<const Node*> out;
  const Node* annotations = ingress.Annotations();
  if (annotations == nullptr) return out;
  for (const Node& annotation : annotations->children) {
    if (!SessionKey(annotation).empty()) out.push_back(&annotation);
  }
  return out;
}

void ReadNginxIngresses(KubeReader& reader, const std::vector<const KubeObject*>& ingresses) {
  NginxReader(reader).Read(ingresses);
}

}  // namespace stickyd
