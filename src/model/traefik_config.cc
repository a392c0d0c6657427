#include "stickyd/model/traefik_config.h"

#include <algorithm>

namespace stickyd {
namespace {

// Trees deeper than this are cut: the configuration is somebody else's input.
constexpr size_t kDeepest = 32;

using ServicePath = std::vector<const ServiceConfig*>;

// Depth first from `name`, each service once, `path` leading to it; visit returns true to stop.
template <class Visit>
bool Walk(const TraefikConfig& config, std::string_view name, std::set<std::string_view>& seen,
          ServicePath& path, const Visit& visit) {
  const ServiceConfig* service = config.FindService(name);
  if (service == nullptr || path.size() >= kDeepest) return false;
  if (!seen.insert(service->name).second) return false;
  path.push_back(service);
  if (visit(*service)) return true;
  for (const ChildService& child : service->children) {
    if (Walk(config, child.name, seen, path, visit)) return true;
  }
  path.pop_back();
  return false;
}

}  // namespace

const PoolServer* ServiceConfig::FindServer(std::string_view key) const {
  const auto it = std::find_if(servers.begin(), servers.end(),
                               [&](const PoolServer& server) { return server.key == key; });
  return it == servers.end() ? nullptr : &*it;
}

const ChildService* ServiceConfig::FindChild(std::string_view service) const {
  const auto it = std::find_if(children.begin(), children.end(),
                               [&](const ChildService& child) { return child.name == service; });
  return it == children.end() ? nullptr : &*it;
}

void TraefikConfig::Link() {
  for (const auto& named_router : routers) {
    const RouterConfig& router = named_router.second;
    if (!router.enabled || router.service.empty()) continue;
    std::vector<std::string_view> starts{router.service};
    for (const std::string& middleware : router.middlewares) {
      const auto it = middlewares.find(middleware);
      if (it != middlewares.end() && !it->second.errors_service.empty()) {
        starts.emplace_back(it->second.errors_service);
      }
    }
    std::set<std::string_view> seen;
    ServicePath path;
    for (const std::string_view start : starts) {
      Walk(*this, start, seen, path, [&](const ServiceConfig& service) {
        reachable.insert(service.name);
        roots_of[service.name].insert(router.service);
        return false;
      });
    }
  }
}

const ServiceConfig* TraefikConfig::FindService(std::string_view name) const {
  const auto it = services.find(name);
  return it == services.end() ? nullptr : &it->second;
}

const RouterConfig* TraefikConfig::FindRouter(std::string_view logged) const {
  auto it = routers.find(logged);
  if (it == routers.end()) {
    const size_t arrow = logged.rfind(" -> ");
    if (arrow != std::string_view::npos) it = routers.find(logged.substr(arrow + 4));
  }
  return it == routers.end() ? nullptr : &it->second;
}

std::vector<const ServiceConfig*> TraefikConfig::Path(std::string_view root, std::string_view leaf,
                                                      std::string_view server_key) const {
  std::set<std::string_view> seen;
  ServicePath path;
  Walk(*this, root, seen, path, [&](const ServiceConfig& service) {
    return leaf.empty() ? service.FindServer(server_key) != nullptr : service.name == leaf;
  });
  return path;  // Walk leaves it empty when nothing stopped it
}

std::vector<const ServiceConfig*> TraefikConfig::Leaves(std::string_view root) const {
  std::vector<const ServiceConfig*> leaves;
  std::set<std::string_view> seen;
  ServicePath path;
  Walk(*this, root, seen, path, [&](const ServiceConfig& service) {
    if (service.kind == ServiceKind::kLoadBalancer) leaves.push_back(&service);
    return false;
  });
  return leaves;
}

std::optional<bool> TraefikConfig::IsSecure(const RouterConfig& router) const {
  if (router.tls) return true;
  const auto secure = [&](const std::string& name) {
    const auto it = entry_points.find(name);
    return it != entry_points.end() && it->second.tls;
  };
  const auto& names = router.entry_points;
  const auto count = std::count_if(names.begin(), names.end(), secure);
  if (count != 0 && count != static_cast<ptrdiff_t>(names.size())) return std::nullopt;
  return count != 0;
}

bool ConfigHistory::Add(std::shared_ptr<const TraefikConfig> config) {
  const auto later = [](EventTime time, const auto& other) { return time < other->time; };
  auto at = std::upper_bound(configs_.begin(), configs_.end(), config->time, later);
  for (auto after = at; after != configs_.begin(); --after) {
    const TraefikConfig& before = **std::prev(after);
    if (before.time != config->time) break;
    if (before == *config) return false;
  }
  if (configs_.size() >= kMost) {
    if (at == configs_.begin()) return false;
    const auto place = at - configs_.begin() - 1;
    configs_.erase(configs_.begin());
    at = configs_.begin() + place;
    ++dropped_;
  }
  configs_.insert(at, std::move(config));
  return true;
}

size_t ConfigHistory::IndexAt(EventTime time) const {
  const auto later = [](EventTime t, const auto& other) { return t < other->time; };
  const auto at = std::upper_bound(configs_.begin(), configs_.end(), time, later);
  return at == configs_.begin() ? 0 : static_cast<size_t>(at - configs_.begin()) - 1;
}

}  // namespace stickyd
