#include "stickyd/model/config_changes.h"

#include <fmt/format.h>

namespace stickyd {
namespace {

constexpr size_t kMostTexts = 8;  // in one sentence

// Collects the changes of one pair.
class Comparison {
 public:
  Comparison(const TraefikConfig& before, const TraefikConfig& after)
      : before_(before), after_(after) {}

  std::vector<ConfigChange> Run() {
    ComparePrograms();
    for (const std::string& name : Names(before_.routers, after_.routers)) CompareRouters(name);
    std::set<std::string, std::less<>> services = before_.reachable;
    services.insert(after_.reachable.begin(), after_.reachable.end());
    for (const std::string& name : services) CompareServices(name);
    return std::move(changes_);
  }

 private:
  template <class Map>
  static std::set<std::string> Names(const Map& a, const Map& b) {
    std::set<std::string> names;
    for (const auto& item : a) names.insert(item.first);
    for (const auto& item : b) names.insert(item.first);
    return names;
  }

  void ComparePrograms() {
    if (!before_.version.empty() && !after_.version.empty() && before_.version != after_.version) {
      Add({}, fmt::format("Traefik {} became {}", before_.version, after_.version));
    } else if (before_.started && after_.started && *before_.started != *after_.started) {
      Add({}, fmt::format("Traefik was restarted at {}", FormatRfc3339(*after_.started)));
    }
  }

  void CompareRouters(const std::string& name) {
    const auto was = before_.routers.find(name);
    const auto is = after_.routers.find(name);
    if (was == before_.routers.end() || is == after_.routers.end()) return;
    const RouterConfig& a = was->second;
    const RouterConfig& b = is->second;
    if (a.service != b.service) {
      Add({a.service, b.service},
          fmt::format("router {} went from {} to {}", name, a.service, b.service));
    } else if (a.enabled != b.enabled) {
      Add({a.service}, fmt::format("router {} was {}", name, b.enabled ? "enabled" : "disabled"));
    }
  }

  void CompareServices(const std::string& name) {
    const bool was = before_.reachable.contains(name);
    const bool is = after_.reachable.contains(name);
    roots_.clear();
    for (const TraefikConfig* config : {&before_, &after_}) {
      const auto it = config->roots_of.find(name);
      if (it != config->roots_of.end()) roots_.insert(it->second.begin(), it->second.end());
    }
    if (was != is) return Add(roots_, fmt::format("{} came {} use", name, is ? "into" : "out of"));
    const ServiceConfig& a = *before_.FindService(name);
    const ServiceConfig& b = *after_.FindService(name);
    CompareCookies(a, b);
    CompareServers(a, b);
    // Versions before v3.4 do not name the one they have.
    const bool named = !a.strategy.empty() && !b.strategy.empty();
    if (named && a.strategy != b.strategy)
      Add(roots_, fmt::format("{} changed its strategy", name));
  }

  void CompareCookies(const ServiceConfig& a, const ServiceConfig& b) {
    if (a.cookie.has_value() != b.cookie.has_value()) {
      Add(roots_, fmt::format("{} {} its sticky cookie", a.name, b.cookie ? "was given" : "lost"));
    } else if (a.cookie && a.cookie->name != b.cookie->name) {
      Add(roots_, fmt::format("the sticky cookie of {} was renamed from {} to {}", a.name,
                              a.cookie->name, b.cookie->name));
    }
  }

  void CompareServers(const ServiceConfig& a, const ServiceConfig& b) {
    for (const PoolServer& server : a.servers) {
      const PoolServer* now = b.FindServer(server.key);
      if (now == nullptr) {
        Add(roots_, fmt::format("server {} left {}", server.key, a.name));
      } else if (IsOut(server) != IsOut(*now)) {
        Add(roots_, fmt::format("server {} of {} {}", server.key, a.name,
                                IsOut(*now) ? "was taken out (down, fenced or weight 0)"
                                            : "was taken in again"));
      }
    }
    for (const PoolServer& server : b.servers) {
      if (a.FindServer(server.key) == nullptr) {
        Add(roots_, fmt::format("server {} joined {}", server.key, a.name));
      }
    }
  }

  void Add(std::set<std::string, std::less<>> roots, std::string text) {
    changes_.push_back({std::move(roots), std::move(text)});
  }

  static bool IsOut(const PoolServer& server) {
    return server.status == ServerStatus::kDown || server.weight == 0 || server.fenced;
  }

  const TraefikConfig& before_;
  const TraefikConfig& after_;
  std::set<std::string, std::less<>> roots_;  // of the service at hand
  std::vector<ConfigChange> changes_;
};

// One sentence of those that concern `root`; of all if it is null.
std::string Sentence(const std::vector<ConfigChange>& changes, const std::string_view* root) {
  std::string text;
  size_t count = 0;
  for (const ConfigChange& change : changes) {
    if (root != nullptr && !change.roots.empty() && !change.roots.contains(*root)) continue;
    if (++count <= kMostTexts) text += (text.empty() ? "" : "; ") + change.text;
  }
  if (count > kMostTexts) text += fmt::format("; and {} more", count - kMostTexts);
  return text;
}

}  // namespace

std::vector<ConfigChange> FindChanges(const TraefikConfig& before, const TraefikConfig& after) {
  return Comparison(before, after).Run();
}

std::string_view ChangeBook::Around(EventTime time, std::string_view root, std::string_view pin) {
  const std::string of_pin = fmt::format("server {} ", pin);
  std::string_view found;
  for (size_t i = configs_.size(); i-- > 1 && time <= configs_[i].time + kWindow;) {
    const bool before = time <= configs_[i - 1].time || time < configs_[i].time - kWindow;
    if (before) continue;
    const std::string& text = Text(configs_[i - 1], configs_[i], root);
    if (text.find(of_pin) != std::string::npos) return text;
    if (found.empty()) found = text;
  }
  return found;
}

const std::string& ChangeBook::Text(const TraefikConfig& before, const TraefikConfig& after,
                                    std::string_view root) {
  const auto [text, fresh] = texts_.try_emplace({before.time, after.time, std::string(root)});
  if (fresh) text->second = Sentence(FindChanges(before, after), &root);
  if (fresh && !text->second.empty()) {
    text->second +=
        fmt::format(" (between {} and {})", FormatRfc3339(before.time), FormatRfc3339(after.time));
  }
  return text->second;
}

std::vector<ChangeBook::Dated> ChangeBook::All() const {
  std::vector<Dated> all;
  for (size_t i = 1; i < configs_.size(); ++i) {
    std::string text = Sentence(FindChanges(configs_[i - 1], configs_[i]), nullptr);
    if (!text.empty()) all.push_back({configs_[i - 1].time, configs_[i].time, std::move(text)});
  }
  return all;
}

}  // namespace stickyd
