// SPDX-License-Identifier: Apache-2.0
#include "container.h"

#include <fmt/format.h>

#include <algorithm>

#include "stickyd/base/nearest.h"
#include "stickyd/base/text.h"
#include "stickyd/base/version.h"

namespace stickyd {
namespace {

using nlohmann::json;

// The first label that names this part, or the labels themselves.
NodePlace PlaceOf(const std::vector<Label>& labels, std::string_view section, std::string_view name,
                  const NodePlace& other) {
  const std::string prefix = fmt::format("traefik.http.{}.{}.", section, name);
  for (const Label& label : labels) {
    if (EqualsIgnoreCase(label.key.substr(0, prefix.size()), prefix)) return label.place;
  }
  return other;
}

class ContainerReader {
 public:
  ContainerReader(const Container& container, DraftBuilder& out)
      : container_(container), out_(out) {
    const bool old = !out_.version().empty() && !IsAtLeast(out_.version(), "3.0");
    provider_ = container.swarm && !old ? "swarm" : "docker";
  }

  void Read() {
    if (!IsExposed()) {
      const bool off = std::any_of(
          container_.labels.begin(), container_.labels.end(),
          [](const Label& label) { return EqualsIgnoreCase(label.key, "traefik.enable"); });
      if (off) return;
      out_.Complain({SchemaComplaint::Kind::kEmpty, container_.place->key_place,
                     fmt::format("{}.labels", container_.name),
                     fmt::format("{} has labels, but not traefik.enable=true, and the provider has "
                                 "exposedByDefault=false",
                                 container_.name),
                     ""},
                    FindingLevel::kError, "Traefik does not look at it.");
      return;
    }
    NoteOldLabels();
    Node tree = TreeOfLabels(container_.labels, "traefik.");
    NoteRoots(tree);
    std::erase_if(tree.children,
                  [](const Node& child) { return DynamicSchema().Find(child.key) == nullptr; });
    SchemaReading reading;
    reading.where = SchemaKey::Where::kLabel;
    reading.version = out_.version();
    reading.complain = [&](const SchemaComplaint& complaint) {
      out_.Complain(complaint, FindingLevel::kError,
                    "Traefik then ignores every label of the container.");
    };
    json body = ReadBySchema(reading, DynamicSchema(), tree, "");
    Add(body.is_object() && body.contains("http") ? body["http"] : json::object());
  }

 private:
  bool IsExposed() const {
    for (const Label& label : container_.labels) {
      if (!EqualsIgnoreCase(label.key, "traefik.enable")) continue;
      return EqualsIgnoreCase(label.value, "true") || label.value == "1";
    }
    const auto providers = out_.static_config.find("providers");
    if (providers == out_.static_config.end()) return true;
    const auto provider = providers->find(container_.swarm ? "swarm" : "docker");
    return provider == providers->end() || !provider->is_object() ||
           provider->value("exposedByDefault", true);
  }

  // What of the old version's labels the new ones never read.
  void NoteOldLabels() {
    for (const Label& label : container_.labels) {
      const std::string key = ToLower(label.key);
      const std::string_view rest = std::string_view(key).substr(8);
      if (!rest.starts_with("frontend.") && !rest.starts_with("backend.") && rest != "port") {
        continue;
      }
      if (!out_.version().empty() && !IsAtLeast(out_.version(), "2.0")) return;
      out_.Complain({SchemaComplaint::Kind::kTooOld, label.place, key,
                     fmt::format("{} is a label of Traefik v1", key), ""},
                    rest.find("stick") != npos ? FindingLevel::kError : FindingLevel::kWarning,
                    "v2 and v3 ignore it silently.");
    }
  }

  // `traefik.htp...`: no root of Traefik's, and near one.
  void NoteRoots(const Node& tree) {
    static constexpr std::string_view kRoots[] = {
        "http",    "tcp",        "udp",      "tls",    "enable",        "docker",
        "swarm",   "constraint", "nomad",    "ecs",    "consulcatalog", "frontend",
        "backend", "port",       "protocol", "weight", "tags",          "domain"};
    for (const Node& child : tree.children) {
      const bool known = std::any_of(std::begin(kRoots), std::end(kRoots),
                                     [&](auto root) { return EqualsIgnoreCase(root, child.key); });
      if (known) continue;
      const bool lost = EqualsIgnoreCase(child.key, "routers") ||
                        EqualsIgnoreCase(child.key, "services") ||
                        EqualsIgnoreCase(child.key, "middlewares");
      const auto near = Nearest(child.key, kRoots);
      if (!lost && !near) continue;
      out_.Complain({SchemaComplaint::Kind::kUnknown, child.key_place, "traefik." + child.key,
                     lost ? fmt::format("traefik.{0} lacks its http: traefik.http.{0}", child.key)
                          : fmt::format("Traefik knows no labels traefik.{}; did you mean {}?",
                                        child.key, *near),
                     lost ? "http." + child.key : *near},
                    FindingLevel::kError, "Traefik ignores it silently.");
    }
  }

  void Add(json http);
  void AddServers(const std::string& name, json& balancer);
  void AddRouters(json& http);
  bool HasLabel(std::string_view name) const;  // traefik.docker.NAME=true
  void AddPart(DraftParts& parts, const std::string& name, std::string_view kind, json body,
               Origin origin);
  NodePlace PlaceIn(std::string_view section, std::string_view name) const {
    return PlaceOf(container_.labels, section, name, container_.place->key_place);
  }

  const Container& container_;
  DraftBuilder& out_;
  std::string_view provider_;
  std::string port_ = "80";
};

void ContainerReader::Add(json http) {
  out_.providers.insert(std::string(provider_));
  const bool implied = !http.contains("services") || http["services"].empty();
  if (implied) http["services"] = {{container_.own, {{"loadBalancer", json::object()}}}};
  // Without a port Traefik takes one that the image exposes: the one that others name, perhaps.
  for (const auto& [name, body] : http["services"].items()) {
    const json::json_pointer pointer("/loadBalancer/server/port");
    if (body.contains(pointer)) port_ = body[pointer].get<std::string>();
  }
  for (auto& [name, body] : http["services"].items()) {
    const std::string full = fmt::format("{}@{}", name, provider_);
    Origin origin;
    origin.place = PlaceIn("services", name);
    if (!body.contains("loadBalancer")) {
      out_.Complain({SchemaComplaint::Kind::kMisplaced, origin.place, "http.services." + name,
                     fmt::format("{} has no loadBalancer: labels make services of their own "
                                 "container only",
                                 name),
                     ""},
                    FindingLevel::kError, "Traefik then ignores every label of the container.");
      continue;
    }
    AddServers(full, body["loadBalancer"]);
    origin.syntax = Origin::Syntax::kLabels;
    origin.node = *container_.place;
    origin.prefix = fmt::format("traefik.http.services.{}.loadbalancer.", name);
    AddPart(out_.services, full, "service", body, std::move(origin));
    out_.services.find(full)->second.implied = implied;
  }
  AddRouters(http);
  if (!http.contains("middlewares")) return;
  for (const auto& [name, body] : http["middlewares"].items()) {
    Origin origin;
    origin.place = PlaceIn("middlewares", name);
    AddPart(out_.middlewares, fmt::format("{}@{}", name, provider_), "middleware", body, origin);
  }
}

void ContainerReader::AddServers(const std::string& name, json& balancer) {
  const json server = balancer.value("server", json::object());
  balancer.erase("server");
  json servers = json::array();
  if (server.contains("url")) {
    servers.push_back({{"url", server["url"]}});
    balancer["servers"] = servers;
    return;
  }
  const bool vip = container_.swarm && HasLabel("lbswarm");
  const std::string scheme = server.value("scheme", std::string("http"));
  const std::string port = server.value("port", port_);
  const size_t count = vip ? 1 : container_.replicas;
  for (size_t i = 1; i <= count && out_.TakeServer(); ++i) {
    const std::string host = vip ? container_.name : fmt::format("{}-{}", container_.name, i);
    json each = {{"url", fmt::format("{}://{}:{}", scheme, host, port)}};
    if (server.contains("weight")) each["weight"] = server["weight"];
    servers.push_back(std::move(each));
  }
  balancer["servers"] = std::move(servers);
  if (vip) return;  // its address is the name
  out_.facts.unknown_addresses.insert(name);
  if (container_.unknown_number) out_.facts.unknown_number.insert(name);
}

bool ContainerReader::HasLabel(std::string_view name) const {
  return std::any_of(container_.labels.begin(), container_.labels.end(), [&](const Label& label) {
    return EqualsIgnoreCase(label.value, "true") &&
           (EqualsIgnoreCase(label.key, fmt::format("traefik.docker.{}", name)) ||
            EqualsIgnoreCase(label.key, fmt::format("traefik.swarm.{}", name)));
  });
}

void ContainerReader::AddRouters(json& http) {
  json& routers = http["routers"];
  const json& services = http["services"];
  if (routers.empty() && services.size() == 1) routers = {{container_.own, json::object()}};
  for (auto& [name, body] : routers.items()) {
    Origin origin;
    origin.place = PlaceIn("routers", name);
    if (!body.contains("service")) {
      if (services.size() > 1) {
        out_.Complain({SchemaComplaint::Kind::kEmpty, origin.place, "http.routers." + name,
                       fmt::format("The router {} names no service, and the container has {}", name,
                                   services.size()),
                       ""},
                      FindingLevel::kError, "Traefik then drops the router.");
        continue;
      }
      body["service"] = services.begin().key();
    }
    const std::string key = fmt::format("traefik.http.routers.{}.rule", name);
    for (const Label& label : container_.labels) {
      if (!EqualsIgnoreCase(label.key, key) || !IsVariable(label.value)) continue;
      body["rule"] = kSomeRule;
    }
    if (!body.contains("rule")) body["rule"] = fmt::format("Host(`{}`)", container_.own);
    AddPart(out_.routers, fmt::format("{}@{}", name, provider_), "router", body, std::move(origin));
  }
}

json TakeServers(json& service) {
  const auto balancer = service.find("loadBalancer");
  if (balancer == service.end() || !balancer->contains("servers")) return nullptr;
  json servers = std::move((*balancer)["servers"]);
  balancer->erase("servers");
  return servers;
}

// Several containers may define one service, if they say the same of it: its servers are joined.
void ContainerReader::AddPart(DraftParts& parts, const std::string& name, std::string_view kind,
                              json body, Origin origin) {
  const auto known = parts.find(name);
  if (known == parts.end()) {
    parts.emplace(name, DraftPart{std::move(body), std::move(origin)});
    return;
  }
  json& old = known->second.body;
  json all = TakeServers(old);
  json more = TakeServers(body);
  const bool same = old == body;
  if (all.is_array()) {
    for (json& each : more) all.push_back(std::move(each));
    old["loadBalancer"]["servers"] = std::move(all);
  }
  if (same) return;
  known->second.dropped = true;
  const FileSpot first = out_.Spot(known->second.origin.place);
  DraftNote note;
  note.kind = DraftNoteKind::kDefinedTwice;
  note.level = FindingLevel::kError;
  note.spot = out_.Spot(origin.place);
  note.objects.push_back({kind, name});
  note.text = fmt::format(
      "Two containers define the {} {}, and differ ({}:{} has the other). "
      "Traefik then drops it.",
      kind, name, first.file, first.line);
  note.fix = "Write the same labels on both, or give each its own name.";
  out_.Note(std::move(note));
}

}  // namespace

void AddContainer(const Container& container, DraftBuilder& out) {
  ContainerReader(container, out).Read();
}

}  // namespace stickyd
