// SPDX-License-Identifier: Apache-2.0
#include "kube_child.h"

#include <fmt/format.h>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using nlohmann::json;

std::string MemberText(const json& body, const char* key) {
  const auto it = body.find(key);
  return it != body.end() && it->is_string() ? it->get<std::string>() : std::string();
}

NodePlace ChildPlace(const Node& entry) {
  const Node* name = entry.Find("name");
  return name == nullptr ? entry.place : name->key_place;
}

json BalancerOf(const json& fields, std::string_view space) {
  json balancer = json::object();
  for (const char* key :
       {"passHostHeader", "responseForwarding", "healthCheck", "passiveHealthCheck"}) {
    if (fields.contains(key)) balancer[key] = fields[key];
  }
  if (fields.contains("sticky") && fields["sticky"].contains("cookie")) {
    balancer["sticky"] = fields["sticky"];
  }
  const std::string strategy = MemberText(fields, "strategy");
  if (!strategy.empty() && strategy != "RoundRobin") balancer["strategy"] = strategy;
  const std::string transport = MemberText(fields, "serversTransport");
  if (transport.empty()) return balancer;
  balancer["serversTransport"] =
      transport.find('@') == npos ? CrdName(space, transport) : transport;
  return balancer;
}

}  // namespace

std::string CrdName(std::string_view space, std::string_view name) {
  return NormalizedName(fmt::format("{}-{}", space, name));
}

std::string KubeChildren::Reference(const KubeObject& from, const Node& to, std::string_view what) {
  const std::string_view name = to.TextOf("name");
  if (name.find('@') != npos) return std::string(name);
  std::string_view space = to.TextOf("namespace");
  if (space.empty()) space = from.space;
  return IsAllowed(from, space, to.place, fmt::format("{} {}/{}", what, space, name))
             ? CrdName(space, name)
             : "";
}

bool KubeChildren::IsAllowed(const KubeObject& from, std::string_view space, const NodePlace& place,
                             const std::string& what) {
  if (space == from.space || kube_.Flag(kKubeCrd, "allowCrossNamespace")) return true;
  if (!kube_.IsStaticKnown()) {
    kube_.NotKnownOnce(place, fmt::format("{} is of another namespace than {}, which works with "
                                          "kubernetesCRD.allowCrossNamespace only.",
                                          what, from.FullName()));
    return true;
  }
  kube_.Refuse(place,
               fmt::format("{} is of another namespace than {}, and kubernetesCRD has no "
                           "allowCrossNamespace. Traefik drops what refers to it.",
                           what, from.FullName()),
               "Turn allowCrossNamespace on, or use an object of the same namespace.",
               what + from.FullName());
  return false;
}

KubeChild KubeChildren::Read(const KubeObject& from, const Node& entry) {
  KubeChild child;
  const json fields = kube_.Silently("balancer", entry);
  const std::string kind = MemberText(fields, "kind");
  const std::string port = MemberText(fields, "port");
  std::string space = MemberText(fields, "namespace");
  if (space.empty()) space = from.space;
  const std::string name = MemberText(fields, "name");
  if (name.find('@') == npos &&
      !IsAllowed(from, space, entry.place, fmt::format("The service {}/{}", space, name))) {
    return child;
  }
  if (kind == "TraefikService") {
    child.name = name.find('@') == npos ? CrdName(space, name) : name;
    if (child.name.ends_with("@kubernetescrd"))
      child.name = CrdName(space, name.substr(0, name.find('@')));
    NoteLostSticky(entry, name);
    return child;
  }
  if (!kind.empty() && kind != "Service") {
    return Refused(from, entry, std::move(child), "there is no service of the kind " + kind);
  }
  KubeBackend backend{space, name, port, {}, {}, false, ChildPlace(entry), kKubeCrd};
  const std::string scheme = MemberText(fields, "scheme");
  backend.scheme = scheme;
  if (fields.contains("nativeLB")) backend.native = fields["nativeLB"] == true;
  backend.nodes = fields.value("nodePortLB", false);
  child.servers = kube_.ServersOf(backend);
  if (fields.contains("healthCheck")) RefuseHealthCheck(space, name, child.servers);
  if (!child.servers.refused.empty()) {
    const std::string why = child.servers.refused;
    return Refused(from, entry, std::move(child), why);
  }
  child.name = NormalizedName(fmt::format("{}-{}-{}", space, name, port));
  child.body = {{"loadBalancer", BalancerOf(fields, space)}};
  child.origin.place = ChildPlace(entry);
  if (entry.style != Node::Style::kCopied) {
    child.origin.syntax = Origin::Syntax::kKeys;
    child.origin.node = entry;
  }
  return child;
}

KubeChild KubeChildren::Refused(const KubeObject& from, const Node& entry, KubeChild child,
                                const std::string& why) {
  kube_.Refuse(
      ChildPlace(entry),
      fmt::format("Traefik drops this part of {} {}: {}.", from.kind, from.FullName(), why),
      "Name what is there.", from.FullName() + why);
  child.name.clear();
  return child;
}

void KubeChildren::RefuseHealthCheck(std::string_view space, std::string_view name,
                                     KubeServers& servers) const {
  const KubeObject* service = kube_.cluster.Find("Service", space, name);
  if (service == nullptr || service->Spec() == nullptr) return;
  if (service->Spec()->TextOf("type") == "ExternalName") return;
  servers.refused = "it has a healthCheck, which only Services of the type ExternalName may have";
}

void KubeChildren::NoteLostSticky(const Node& entry, const std::string& name) {
  const Node* sticky = entry.Find("sticky");
  if (sticky == nullptr) return;
  kube_.Unread(sticky->key_place, FindingLevel::kError,
               fmt::format("sticky beside kind: TraefikService is read by nobody; it belongs into "
                           "the TraefikService {}.",
                           name),
               "Write it below spec.weighted of the TraefikService, and at its services.",
               "sticky of TraefikService " + name);
}

void KubeChildren::Add(const KubeChild& child) {
  if (child.body.is_null()) return;
  kube_.AddService(OfCrd(child.name), child.body, child.servers, child.origin);
}

bool KubeChildren::ReadAll(const KubeObject& from, const Node& list, const char* share, json& out) {
  out = json::array();
  for (const Node& entry : list.children) {
    KubeChild child = Read(from, entry);
    if (child.name.empty()) return false;
    Add(child);
    json item = {{"name", child.name}};
    const auto number = ParseNumber<int64_t>(entry.TextOf(share));
    if (number || std::string_view(share) == "weight") item[share] = number.value_or(1);
    out.push_back(std::move(item));
  }
  return true;
}

}  // namespace stickyd
