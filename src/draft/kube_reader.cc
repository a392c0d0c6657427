// SPDX-License-Identifier: Apache-2.0
#include "kube_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "stickyd/base/text.h"
#include "stickyd/base/version.h"

namespace stickyd {
namespace {

using nlohmann::json;

constexpr size_t kMostParts = 50'000;          // of one kind
constexpr size_t kMostPorts = 1000;            // of one Service
constexpr size_t kMostPlaceholders = 100'000;  // servers, of all services together

const json* MemberOf(const json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  for (auto it = object.begin(); it != object.end(); ++it) {
    if (EqualsIgnoreCase(it.key(), name)) return &*it;
  }
  return nullptr;
}

const Node* PortOf(const KubeObject& service, std::string_view port) {
  const Node* ports = service.Spec() == nullptr ? nullptr : service.Spec()->Find("ports");
  if (ports == nullptr || !ports->IsList()) return nullptr;
  for (size_t i = 0; i < std::min(ports->children.size(), kMostPorts); ++i) {
    const Node& each = ports->children[i];
    const std::string_view name = each.TextOf("name");
    if (each.TextOf("port") == port || (!name.empty() && name == port)) return &each;
    // ingress-nginx takes the first one where none is named.
    if (port.empty()) return &each;
  }
  return nullptr;
}

std::string SchemeOf(std::string_view given, const Node& port) {
  if (!given.empty()) return std::string(given);
  const bool tls = port.TextOf("port") == "443" || port.TextOf("name").starts_with("https");
  return tls ? "https" : "http";
}

// The number of the container's port that a Service's targetPort is, where the pods tell.
std::string_view TargetOf(const Node& port, const Node* pod) {
  const std::string_view target = port.TextOf("targetPort");
  if (target.empty()) return port.TextOf("port");
  if (ParseNumber<size_t>(target)) return target;
  const Node* containers = pod == nullptr ? nullptr : pod->Find("containers");
  if (containers == nullptr) return port.TextOf("port");
  for (const Node& container : containers->children) {
    const Node* ports = container.Find("ports");
    if (ports == nullptr) continue;
    for (const Node& each : ports->children) {
      if (each.TextOf("name") == target) return each.TextOf("containerPort");
    }
  }
  return port.TextOf("port");
}

size_t SizeOf(const json& body) {
  if (body.is_string()) return sizeof(json) + body.get_ref<const std::string&>().size();
  size_t size = sizeof(json);
  if (!body.is_structured()) return size;
  for (const auto& [key, inner] : body.items()) size += key.size() + SizeOf(inner);
  return size;
}

size_t SizeOf(const Node& node) {
  size_t size = sizeof(Node) + node.key.size() + node.text.size();
  for (const Node& child : node.children) size += SizeOf(child);
  return size;
}

json WithoutServers(json body) {
  if (body.contains("loadBalancer")) body["loadBalancer"].erase("servers");
  return body;
}

json StickyIn(const json& body) {
  for (const auto& [kind, inner] : body.items()) {
    if (inner.is_object() && inner.contains("sticky")) return inner["sticky"];
  }
  return nullptr;
}

}  // namespace

bool KubeReader::IsOn(std::string_view provider) const {
  return !IsStaticKnown() || out.static_config["providers"].contains(std::string(provider));
}

std::string_view KubeReader::Setting(std::string_view provider, std::string_view key) const {
  const json* value = &out.static_config;
  for (const std::string_view name : {std::string_view("providers"), provider, key}) {
    if (value != nullptr) value = MemberOf(*value, name);
  }
  return value != nullptr && value->is_string()
             ? std::string_view(value->get_ref<const std::string&>())
             : std::string_view();
}

bool KubeReader::Flag(std::string_view provider, std::string_view key) const {
  return EqualsIgnoreCase(Setting(provider, key), "true");
}

bool KubeReader::IsOld() const {
  return !out.version().empty() && !IsAtLeast(out.version(), "3.0");
}

const KubePods& KubeReader::PodsOf(const KubeObject& service) {
  const auto [it, fresh] = pods_.try_emplace(&service);
  if (fresh) it->second = cluster.PodsOf(service);
  return it->second;
}

KubeServers KubeReader::ServersOf(const KubeBackend& backend) {
  KubeServers servers;
  const std::string full = fmt::format("{}/{}", backend.space, backend.name);
  const KubeObject* service = cluster.Find("Service", backend.space, backend.name);
  if (service == nullptr) {
    NotKnownOnce(backend.place, fmt::format("The Service {} is not among the files, so that nobody "
                                            "can say how many servers it has.",
                                            full));
    servers.unknown_number = servers.unknown_addresses = true;
    return servers;
  }
  const bool external =
      service->Spec() != nullptr && service->Spec()->TextOf("type") == "ExternalName";
  const Node* port = PortOf(*service, backend.port);
  Node written;
  if (port == nullptr && external && ParseNumber<size_t>(backend.port)) {
    written.kind = Node::Kind::kMap;
    Node& number = written.children.emplace_back();
    number.kind = Node::Kind::kText;
    number.key = "port";
    number.text = backend.port;
    port = &written;
  }
  if (port == nullptr) {
    servers.refused = IsVariable(backend.port)
                          ? ""
                          : fmt::format("the Service {} has no port {}", full, backend.port);
    servers.unknown_number = servers.unknown_addresses = true;
    return servers;
  }
  const std::string scheme = SchemeOf(backend.scheme, *port);
  const auto add = [&](std::string_view host) {
    servers.list.push_back(
        {{"url", fmt::format("{}://{}:{}", scheme, host, port->TextOf("port"))}});
  };
  if (external) {
    NoteExternal(backend, full, servers);
    add(service->Spec()->TextOf("externalName"));
  } else if (backend.native.value_or(Flag(backend.provider, "nativeLBByDefault"))) {
    if (service->Spec()->TextOf("clusterIP") == "None") {
      servers.refused = fmt::format(
          "the Service {} is headless, and nativeLB needs an address of "
          "its own",
          full);
    }
    add(fmt::format("{}.{}", backend.name, backend.space));
  } else if (backend.nodes && service->Spec()->TextOf("type") == "NodePort") {
    servers.unknown_number = servers.unknown_addresses = true;
  } else {
    AddPods(*service, *port, scheme, servers);
  }
  return servers;
}

void KubeReader::NoteExternal(const KubeBackend& backend, const std::string& service,
                              KubeServers& servers) {
  const bool always = backend.provider == "kubernetesIngressNGINX";
  if (always || Flag(backend.provider, "allowExternalNameServices")) return;
  if (IsStaticKnown()) {
    servers.refused =
        fmt::format("the Service {} is an ExternalName, and {} has no allowExternalNameServices",
                    service, backend.provider);
    return;
  }
  NotKnownOnce(backend.place, fmt::format("The Service {} is an ExternalName, which works with "
                                          "{}.allowExternalNameServices only.",
                                          service, backend.provider));
}

void KubeReader::AddPods(const KubeObject& service, const Node& port, std::string_view scheme,
                         KubeServers& servers) {
  const KubePods& pods = PodsOf(service);
  const std::string below = service.space == "default" ? "" : "." + service.space;
  servers.unknown_addresses = true;
  servers.unknown_number = !pods.known;
  if (!pods.known) return;
  for (const KubePods::Set& set : pods.sets) {
    const std::string_view target = TargetOf(port, set.pod);
    for (size_t i = 1; i <= set.number; ++i) {
      if (++servers_ > kMostPlaceholders) {
        servers.list.clear();
        servers.unknown_number = true;
        return;
      }
      servers.list.push_back(
          {{"url", fmt::format("{}://{}-{}{}:{}", scheme, set.name, i, below, target)}});
    }
  }
}

void KubeReader::AddService(const std::string& name, json body, KubeServers servers,
                            Origin origin) {
  out.facts.unknown_number.erase(name);
  out.facts.unknown_addresses.erase(name);
  if (servers.unknown_number) out.facts.unknown_number.insert(name);
  if (servers.unknown_addresses) out.facts.unknown_addresses.insert(name);
  body["loadBalancer"]["servers"] = std::move(servers.list);
  AddPart(out.services, name, std::move(body), std::move(origin));
}

void KubeReader::AddPart(DraftParts& parts, const std::string& name, json body, Origin origin) {
  const auto known = parts.find(name);
  bytes_ += name.size() + SizeOf(body) + SizeOf(origin.node);
  if (known == parts.end()) {
    if (parts.size() >= kMostParts || IsFull()) {
      return NotKnownOnce(origin.place, "There is more in the manifests than is read here.");
    }
    parts.emplace(name, DraftPart{std::move(body), std::move(origin)});
    return;
  }
  if (WithoutServers(known->second.body) != WithoutServers(body)) {
    const FileSpot first = out.Spot(known->second.origin.place);
    const bool sticky = StickyIn(known->second.body) != StickyIn(body);
    const char* kind = &parts == &out.services  ? "service"
                       : &parts == &out.routers ? "router"
                                                : "middleware";
    DraftNote note;
    note.kind = DraftNoteKind::kDefinedTwice;
    note.level = sticky ? FindingLevel::kError : FindingLevel::kWarning;
    note.spot = out.Spot(origin.place);
    if (&parts == &out.services) note.service = name;
    note.text = fmt::format(
        "Two places make one {} {}, and differ{} ({}:{} has the other). Traefik keeps the one that "
        "it reads last, which can change with any change in the cluster.",
        kind, name, sticky ? " in the cookie" : "", first.file, first.line);
    note.fix = "Write the same settings at both, or give each a Service of its own.";
    note.detail = name;
    out.Note(std::move(note));
  }
  known->second = DraftPart{std::move(body), std::move(origin)};
}

void KubeReader::AddRouter(const std::string& name, json body, NodePlace place) {
  if (body.contains("rule") && IsVariable(body["rule"].get_ref<const std::string&>())) {
    body["rule"] = kSomeRule;
  }
  Origin origin;
  origin.place = place;
  AddPart(out.routers, name, std::move(body), std::move(origin));
}

void KubeReader::Refuse(const NodePlace& place, std::string text, std::string fix,
                        std::string detail) {
  Unread(place, FindingLevel::kError, std::move(text), std::move(fix), std::move(detail));
}

void KubeReader::Unread(const NodePlace& place, FindingLevel level, std::string text,
                        std::string fix, std::string detail) {
  DraftNote note;
  note.kind = DraftNoteKind::kUnreadKey;
  note.level = level;
  note.spot = out.Spot(place);
  note.text = std::move(text);
  note.fix = std::move(fix);
  note.detail = fmt::format("{}:{}", note.spot.file, detail);
  out.Note(std::move(note));
}

void KubeReader::NoteIfOff(std::string_view provider, const KubeObject& object) {
  if (IsOn(provider) || !said_.insert(std::string(provider)).second) return;
  Unread(object.Place(), FindingLevel::kWarning,
         fmt::format("The static configuration has no providers.{}: nobody reads {} {} and others "
                     "of its kind.",
                     provider, object.kind, object.FullName()),
         "Turn the provider on, if this is the Traefik that is meant.", std::string(provider));
}

void KubeReader::NotKnownOnce(const NodePlace& place, const std::string& text) {
  if (said_.insert(text).second) out.NotKnown(place, text);
}

json KubeReader::Silently(std::string_view kind, const Node& node) const {
  SchemaReading reading;
  reading.api_server = kind != "annotations";
  reading.where = kind == "annotations" ? SchemaKey::Where::kLabel : SchemaKey::Where::kFile;
  reading.version = out.version();
  reading.complain = [](const SchemaComplaint&) {};
  json read = ReadBySchema(reading, KubeSchema(kind), node, "spec");
  return read.is_object() ? read : json::object();
}

}  // namespace stickyd
