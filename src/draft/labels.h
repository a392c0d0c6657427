// SPDX-License-Identifier: Apache-2.0
// labels.h: labels of a container, or annotations, as a tree of keys.
// Role:    compose.cc and the manifests read them.
// Shape:   from a map, or a list of KEY=VALUE. `traefik.http.routers.shop.tls=true` is text at that
//          path; `domains[0]` is the first element of a list.
// Threads: pure functions.
#pragma once

#include <string_view>

#include "node.h"

namespace stickyd {

struct Label {
  std::string_view key;
  std::string value;
  NodePlace place;
};
// Those of a map or a list; values in the spelling of Compose, where $$ is $.
std::vector<Label> LabelsOf(const Node& labels);
// The labels whose key begins with `prefix` (without case), as a tree below it.
Node TreeOfLabels(const std::vector<Label>& labels, std::string_view prefix);

}  // namespace stickyd
