// SPDX-License-Identifier: Apache-2.0
// container.h: what Traefik's Docker and Swarm providers make of the labels of one container.
// Role:    compose.cc calls it for each service of a project.
// Source:  Traefik's pkg/provider/docker, v2.11.53 and v3.7.9.
#pragma once

#include <string>
#include <vector>

#include "draft_builder.h"
#include "labels.h"

namespace stickyd {

struct Container {
  std::string name;  // of its service in the file
  std::string own;   // the name that Traefik gives to what has none: shop-project
  bool swarm = false;
  std::vector<Label> labels;    // those of Traefik, at least one
  const Node* place = nullptr;  // the list or map that new labels go into
  size_t replicas = 1;
  bool unknown_number = false;  // of replicas
};
void AddContainer(const Container& container, DraftBuilder& out);

}  // namespace stickyd
