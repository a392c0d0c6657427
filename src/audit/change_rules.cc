// SPDX-License-Identifier: Apache-2.0
// change_rules.cc: rules of the audit that compare two configurations: of two moments, or of two
// replicas.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "audit_rules.h"
#include "stickyd/model/config_changes.h"

namespace stickyd::audit_rules {
namespace {

using Level = FindingLevel;

constexpr size_t kMostSteps = 200;  // the newest ones

// What one step from a configuration to the next is said of.
struct Step {
  const TraefikConfig& before;
  const TraefikConfig& after;
  std::string When() const {
    return fmt::format("Between {} and {}", FormatRfc3339(before.time), FormatRfc3339(after.time));
  }
};

// Calls visit(step), the newest first.
template <class Visit>
void EachStep(const AuditScan& scan, Visit visit) {
  const auto& configs = scan.input.configs;
  for (size_t i = configs.size() - 1, n = 0; i > 0 && n < kMostSteps; --i, ++n) {
    visit(Step{*configs[i - 1], *configs[i]});
  }
}

std::set<std::string> ServersBelow(const TraefikConfig& config, const std::string& root) {
  std::set<std::string> keys;
  const ServiceTree* tree = config.Tree(root);
  if (tree == nullptr) return keys;
  for (const ServiceConfig* leaf : tree->leaves()) {
    for (const PoolServer& server : leaf->servers) keys.insert(server.key);
  }
  return keys;
}

std::set<std::string> CookiesBelow(const TraefikConfig& config, const std::string& root) {
  std::set<std::string> names;
  const ServiceTree* tree = config.Tree(root);
  if (tree == nullptr) return names;
  for (const ServiceTree::Node& node : tree->nodes()) {
    if (node.service->cookie) names.insert(node.service->cookie->name);
  }
  return names;
}

template <class Set>
bool Disjoint(const Set& a, const Set& b) {
  return std::none_of(a.begin(), a.end(), [&](const auto& one) { return b.contains(one); });
}

// Takes a finding of one kind and set of objects once.
class Once {
 public:
  bool operator()(std::string key) { return told_.insert(std::move(key)).second; }

 private:
  std::set<std::string> told_;
};

void RouterSteps(const Step& step, Once& once, FindingList& out) {
  std::map<std::string, std::pair<const RouterConfig*, const RouterConfig*>> routers;
  for (const auto& [name, after] : step.after.routers) {
    const auto it = step.before.routers.find(name);
    if (it == step.before.routers.end() || !it->second.enabled || !after.enabled) continue;
    routers[name] = {&it->second, &after};
  }
  for (const auto& [name, pair] : routers) {
    const auto& [was, is] = pair;
    const auto old_servers = ServersBelow(step.before, was->service);
    const auto servers = ServersBelow(step.after, is->service);
    if (old_servers.empty() || servers.empty()) continue;
    const auto old_cookies = CookiesBelow(step.before, was->service);
    const auto cookies = CookiesBelow(step.after, is->service);
    if (was->service != is->service && Disjoint(old_servers, servers)) {
      if (!once("switch " + name)) continue;
      out.Add(Level::kWarning, {is->service, {{"router", name}, {"service", was->service}}},
              fmt::format(
                  "{} router {} went from {} to {}, which have no server in common: everybody "
                  "is moved at once.",
                  step.When(), name, was->service, is->service),
              FixByWords(
                  "Move people slowly: a weighted service with a cookie above both, whose weights "
                  "go from one to the other; or keep sessions where both reach them."))
          .detail = "switch";
    } else if (!old_cookies.empty() && Disjoint(old_cookies, cookies)) {
      if (!once("cookie " + name)) continue;
      out.Add(Level::kWarning, {is->service, {{"router", name}}},
              fmt::format("{} the sticky cookie behind router {} went from {} to {}: everybody is "
                          "balanced anew once.",
                          step.When(), name, ListOf({old_cookies.begin(), old_cookies.end()}),
                          cookies.empty() ? "none" : ListOf({cookies.begin(), cookies.end()})),
              FixByWords("Set sticky.cookie.name, and leave it as it is."))
          .detail = "cookie";
    }
  }
}

}  // namespace

void ConfigChanged(const AuditScan& scan, FindingList& out) {
  Once once;
  EachStep(scan, [&](const Step& step) {
    const auto& a = step.before.encoding;
    const auto& b = step.after.encoding;
    if (a && b && !Accepts(*b, *a, kHashBytes) && once("version")) {
      out.Add(Level::kWarning, {},
              fmt::format(
                  "{} Traefik went from {} to {}, which does not accept the other's cookies: "
                  "everybody is moved once.",
                  step.When(), step.before.version, step.after.version),
              FixByWords("Upgrade when few people are there, and all replicas at a time."))
          .detail = "version";
    }
    RouterSteps(step, once, out);
    for (const ConfigChange& change : FindChanges(step.before, step.after)) {
      // A start has a time in its text, and moves nobody.
      if (change.text.empty() || change.text.starts_with("Traefik was restarted")) continue;
      if (!once(change.text)) continue;
      const bool known = change.roots != nullptr && !change.roots->empty();
      out.Add(Level::kInfo, {known ? *change.roots->begin() : "", {}},
              fmt::format("{}: {}.", step.When(), change.text),
              FixByWords("Where sessions broke then, this is what to look at."))
          .detail = change.text;
    }
  });
}

void OneNameTwoDefinitions(const AuditScan& scan, FindingList& out) {
  const Fix fix = FixByWords(
      "Give both the same sticky block, or let each name a Kubernetes Service of "
      "its own.");
  std::map<std::string, std::set<std::string>> parents;
  for (const auto& [name, service] : scan.config.services) {
    if (service.kind != ServiceKind::kWeighted) continue;
    for (const ChildService& child : service.children) {
      const size_t dash = BareName(child.name).rfind('-');
      const bool by_port = dash != std::string_view::npos && dash + 1 < BareName(child.name).size();
      if (ProviderOf(child.name) == "kubernetescrd" && by_port) parents[child.name].insert(name);
    }
  }
  for (const auto& [child, names] : parents) {
    if (names.size() < 2 || scan.config.FindService(child) == nullptr) continue;
    std::vector<std::string> list(names.begin(), names.end());
    out.Add(
        Level::kWarning, {child, ObjectsOf("service", list)},
        fmt::format("{} is made of what {} say of it. If they differ, the one that is read last "
                    "wins, and its cookie comes and goes with the other's changes.",
                    child, ListOf(list)),
        fix);
  }
  Once once;
  EachStep(scan, [&](const Step& step) {
    std::map<std::string, bool> toggled;  // by name: it has the cookie now
    for (const auto& [name, after] : step.after.services) {
      const ServiceConfig* before = step.before.FindService(name);
      if (before == nullptr || before->cookie.has_value() == after.cookie.has_value()) continue;
      if (after.servers.empty() || ServerUrls(*before) != ServerUrls(after)) continue;
      toggled[name] = after.cookie.has_value();
    }
    for (const auto& [name, has] : toggled) {
      if (!once(name)) continue;
      out.Add(Level::kWarning, {name, {}},
              fmt::format(
                  "{} {} {} its sticky cookie, while its servers stayed: if nobody meant that, "
                  "two objects define this name.",
                  step.When(), name, has ? "was given" : "lost"),
              fix)
          .detail = "came or went";
    }
  });
}

void WeightWentToZero(const AuditScan& scan, FindingList& out) {
  Once once;
  EachStep(scan, [&](const Step& step) {
    std::map<std::string_view, const ServiceConfig*> weighted;
    for (const auto& [name, service] : step.after.services) {
      if (service.kind == ServiceKind::kWeighted && service.cookie) weighted[name] = &service;
    }
    for (const auto& [name, service] : weighted) {
      const ServiceConfig* before = step.before.FindService(name);
      if (before == nullptr) continue;
      std::map<std::string_view, int64_t> weights;
      for (const ChildService& is : service->children) weights.emplace(is.name, is.weight);
      for (const ChildService& was : before->children) {
        const auto is = weights.find(was.name);
        if (was.weight <= 0 || is == weights.end() || is->second > 0) continue;
        if (!once(service->name + " " + was.name)) continue;
        out.Add(
            Level::kWarning, {service->name, {{"service", was.name}}},
            fmt::format("{} the weight of {} in {} went from {} to 0: its users are moved at once.",
                        step.When(), was.name, service->name, was.weight),
            FixByWords("To drain a child, keep a small weight until its sessions have ended, and "
                       "send new people elsewhere by a router of their own."));
      }
    }
  });
}

void ReplicasDiffer(const AuditScan& scan, FindingList& out) {
  for (const AuditInput::Config& replica : scan.input.replicas) {
    for (const ServiceConfig* service : scan.facts.live()) {
      const ServiceConfig* other = replica->FindService(service->name);
      if (other == nullptr || !service->cookie || !other->cookie || service->servers.empty())
        continue;
      if (service->cookie->name != other->cookie->name) continue;
      if (service->servers.size() != other->servers.size()) continue;
      const bool common =
          std::any_of(service->servers.begin(), service->servers.end(),
                      [&](const PoolServer& s) { return other->FindServer(s.key) != nullptr; });
      if (common) continue;
      out.Add(
          Level::kError, {service->name, {}},
          fmt::format(
              "Two replicas have other servers for {}: {} here, {} there. A cookie {} of one "
              "means nothing to the other.",
              service->name, service->servers[0].key, other->servers[0].key, service->cookie->name),
          {"Give all replicas the same addresses: with Docker, name the network.", "",
           "traefik.docker.network=NETWORK\n", ""});
    }
  }
}

}  // namespace stickyd::audit_rules
