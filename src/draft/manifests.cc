// SPDX-License-Identifier: Apache-2.0
// manifests.cc: manifests of Kubernetes.
#include "draft_builder.h"

namespace stickyd {

bool IsManifest(const Node& document) {
  return document.Find("apiVersion") != nullptr && document.Find("kind") != nullptr;
}

void ReadManifests(const std::vector<const Node*>& documents, DraftBuilder& out) {
  for (const Node* document : documents) {
    out.NotKnown(document->place, "Manifests of Kubernetes are not read.");
  }
}

}  // namespace stickyd
