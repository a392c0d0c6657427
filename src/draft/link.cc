// SPDX-License-Identifier: Apache-2.0
// link.cc: what Traefik makes of routers and services once it has them all.
#include <fmt/format.h>

#include <functional>

#include "draft_builder.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using nlohmann::json;
using namespace nlohmann::literals;

std::string_view ProviderIn(std::string_view name) {
  const size_t at = name.rfind('@');
  return at == npos ? std::string_view() : name.substr(at + 1);
}

std::string Qualified(const std::string& name, std::string_view by) {
  return name.find('@') != npos ? name : fmt::format("{}@{}", name, ProviderIn(by));
}

std::string TextIn(const json& body, const char* key) {
  const auto it = body.find(key);
  return it != body.end() && it->is_string() ? it->get<std::string>() : std::string();
}

bool HasCookie(const json& service) {
  return service.contains("/loadBalancer/sticky/cookie"_json_pointer) ||
         service.contains("/weighted/sticky/cookie"_json_pointer);
}

class Linker {
 public:
  explicit Linker(DraftBuilder& builder) : builder_(builder) {}

  void Run() {
    FindParents();
    for (DraftParts* parts : {&builder_.services, &builder_.routers, &builder_.middlewares}) {
      std::erase_if(*parts, [](const auto& part) { return part.second.dropped; });
    }
    for (auto& [name, router] : builder_.routers) LinkRouter(name, router.body);
    for (const auto& [name, middleware] : builder_.middlewares) {
      const auto errors = middleware.body.find("errors");
      if (errors != middleware.body.end()) Reach(Qualified(TextIn(*errors, "service"), name));
    }
    for (auto& [name, service] : builder_.services) {
      service.body["status"] = "enabled";
      for (const char* kind : {"loadBalancer", "weighted"}) {
        const json::json_pointer pointer(fmt::format("/{}/sticky/cookie/name", kind));
        if (service.body.contains(pointer)) builder_.facts.named_cookies.insert(name);
      }
      if (!reached_.contains(name) && !service.implied) Unused(name, service);
    }
  }

 private:
  // A part that is not there, of a provider whose files are all there.
  bool IsMissing(const DraftParts& parts, const std::string& name) const {
    return !parts.contains(name) && builder_.providers.contains(ProviderIn(name));
  }

  void LinkRouter(const std::string& name, json& router) {
    router["status"] = "enabled";
    if (router.contains("parentRefs") || !router.contains("service")) {
      if (!router.contains("parentRefs") && ProviderIn(name) == "file" &&
          !parents_.contains(name)) {
        Disable(router, "the service is missing on the router");
      }
      return;
    }
    const std::string service = Qualified(TextIn(router, "service"), name);
    if (IsMissing(builder_.services, service)) {
      Disable(router, fmt::format("the service \"{}\" does not exist", service));
      return;
    }
    if (router.contains("middlewares")) {
      for (const json& each : router["middlewares"]) {
        const std::string middleware = Qualified(each.get<std::string>(), name);
        if (!IsMissing(builder_.middlewares, middleware)) continue;
        Disable(router, fmt::format("middleware \"{}\" does not exist", middleware));
        return;
      }
    }
    if (!HasEntryPoint(router)) return;
    AddMiddlewares(router);
    if (const std::string child = MissingBelow(service); !child.empty()) {
      Disable(router, fmt::format("the service \"{}\" does not exist", child));
    }
    Reach(service);
  }

  void FindParents() {
    for (const auto& [name, router] : builder_.routers) {
      const auto parents = router.body.find("parentRefs");
      if (parents == router.body.end()) continue;
      for (const json& parent : *parents) {
        parents_.insert(Qualified(parent.get<std::string>(), name));
      }
    }
  }

  bool HasEntryPoint(json& router) const {
    const auto known = builder_.static_config.find("entryPoints");
    if (known == builder_.static_config.end()) return true;
    if (!router.contains("entryPoints")) {
      router["entryPoints"] = Defaults(*known);
      return true;
    }
    std::string missing;
    bool any = false;
    for (const json& each : router["entryPoints"]) {
      const auto entry = each.get<std::string>();
      any |= known->contains(entry);
      if (!known->contains(entry) && missing.empty()) missing = entry;
    }
    if (!any) Disable(router, fmt::format("entryPoint \"{}\" doesn't exist", missing));
    return any;
  }

  // Those of its entry points stand in front of its own.
  void AddMiddlewares(json& router) const {
    const auto known = builder_.static_config.find("entryPoints");
    if (known == builder_.static_config.end()) return;
    json all = json::array();
    for (const json& each : router["entryPoints"]) {
      const auto entry = known->find(each.get<std::string>());
      if (entry == known->end() || !entry->contains("/http/middlewares"_json_pointer)) continue;
      for (const json& name : (*entry)["http"]["middlewares"]) all.push_back(name);
    }
    if (all.empty()) return;
    for (const json& name : router.value("middlewares", json::array())) all.push_back(name);
    router["middlewares"] = std::move(all);
  }

  static json Defaults(const json& known) {
    json all = json::array();
    json chosen = json::array();
    for (const auto& [name, entry] : known.items()) {
      if (name != "traefik") all.push_back(name);
      if (entry.contains("asDefault") && entry["asDefault"] == true) chosen.push_back(name);
    }
    return chosen.empty() ? all : chosen;
  }

  std::vector<std::string> ChildrenOf(const std::string& name) const {
    std::vector<std::string> children;
    const auto it = builder_.services.find(name);
    if (it == builder_.services.end()) return children;
    const json& body = it->second.body;
    const auto add = [&](const std::string& child) {
      if (!child.empty()) children.push_back(Qualified(child, name));
    };
    for (const char* kind : {"weighted", "highestRandomWeight", "mirroring", "failover"}) {
      if (!body.contains(kind)) continue;
      for (const char* list : {"services", "mirrors"}) {
        if (!body[kind].contains(list)) continue;
        for (const json& each : body[kind][list]) add(TextIn(each, "name"));
      }
      for (const char* key : {"service", "fallback"}) add(TextIn(body[kind], key));
    }
    return children;
  }

  // Each service is looked at once for a router, however many ways lead to it.
  std::string MissingBelow(const std::string& root) const {
    std::set<std::string, std::less<>> seen = {root};
    std::vector<std::string> left = {root};
    while (!left.empty()) {
      const std::string name = std::move(left.back());
      left.pop_back();
      for (const std::string& child : ChildrenOf(name)) {
        if (IsMissing(builder_.services, child)) return child;
        if (seen.insert(child).second) left.push_back(child);
      }
    }
    return {};
  }

  void Reach(const std::string& root) {
    std::vector<std::string> left = {root};
    while (!left.empty()) {
      const std::string name = std::move(left.back());
      left.pop_back();
      if (!reached_.insert(name).second) continue;
      for (const std::string& child : ChildrenOf(name)) left.push_back(child);
    }
  }

  static void Disable(json& router, const std::string& error) {
    router["status"] = "disabled";
    router["error"] = json::array({error});
  }

  void Unused(const std::string& name, const DraftPart& service) {
    const bool sticky = HasCookie(service.body);
    DraftNote note;
    note.kind = DraftNoteKind::kUnused;
    note.level = sticky ? FindingLevel::kWarning : FindingLevel::kInfo;
    note.spot = builder_.Spot(service.origin.place);
    note.service = name;
    note.text = fmt::format("No router leads to {}{}.", name,
                            sticky ? ", so that its sticky cookie does nothing" : "");
    note.fix = "Name it in a router, or remove it; see that both have the same name.";
    builder_.Note(std::move(note));
  }

  DraftBuilder& builder_;
  std::set<std::string, std::less<>> parents_;  // routers that others name as theirs
  std::set<std::string, std::less<>> reached_;
};

json EntryPoints(const json& settings) {
  json list = json::array();
  const auto known = settings.find("entryPoints");
  if (known == settings.end()) return list;
  for (auto [name, entry] : known->items()) {
    json item = entry;
    item["name"] = name;
    list.push_back(std::move(item));
  }
  return list;
}

json Bodies(const DraftParts& parts) {
  json out = json::object();
  for (const auto& [name, part] : parts) out[name] = part.body;
  return out;
}

}  // namespace

void LinkDraft(DraftBuilder& builder) { Linker(builder).Run(); }

ApiAnswers WriteAnswers(DraftBuilder& builder) {
  const auto write = [](const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
  };
  ApiAnswers answers;
  answers.rawdata = write({{"routers", Bodies(builder.routers)},
                           {"services", Bodies(builder.services)},
                           {"middlewares", Bodies(builder.middlewares)}});
  const json entries = EntryPoints(builder.static_config);
  if (!entries.empty()) answers.entry_points = write(entries);
  if (!builder.version().empty()) {
    answers.version = write({{"Version", std::string(builder.version())}});
  }
  if (!builder.static_config.empty()) {
    const bool log = builder.static_config.contains("accessLog");
    answers.overview = write({{"features", {{"accessLog", log}}}});
  }
  return answers;
}

}  // namespace stickyd
