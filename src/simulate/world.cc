// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <algorithm>
#include <functional>

#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

bool AnyUp(const SimService& leaf) {
  return std::any_of(leaf.servers.begin(), leaf.servers.end(),
                     [](const SimServer& server) { return server.up; });
}

SimService& ChooseLeaf(Tree& tree, Random& random) {
  switch (tree.kind) {
    case TreeKind::kWeighted:
      return tree.leaves[tree.next++ % tree.leaves.size()];
    case TreeKind::kFailover:
      return AnyUp(tree.leaves[0]) ? tree.leaves[0] : tree.leaves[1];
    case TreeKind::kReplicas:
      return tree.leaves[random.Below(static_cast<uint32_t>(tree.leaves.size()))];
    case TreeKind::kSwitched:
      return tree.leaves.back();
    case TreeKind::kLeaf:
      break;
  }
  return tree.leaves[0];
}

const SimServer* NextInCycle(SimService& leaf) {
  for (size_t tries = 0; tries < leaf.servers.size(); ++tries) {
    const SimServer& server = leaf.servers[leaf.next++ % leaf.servers.size()];
    if (server.up) return &server;
  }
  return nullptr;
}

// Highest random weight: every server is scored with the client, the best one answers.
const SimServer* BestScored(const SimService& leaf, uint64_t client_hash) {
  const SimServer* best = nullptr;
  uint64_t best_score = 0;
  for (const SimServer& server : leaf.servers) {
    uint64_t score = (std::hash<std::string>{}(server.url) ^ client_hash) * 0x9e3779b97f4a7c15U;
    score ^= score >> 29U;
    score *= 0xbf58476d1ce4e5b9U;
    if (server.up && (best == nullptr || score > best_score)) {
      best = &server;
      best_score = score;
    }
  }
  return best;
}

const SimServer* ServerOf(const SimService& leaf, std::string_view value, CookieEncoding own) {
  for (const SimServer& server : leaf.servers) {
    // Real upgrades honour none of the old cookies, whatever the compatibility code intends.
    if (server.values[static_cast<size_t>(own)] == value) return server.up ? &server : nullptr;
  }
  return nullptr;
}

}  // namespace

SimServer MakeServer(std::string url) {
  SimServer server{std::move(url), true, {}};
  ForEachValue<CookieEncoding>([&](CookieEncoding encoding) {
    server.values[static_cast<size_t>(encoding)] = EncodeCookie(encoding, server.url);
  });
  return server;
}

SimAssignment World::Assign(size_t tree, const Cookies& cookies, uint64_t client_hash,
                            Random& random) {
  SimService& leaf = ChooseLeaf(trees[tree], random);
  SimAssignment result;
  result.leaf = &leaf;
  if (leaf.hashes_clients) {
    result.server = BestScored(leaf, client_hash);
    return result;
  }
  if (leaf.cookie) {
    const std::string* value = nullptr;  // the first of the name counts
    for (const auto& [name, text] : cookies) {
      if (name != leaf.cookie->name) continue;
      if (value == nullptr) {
        value = &text;
      } else {
        result.twice = true;
      }
    }
    result.sent = value;
    if (value != nullptr) {
      result.server = ServerOf(leaf, *value, encoding);
      result.stale = result.server == nullptr;
      if (ignores_cookies_at_times && tree == 0 && random.Chance(0.1)) result.server = nullptr;
      result.honoured = result.server != nullptr;
      if (result.honoured) return result;
    }
    result.set = &*leaf.cookie;
  }
  result.server = NextInCycle(leaf);
  return result;
}

}  // namespace stickyd
