// SPDX-License-Identifier: Apache-2.0
// kube_child.h: what Traefik's own kinds of objects refer to: Services, TraefikServices and
//               Middlewares.
// Role:    kube_crd.cc reads routes and services of services with it.
#pragma once

#include <string>

#include "kube_reader.h"

namespace stickyd {

inline constexpr std::string_view kKubeCrd = "kubernetesCRD";  // in the static configuration

// "ns-name" as Traefik's provider kubernetesCRD writes it.
std::string CrdName(std::string_view space, std::string_view name);
// "ns-name@kubernetescrd"
inline std::string OfCrd(const std::string& name) { return name + "@kubernetescrd"; }

struct KubeChild {
  std::string name;     // without its provider, unless it is another's; empty: refused
  nlohmann::json body;  // null: a reference
  KubeServers servers;
  Origin origin;
};

class KubeChildren {
 public:
  explicit KubeChildren(KubeReader& kube) : kube_(kube) {}

  // "ns-name" or "name@provider"; empty where Traefik refuses the reference.
  std::string Reference(const KubeObject& from, const Node& to, std::string_view what);
  // One entry of `services`, or what has its fields.
  KubeChild Read(const KubeObject& from, const Node& entry);
  // Adds it, where it is no reference.
  void Add(const KubeChild& child);
  // All entries of a list. False where Traefik refuses one, and with it the whole.
  bool ReadAll(const KubeObject& from, const Node& list, const char* share, nlohmann::json& out);

 private:
  bool IsAllowed(const KubeObject& from, std::string_view space, const NodePlace& place,
                 const std::string& what);
  KubeChild Refused(const KubeObject& from, const Node& entry, KubeChild child,
                    const std::string& why);
  void RefuseHealthCheck(std::string_view space, std::string_view name, KubeServers& servers) const;
  void NoteLostSticky(const Node& entry, const std::string& name);

  KubeReader& kube_;
};

}  // namespace stickyd
