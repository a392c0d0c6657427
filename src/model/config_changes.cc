// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/config_changes.h"

#include <fmt/format.h>

#include <algorithm>

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
  using Roots = ConfigChange::Roots;

  template <class Map>
  static std::set<std::string> Names(const Map& a, const Map& b) {
    std::set<std::string> names;
    for (const auto& item : a) names.insert(item.first);
    for (const auto& item : b) names.insert(item.first);
    return names;
  }

  void ComparePrograms() {
    if (!before_.version.empty() && !after_.version.empty() && before_.version != after_.version) {
      Add(ChangeKind::kTraefik, nullptr,
          fmt::format("Traefik {} became {}", before_.version, after_.version));
    } else if (before_.started && after_.started && *before_.started != *after_.started) {
      Add(ChangeKind::kTraefik, nullptr,
          fmt::format("Traefik was restarted at {}", FormatRfc3339(*after_.started)));
    }
  }

  void CompareRouters(const std::string& name) {
    const auto was = before_.routers.find(name);
    const auto is = after_.routers.find(name);
    if (was == before_.routers.end() || is == after_.routers.end()) return;
    const RouterConfig& a = was->second;
    const RouterConfig& b = is->second;
    if (a.service != b.service) {
      Add(ChangeKind::kRouter, std::make_shared<const Roots>(Roots{a.service, b.service}),
          fmt::format("router {} went from {} to {}", name, a.service, b.service));
    } else if (a.enabled != b.enabled) {
      Add(ChangeKind::kRouter, std::make_shared<const Roots>(Roots{a.service}),
          fmt::format("router {} was {}", name, b.enabled ? "enabled" : "disabled"));
    }
  }

  void CompareServices(const std::string& name) {
    const bool was = before_.reachable.contains(name);
    const bool is = after_.reachable.contains(name);
    Roots roots;
    for (const TraefikConfig* config : {&before_, &after_}) {
      const auto it = config->roots_of.find(name);
      if (it != config->roots_of.end()) roots.insert(it->second.begin(), it->second.end());
    }
    roots_ = std::make_shared<const Roots>(std::move(roots));
    if (was != is) return AddService(fmt::format("{} came {} use", name, is ? "into" : "out of"));
    const ServiceConfig& a = *before_.FindService(name);
    const ServiceConfig& b = *after_.FindService(name);
    CompareCookies(a, b);
    CompareServers(a, b);
    CompareWeights(a, b);
    // Versions before v3.4 do not name the one they have.
    const bool named = !a.strategy.empty() && !b.strategy.empty();
    if (named && a.strategy != b.strategy) AddService(fmt::format("{} changed its strategy", name));
  }

  void CompareCookies(const ServiceConfig& a, const ServiceConfig& b) {
    if (a.cookie.has_value() != b.cookie.has_value()) {
      AddService(fmt::format("{} {} its sticky cookie", a.name, b.cookie ? "was given" : "lost"));
    } else if (a.cookie && a.cookie->name != b.cookie->name) {
      AddService(fmt::format("the sticky cookie of {} was renamed from {} to {}", a.name,
                             a.cookie->name, b.cookie->name));
    }
  }

  void CompareServers(const ServiceConfig& a, const ServiceConfig& b) {
    const size_t before = changes_.size();
    for (const PoolServer& server : a.servers) {
      const PoolServer* now = b.FindServer(server.key);
      if (now == nullptr) {
        AddServer(before, fmt::format("server {} left {}", server.key, a.name));
      } else if (IsOut(server) != IsOut(*now)) {
        AddServer(before, fmt::format("server {} of {} {}", server.key, a.name,
                                      IsOut(*now) ? "was taken out (down, fenced or weight 0)"
                                                  : "was taken in again"));
      }
    }
    for (const PoolServer& server : b.servers) {
      if (a.FindServer(server.key) == nullptr) {
        AddServer(before, fmt::format("server {} joined {}", server.key, a.name));
      }
    }
  }

  void CompareWeights(const ServiceConfig& a, const ServiceConfig& b) {
    for (const ChildService& child : a.children) {
      const auto now = std::find_if(b.children.begin(), b.children.end(),
                                    [&](const ChildService& c) { return c.name == child.name; });
      if (now == b.children.end() || now->weight == child.weight) continue;
      AddService(fmt::format("the weight of {} in {} went from {} to {}", child.name, a.name,
                             child.weight, now->weight));
    }
  }

  void Add(ChangeKind kind, std::shared_ptr<const Roots> roots, std::string text) {
    changes_.push_back({kind, std::move(roots), std::move(text)});
  }
  void AddService(std::string text) { Add(ChangeKind::kService, roots_, std::move(text)); }
  // `before`: where this service's begin.
  void AddServer(size_t before, std::string text) {
    if (changes_.size() < before + kMostServersNamed) {
      return Add(ChangeKind::kServer, roots_, std::move(text));
    }
    ++changes_.back().more;
  }

  static bool IsOut(const PoolServer& server) {
    return server.status == ServerStatus::kDown || server.weight == 0 || server.fenced;
  }

  const TraefikConfig& before_;
  const TraefikConfig& after_;
  std::shared_ptr<const Roots> roots_;  // of the service at hand
  std::vector<ConfigChange> changes_;
};

// Some changes in one sentence.
class Sentence {
 public:
  void Add(const ConfigChange& change) {
    if (++count_ <= kMostTexts) text_ += (text_.empty() ? "" : "; ") + change.text;
    count_ += change.more;
  }
  std::string Text() const {
    return count_ <= kMostTexts ? text_ : text_ + fmt::format("; and {} more", count_ - kMostTexts);
  }

 private:
  std::string text_;
  size_t count_ = 0;
};

}  // namespace

const char* Name(ChangeKind kind) {
  static constexpr const char* kNames[] = {"traefik", "router", "service", "server"};
  return kNames[static_cast<size_t>(kind)];
}

std::vector<ConfigChange> FindChanges(const TraefikConfig& before, const TraefikConfig& after) {
  return Comparison(before, after).Run();
}

std::string_view ChangeBook::Around(EventTime time, std::string_view root, std::string_view pin) {
  if (texts_.size() > kMostPairs) texts_.clear();
  const std::string of_pin = fmt::format("server {} ", pin);
  std::string_view found;
  if (configs_.empty()) return found;
  const size_t newest = configs_.IndexAt(time + kWindow);
  const size_t oldest = newest - std::min(newest, kMostPairs);
  for (size_t i = newest; i > oldest && time <= configs_[i].time + kWindow; --i) {
    const bool before = time <= configs_.until(i - 1) || time < configs_[i].time - kWindow;
    if (before) continue;
    const Texts& texts = TextsOf(i);
    const auto own = texts.of_root.find(root);
    const std::string& text = own == texts.of_root.end() ? texts.of_all : own->second;
    if (text.find(of_pin) != std::string::npos) return text;
    if (found.empty()) found = text;
  }
  return found;
}

const ChangeBook::Texts& ChangeBook::TextsOf(size_t i) {
  const TraefikConfig& before = configs_[i - 1];
  const TraefikConfig& after = configs_[i];
  const auto known = texts_.find({before.time, after.time});
  if (known != texts_.end()) return known->second;
  // Those of all of Traefik come first.
  Sentence of_all;
  StringMap<Sentence> of_root;
  for (const ConfigChange& change : FindChanges(before, after)) {
    if (change.roots == nullptr) {
      of_all.Add(change);
      continue;
    }
    for (const std::string& root : *change.roots) {
      of_root.try_emplace(root, of_all).first->second.Add(change);
    }
  }
  const auto dated = [&](const Sentence& sentence) {
    const std::string text = sentence.Text();
    return text.empty()
               ? text
               : fmt::format("{} (between {} and {})", text, FormatRfc3339(configs_.until(i - 1)),
                             FormatRfc3339(after.time));
  };
  Texts texts;
  texts.of_all = dated(of_all);
  for (const auto& [root, sentence] : of_root) texts.of_root.emplace(root, dated(sentence));
  return texts_.emplace(std::pair{before.time, after.time}, std::move(texts)).first->second;
}

std::vector<ChangeBook::Dated> ChangeBook::All() const {
  std::vector<Dated> all;
  for (size_t i = 1; i < configs_.size(); ++i) {
    Sentence sentence;
    for (const ConfigChange& change : FindChanges(configs_[i - 1], configs_[i])) {
      sentence.Add(change);
    }
    std::string text = sentence.Text();
    if (!text.empty()) all.push_back({configs_.until(i - 1), configs_[i].time, std::move(text)});
  }
  return all;
}

}  // namespace stickyd
