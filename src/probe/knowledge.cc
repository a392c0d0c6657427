// SPDX-License-Identifier: Apache-2.0
#include "stickyd/probe/knowledge.h"

#include <algorithm>

#include "stickyd/base/text.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

constexpr size_t kMostPinsKnown = 200;

// Calls visit(matcher, literal) for each `literal` in backticks or quotes, with the name of the
// function that it is an argument of.
template <class Visit>
void ForEachLiteral(std::string_view rule, Visit visit) {
  std::string_view function;
  for (size_t at = 0; at < rule.size();) {
    const char c = rule[at];
    if (c == '`' || c == '"' || c == '\'') {
      const size_t close = rule.find(c, at + 1);
      if (close == npos) return;
      visit(function, rule.substr(at + 1, close - at - 1));
      at = close + 1;
      continue;
    }
    if (c == '(') {
      size_t begin = at;
      while (begin > 0 && ToLower(rule[begin - 1]) >= 'a' && ToLower(rule[begin - 1]) <= 'z') {
        --begin;
      }
      function = rule.substr(begin, at - begin);
    }
    ++at;
  }
}

// v2 compares paths with what may follow them in braces; those are no literals.
bool RuleMatches(const std::string& rule, std::string_view host, std::string_view path) {
  bool host_named = false;
  bool host_fits = false;
  bool path_named = false;
  bool path_fits = false;
  ForEachLiteral(rule, [&](std::string_view function, std::string_view literal) {
    if (function == "Host") {
      ForEachPart(literal, ',', [&](std::string_view name) {
        host_named = true;
        host_fits |= EqualsIgnoreCase(name, host);
      });
    } else if (function == "PathPrefix") {
      path_named = true;
      path_fits |= path.starts_with(literal.substr(0, literal.find('{')));
    } else if (function == "Path") {
      path_named = true;
      path_fits |= path == literal;
    } else if (!function.empty() && !function.starts_with("HostRegexp")) {
      path_named = true;  // a header, a method, an address: not ours to know
    }
  });
  return (host_named || path_named) && (!host_named || host_fits) && (!path_named || path_fits);
}

const RouterConfig* FindRouter(const TraefikConfig& config, std::string_view host,
                               std::string_view path) {
  const RouterConfig* found = nullptr;
  for (const auto& [name, router] : config.routers) {
    const bool ours = router.enabled && !router.service.empty() &&
                      !router.service.ends_with("@internal") &&
                      RuleMatches(router.rule, host, path);
    if (!ours) continue;
    const bool better = found == nullptr || router.rule.size() > found->rule.size() ||
                        (router.rule.size() == found->rule.size() && router.name < found->name);
    if (better) found = &router;
  }
  return found;
}

// Does its way lead through a fallback, or a child that nobody is sent to?
bool IsSpare(const std::vector<ServiceTree::Node>& nodes, size_t at) {
  for (size_t depth = 0; depth <= ServiceTree::kDeepest; ++depth) {
    const ServiceTree::Node& node = nodes[at];
    if (node.child == nullptr) return false;
    if (node.child->fallback || node.child->weight == 0) return true;
    at = node.parent;
  }
  return false;
}

// What this version writes for a child of a weighted service.
std::string ChildValueNow(const TraefikConfig& config, const std::string& written) {
  std::vector<std::string> values = ChildCookieValues(written);  // the name, FNV-1, SHA-256
  if (config.encoding == CookieEncoding::kSha256) return values[2];
  const bool hashed = config.version.starts_with("2.11") || config.version.starts_with('3');
  return values[hashed ? 1 : 0];
}

class Collector {
 public:
  Collector(const TraefikConfig& config, const std::vector<ServiceTree::Node>& nodes,
            ProbeKnowledge& into)
      : config_(config), nodes_(nodes), into_(into) {}

  void Add(size_t at) {
    const ServiceConfig& service = *nodes_[at].service;
    const bool chooses = service.servers.size() > 1 || service.children.size() > 1;
    const bool balances =
        service.kind == ServiceKind::kLoadBalancer || service.kind == ServiceKind::kWeighted;
    into_.ignores_cookie |=
        chooses && (service.strategy == "hrw" || service.kind == ServiceKind::kHighestRandomWeight);
    if (!service.cookie) {
      if (chooses && balances) into_.bare_levels.push_back(service.name);
      into_.unused_twin |= config_.with_unused_twin.contains(&service);
      return;
    }
    const std::string& name = service.cookie->name;
    if (std::find(into_.cookies.begin(), into_.cookies.end(), name) == into_.cookies.end()) {
      into_.cookies.push_back(name);
    }
    for (const PoolServer& server : service.servers) {
      // A fenced one, which is being drained, takes its clients back.
      const bool up = server.status != ServerStatus::kDown && server.weight != 0;
      AddPin(name, server.url, up, at);
    }
    for (const ChildService& child : service.children) AddChild(name, child);
  }

 private:
  std::vector<std::pair<std::string, std::string>> Above(size_t at) const {
    std::vector<std::pair<std::string, std::string>> above;
    for (size_t depth = 0; depth <= ServiceTree::kDeepest; ++depth) {
      const ServiceTree::Node& node = nodes_[at];
      if (node.child == nullptr) break;
      at = node.parent;
      const ServiceConfig* const level = nodes_[at].service;
      if (level == nullptr || !level->cookie) continue;
      above.emplace_back(level->cookie->name, ChildValueNow(config_, node.child->written));
    }
    return above;
  }
  void AddPin(const std::string& cookie, const std::string& server, bool up, size_t at) {
    if (into_.codes.size() >= kMostPinsKnown * kCodes) return;
    for (size_t i = 0; i < kCodes; ++i) {
      const auto encoding = static_cast<CookieEncoding>(i);
      ProbeKnowledge::Pin pin{server, cookie, EncodeCookie(encoding, server), up, encoding};
      if (config_.encoding == encoding) {
        into_.pins.push_back(pin);
        into_.pins.back().above = Above(at);
      }
      into_.codes.push_back(std::move(pin));
    }
  }
  void AddChild(const std::string& cookie, const ChildService& child) {
    if (into_.codes.size() >= kMostPinsKnown * kCodes) return;
    for (std::string& value : ChildCookieValues(child.written)) {
      into_.codes.push_back({child.written, cookie, std::move(value), child.weight != 0});
    }
  }

  static constexpr auto kCodes = static_cast<size_t>(CookieEncoding::kCount);
  const TraefikConfig& config_;
  const std::vector<ServiceTree::Node>& nodes_;
  ProbeKnowledge& into_;
};

}  // namespace

const ProbeKnowledge::Pin* ProbeKnowledge::Find(std::string_view cookie,
                                                std::string_view value) const {
  for (const Pin& code : codes) {
    if (code.cookie == cookie && code.value == value) return &code;
  }
  return nullptr;
}

std::string_view ProbeKnowledge::ServerOf(std::string_view cookie, std::string_view value) const {
  const Pin* const code = Find(cookie, value);
  return code == nullptr ? std::string_view() : code->server;
}

ProbeKnowledge KnowledgeOf(const TraefikConfig& config, std::string_view host,
                           std::string_view path) {
  ProbeKnowledge knowledge;
  const RouterConfig* const router = FindRouter(config, host, path);
  const ServiceTree* const tree = router == nullptr ? nullptr : config.Tree(router->service);
  if (tree == nullptr) return knowledge;
  knowledge.known = true;
  knowledge.service = router->service;
  knowledge.changes_set_cookie = router->changes_set_cookie;
  const std::vector<ServiceTree::Node>& nodes = tree->nodes();
  Collector collector(config, nodes, knowledge);
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].service != nullptr && !IsSpare(nodes, i)) collector.Add(i);
  }
  return knowledge;
}

}  // namespace stickyd
