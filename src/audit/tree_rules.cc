// SPDX-License-Identifier: Apache-2.0
// tree_rules.cc: rules of the audit that look at services made of services.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "audit_rules.h"

namespace stickyd::audit_rules {
namespace {

using Level = FindingLevel;
using Node = ServiceTree::Node;

std::vector<std::string> WeighedChildren(const ServiceConfig& service) {
  std::vector<std::string> names;
  for (const ChildService& child : service.children) {
    if (child.weight > 0) names.push_back(child.name);
  }
  return names;
}

// What the leaves below one level are like.
struct Below {
  std::vector<std::string> sticky;
  std::vector<std::string> plain;   // pools of several servers without a cookie
  std::vector<std::string> single;  // pools of one server
};

// For each weighted service of all trees, once.
std::map<std::string, std::pair<const ServiceConfig*, Below>> Levels(const Facts& facts) {
  std::map<std::string, std::pair<const ServiceConfig*, Below>> levels;
  for (const ServiceTree* tree : facts.trees()) {
    const auto& nodes = tree->nodes();
    for (size_t i = 0; i < nodes.size(); ++i) {
      const ServiceConfig& service = *nodes[i].service;
      if (service.kind != ServiceKind::kWeighted || levels.contains(service.name)) continue;
      auto& [at, below] = levels[service.name];
      at = &service;
      // Depth first: what is below follows, until the depth is its own again.
      for (size_t j = i + 1; j < nodes.size() && nodes[j].depth > nodes[i].depth; ++j) {
        const ServiceConfig& leaf = *nodes[j].service;
        if (nodes[j].child != nullptr && nodes[j].child->weight <= 0) continue;
        if (leaf.kind != ServiceKind::kLoadBalancer || leaf.servers.empty()) continue;
        if (leaf.servers.size() == 1) below.single.push_back(leaf.name);
        if (leaf.cookie) {
          below.sticky.push_back(leaf.name);
        } else if (UsableServers(leaf) > 1 && !leaf.sticky_without_cookie) {
          below.plain.push_back(leaf.name);
        }
      }
    }
  }
  return levels;
}

}  // namespace

void NestedLevel(const AuditScan& scan, FindingList& out) {
  for (const auto& [name, level] : Levels(scan.facts)) {
    const ServiceConfig& service = *level.first;
    const Below& below = level.second;
    const bool sticky = service.cookie.has_value();
    const std::vector<std::string> children = WeighedChildren(service);
    const bool secure = IsAllSecure(scan.facts.Of(service));
    if (sticky && !below.plain.empty()) {
      const ServiceConfig& first = *scan.config.FindService(below.plain.front());
      out.Add(
          Level::kError, {name, ObjectsOf("service", below.plain)},
          fmt::format("{} pins its users to a child by the cookie {}, but {} {} no cookie: within "
                      "the child each request goes to the next server.",
                      name, service.cookie->name, ListOf(below.plain),
                      below.plain.size() == 1 ? "has" : "have"),
          FixBySettings(first,
                        "Give each child a cookie too, of another name than the level above.",
                        SuggestedCookie(first, secure)));
      continue;
    }
    if (sticky || children.size() < 2 || scan.facts.HasStickyAbove(service)) continue;
    const Fix fix = FixBySettings(service, fmt::format("Give {} a cookie of its own.", name),
                                  SuggestedCookie(service, secure));
    if (below.single.size() >= 2 && below.plain.empty() &&
        below.single.size() >= below.sticky.size()) {
      out.Add(
          Level::kWarning, {name, ObjectsOf("service", children)},
          fmt::format("{} chooses among {} anew for each request, and each of them has one server: "
                      "{} decides the server, and it has no cookie.",
                      name, ListOf(children), name),
          fix);
    } else if (!below.sticky.empty()) {
      out.Add(
          Level::kError, {name, ObjectsOf("service", children)},
          fmt::format("{} has no cookie, so that requests go back and forth between {}, although "
                      "{} {} one.",
                      name, ListOf(children), ListOf(below.sticky),
                      below.sticky.size() == 1 ? "has" : "have"),
          fix);
    }
  }
}

void NestedSameName(const AuditScan& scan, FindingList& out) {
  std::set<std::pair<std::string_view, std::string_view>> told;
  for (const ServiceTree* tree : scan.facts.trees()) {
    const auto& nodes = tree->nodes();
    for (const Node& node : nodes) {
      if (!node.service->cookie) continue;
      for (const Node* at = &node; at->depth > 0;) {
        at = &nodes[at->parent];
        const auto& above = at->service->cookie;
        if (!above || above->name != node.service->cookie->name) continue;
        if (above->path != node.service->cookie->path) continue;
        if (!told.emplace(at->service->name, node.service->name).second) continue;
        out.Add(Level::kError, {at->service->name, {{"service", node.service->name}}},
                fmt::format("{} and {} below it both set a cookie {} with path {}: the second "
                            "overwrites the first, and one level forgets its choice each time.",
                            at->service->name, node.service->name, above->name, above->path),
                FixBySettings(*node.service, "Give each level a cookie name of its own.",
                              {{"sticky.cookie.name", SuggestedCookieName(*node.service)}}));
      }
    }
  }
}

void ChildHealth(const AuditScan& scan, FindingList& out) {
  for (const auto& [name, level] : Levels(scan.facts)) {
    const ServiceConfig& service = *level.first;
    const std::vector<std::string> children = WeighedChildren(service);
    if (!service.cookie || service.health_check || children.size() < 2) continue;
    const bool all_checked =
        std::all_of(children.begin(), children.end(), [&](const std::string& child) {
          const ServiceConfig* found = scan.config.FindService(child);
          return found != nullptr && found->health_check;
        });
    if (!all_checked) continue;
    out.Add(
        Level::kWarning, {name, ObjectsOf("service", children)},
        fmt::format("{} pins users to one of {}, which check their servers, but {} does not learn "
                    "of it: when all servers of a child are down, its users get 503 for as long "
                    "as they keep the cookie.",
                    name, ListOf(children), name),
        FixBySettings(service, "Let the weighted level learn its children's health.",
                      {{"healthCheck", "{}"}}));
  }
}

void FailoverByStatus(const AuditScan& scan, FindingList& out) {
  for (const ServiceConfig* service : scan.facts.live()) {
    if (service->kind != ServiceKind::kFailover || service->failover_statuses.empty()) continue;
    for (const ChildService& child : service->children) {
      const ServiceConfig* main = scan.config.FindService(child.name);
      if (child.fallback || main == nullptr || !main->cookie) continue;
      out.Add(
          Level::kWarning, {service->name, {{"service", main->name}}},
          fmt::format("{} sends a request of {} to the fallback whenever it is answered with {}: "
                      "that user is elsewhere for one request, and back for the next.",
                      service->name, main->name, ListOf(service->failover_statuses)),
          FixByWords("Let the fallback answer what needs no session, or let only health decide "
                     "(failover.healthCheck, without failover.errors)."));
    }
  }
}

}  // namespace stickyd::audit_rules
