// SPDX-License-Identifier: Apache-2.0
// manifests.cc: manifests of Kubernetes: all of them are one cluster, which Traefik's providers
//               look at.
#include <fmt/format.h>

#include <algorithm>

#include "draft_builder.h"
#include "kube_reader.h"

namespace stickyd {
namespace {

constexpr size_t kMostReplaced = 20;  // that are told of

void NoteReplaced(const KubeCluster& cluster, DraftBuilder& out) {
  size_t left = kMostReplaced;
  for (const auto& [old, fresh] : cluster.replaced()) {
    if (left-- == 0) return;
    const KubeObject& object = cluster.objects()[fresh];
    const FileSpot other = out.Spot(cluster.objects()[old].Place());
    out.NotKnown(object.Place(),
                 fmt::format("{} {} is in {}:{} as well. The later one is read, as kubectl apply "
                             "would have it; patches of an overlay are not put together.",
                             object.kind, object.FullName(), other.file, other.line));
  }
}

constexpr std::string_view kKustomize =
    "What a kustomization makes of the manifests is not known: audit the output of kubectl "
    "kustomize.";

void NoteReleases(const KubeCluster& cluster, DraftBuilder& out) {
  for (const KubeObject& object : cluster.objects()) {
    if (object.kind != "HelmRelease" && object.kind != "HelmChart" &&
        object.kind != "HelmChartConfig") {
      continue;
    }
    out.NotKnown(object.Place(),
                 fmt::format("What {} {} makes of its chart is not known: audit the "
                             "output of helm template.",
                             object.kind, object.name));
  }
}

bool IsValues(const Node& document, std::string_view base) {
  if (IsManifest(document)) return false;
  if (base.starts_with("values") || base == "Chart.yaml") return true;
  static constexpr std::string_view kKeys[] = {"replicaCount", "nameOverride", "fullnameOverride",
                                               "additionalArguments"};
  return std::any_of(std::begin(kKeys), std::end(kKeys),
                     [&](std::string_view key) { return document.Find(key) != nullptr; });
}

}  // namespace

bool IsManifest(const Node& document) {
  return document.Find("apiVersion") != nullptr && document.Find("kind") != nullptr;
}

bool NoteGenerator(const Node& document, std::string_view file, DraftBuilder& out) {
  const std::string_view base = file.substr(file.rfind('/') + 1);
  if (base.starts_with("kustomization.y") ||
      document.TextOf("apiVersion").starts_with("kustomize.config.k8s.io/")) {
    out.NotKnown(document.place, std::string(kKustomize));
    return true;
  }
  if (!IsValues(document, base)) return false;
  out.NotKnown(document.place,
               fmt::format("{} is part of a Helm chart, and what the chart makes of "
                           "it is not known: audit the output of helm template.",
                           file));
  return true;
}

void ReadManifests(const std::vector<const Node*>& documents, DraftBuilder& out) {
  if (documents.empty()) return;
  const KubeCluster cluster(documents);
  KubeReader reader(cluster, out);
  NoteReleases(cluster, out);
  NoteReplaced(cluster, out);
  ReadTraefikWorkloads(reader);
  ReadCustomResources(reader);
  ReadIngresses(reader);
  ReadGateways(reader);
  CheckAnnotations(reader);
}

}  // namespace stickyd
