// SPDX-License-Identifier: Apache-2.0
// kube_reader.h: what the readers of each kind of object of Kubernetes share.
// Role:    manifests.cc makes one of all manifests and hands it to the readers below.
// Shape:   the readers go through the cluster's objects and add routers, services and middlewares
//          to the builder, as Traefik's provider of that kind would.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "draft_builder.h"
#include "kube_cluster.h"

namespace stickyd {

inline constexpr std::string_view kTraefikAnnotations = "traefik.ingress.kubernetes.io/";
inline constexpr std::string_view kNginxAnnotations = "nginx.ingress.kubernetes.io/";

// What Traefik is told of a Service by whoever refers to it.
struct KubeBackend {
  std::string_view space;
  std::string_view name;
  std::string_view port;  // a number or a name
  std::string_view scheme;
  std::optional<bool> native;  // one server, the Service itself
  bool nodes = false;          // the nodes are the servers
  NodePlace place;             // of the reference
  std::string_view provider;   // "kubernetesCRD", as the static configuration spells it
};

struct KubeServers {
  nlohmann::json list = nlohmann::json::array();
  bool unknown_number = false;
  bool unknown_addresses = false;
  std::string refused;  // why Traefik makes no service of it; empty: it does
};

class KubeReader {
 public:
  KubeReader(const KubeCluster& objects, DraftBuilder& builder) : cluster(objects), out(builder) {}

  const KubeCluster& cluster;
  DraftBuilder& out;

  // Of the static configuration, where that is known.
  bool IsStaticKnown() const { return out.static_config.contains("providers"); }
  bool IsOn(std::string_view provider) const;  // or nobody knows
  std::string_view Setting(std::string_view provider, std::string_view key) const;
  bool Flag(std::string_view provider, std::string_view key) const;
  bool IsOld() const;  // v2

  KubeServers ServersOf(const KubeBackend& backend);
  // Where one of that name and with other settings is there already, the new one takes its place,
  // and a note says so.
  void AddService(const std::string& name, nlohmann::json body, KubeServers servers, Origin origin);
  void AddPart(DraftParts& parts, const std::string& name, nlohmann::json body, Origin origin);
  void AddRouter(const std::string& name, nlohmann::json body, NodePlace place);

  // Traefik does not make this object, or a part of it.
  void Refuse(const NodePlace& place, std::string text, std::string fix, std::string detail);
  // A key or annotation that nobody reads.
  void Unread(const NodePlace& place, FindingLevel level, std::string text, std::string fix,
              std::string detail);
  // Once for each provider: the static configuration does not turn on the one that reads this.
  void NoteIfOff(std::string_view provider, const KubeObject& object);
  // Once for each text.
  void NotKnownOnce(const NodePlace& place, const std::string& text);

  // So much has been added that no more is.
  bool IsFull() const { return bytes_ > kMostBytes; }

  // A document by the part of the schema that `kind` names, without complaints.
  nlohmann::json Silently(std::string_view kind, const Node& node) const;

 private:
  const KubePods& PodsOf(const KubeObject& service);
  void NoteExternal(const KubeBackend& backend, const std::string& service, KubeServers& servers);
  void AddPods(const KubeObject& service, const Node& port, std::string_view scheme,
               KubeServers& servers);

  std::map<const KubeObject*, KubePods> pods_;
  std::set<std::string> said_;
  static constexpr size_t kMostBytes = size_t{64} << 20U;  // of all parts, roughly

  size_t servers_ = 0;
  size_t bytes_ = 0;
};

// Keys of `kind`: IngressRoute, TraefikService, Middleware, ServersTransport, annotations,
// balancer.
const SchemaKey& KubeSchema(std::string_view kind);
extern const std::string_view kKubeKeys;

// The annotations of Traefik as a tree of keys: {service: {sticky: {cookie: {...}}}}.
Node TreeOfAnnotations(const KubeObject& object);
// Complains of annotations that nobody reads.
void CheckAnnotations(KubeReader& reader);

// IngressRoute, TraefikService, Middleware, ServersTransport.
void ReadCustomResources(KubeReader& reader);
// Ingress, by the provider that takes it.
void ReadIngresses(KubeReader& reader);
// HTTPRoute and Gateway.
void ReadGateways(KubeReader& reader);
// Traefik itself, where it is among the workloads: its flags and version.
void ReadTraefikWorkloads(KubeReader& reader);

// The backend of one path of an Ingress.
struct IngressBackend {
  std::string_view service;
  std::string_view port;
  std::string_view host;
  const Node* path = nullptr;  // null: the default backend
  NodePlace place;
  size_t rule_index = 0;
  size_t path_index = 0;
};
std::vector<IngressBackend> BackendsOf(const KubeObject& ingress);
// Ingresses that the provider for ingress-nginx takes.
void ReadNginxIngresses(KubeReader& reader, const std::vector<const KubeObject*>& ingresses);
// Annotations of sessions of ingress-nginx on an Ingress; `affinity` among them or not.
std::vector<const Node*> NginxSessionAnnotations(const KubeObject& ingress);

}  // namespace stickyd
