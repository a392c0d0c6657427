// SPDX-License-Identifier: Apache-2.0
#include "kube_cluster.h"

#include <fmt/format.h>

#include <algorithm>

#include "schema.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kMostPods = 1000;        // of one workload
constexpr size_t kMostCandidates = 1000;  // workloads that share a label of one Service
constexpr size_t kDeepestList = 4;
constexpr size_t kLongestObjectName = 253;  // that the API server takes

// Kinds that other groups have as well, with the group that is meant.
bool IsOfItsGroup(const KubeObject& object) {
  static constexpr std::pair<std::string_view, std::string_view> kGroups[] = {
      {"Service", ""},
      {"Pod", ""},
      {"Deployment", "apps"},
      {"StatefulSet", "apps"},
      {"ReplicaSet", "apps"},
      {"DaemonSet", "apps"},
      {"Rollout", "argoproj.io"},
      {"HorizontalPodAutoscaler", "autoscaling"},
      {"ScaledObject", "keda.sh"},
      {"IngressClass", "networking.k8s.io"}};
  for (const auto& [kind, group] : kGroups) {
    if (object.kind == kind) return object.group == group;
  }
  if (object.kind == "Ingress") {
    return object.group == "networking.k8s.io" || object.group == "extensions";
  }
  return true;
}

bool IsScaled(std::string_view kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "ReplicaSet" || kind == "Rollout";
}

std::string LabelKey(std::string_view space, const Node& label) {
  return fmt::format("{}/{}={}", space, label.key, label.text);
}

}  // namespace

NodePlace KubeObject::Place() const {
  const Node* named = node->At({"metadata", "name"});
  return named == nullptr ? node->place : named->key_place;
}

const Node* KubeObject::Spec() const {
  const Node* spec = node->Find("spec");
  return spec != nullptr && spec->IsMap() ? spec : nullptr;
}

const Node* KubeObject::Annotations() const {
  const Node* annotations = node->At({"metadata", "annotations"});
  return annotations != nullptr && annotations->IsMap() ? annotations : nullptr;
}

std::string_view KubeObject::Annotation(std::string_view key) const {
  const Node* annotations = Annotations();
  return annotations == nullptr ? std::string_view() : annotations->TextOf(key);
}

KubeCluster::KubeCluster(const std::vector<const Node*>& documents) {
  for (const Node* document : documents) Add(*document, 0);
  for (const KubeObject& object : objects_) {
    if (object.kind != "HorizontalPodAutoscaler" && object.kind != "ScaledObject") continue;
    const Node* target = object.node->At({"spec", "scaleTargetRef"});
    if (target == nullptr) continue;
    std::string kind(target->TextOf("kind"));
    if (kind.empty()) kind = "Deployment";
    scaled_by_[{std::move(kind), fmt::format("{}/{}", object.space, target->TextOf("name"))}] =
        &object;
  }
  for (const auto& [key, index] : by_name_) AddWorkload(objects_[index]);
}

void KubeCluster::Add(const Node& document, size_t depth) {
  if (!document.IsMap()) return;
  KubeObject object;
  object.node = &document;
  object.kind = document.TextOf("kind");
  const Node* items = document.Find("items");
  if (object.kind.ends_with("List") && items != nullptr && items->IsList()) {
    if (depth >= kDeepestList) return;
    for (const Node& item : items->children) Add(item, depth + 1);
    return;
  }
  const std::string_view version = document.TextOf("apiVersion");
  const size_t slash = version.find('/');
  if (slash != npos) object.group = version.substr(0, slash);
  object.version = slash == npos ? version : version.substr(slash + 1);
  if (object.kind.empty() || version.empty() || !IsOfItsGroup(object)) return;
  if (const Node* metadata = document.Find("metadata")) {
    object.space = metadata->TextOf("namespace");
    object.name = metadata->TextOf("name");
    if (object.name.empty()) object.name = metadata->TextOf("generateName");
  }
  if (object.space.empty()) object.space = "default";
  if (object.name.size() > kLongestObjectName || object.space.size() > kLongestObjectName) return;
  const Key key(object.kind, object.FullName());
  objects_.push_back(std::move(object));
  const auto [it, fresh] = by_name_.try_emplace(key, objects_.size() - 1);
  if (fresh) return;
  replaced_.emplace_back(it->second, objects_.size() - 1);
  it->second = objects_.size() - 1;
}

void KubeCluster::AddWorkload(const KubeObject& object) {
  const Node* spec = object.Spec();
  // What another object makes counts there.
  if (spec == nullptr || object.node->At({"metadata", "ownerReferences"}) != nullptr) return;
  Workload workload{&object, nullptr, nullptr, 1, true};
  if (object.kind == "Pod") {
    workload.labels = object.node->At({"metadata", "labels"});
    workload.pod = spec;
  } else if (IsScaled(object.kind) || object.kind == "DaemonSet") {
    workload.labels = spec->At({"template", "metadata", "labels"});
    workload.pod = spec->At({"template", "spec"});
    if (const Node* replicas = spec->Find("replicas")) {
      const auto number = ParseNumber<size_t>(replicas->text);
      workload.known = number.has_value();
      workload.number = std::min(number.value_or(0), kMostPods);
    }
    if (object.kind == "DaemonSet") workload.known = false;  // one for each node
    Scale(workload);
  }
  if (workload.labels == nullptr || !workload.labels->IsMap()) return;
  workloads_.push_back(workload);
  for (const Node& label : workload.labels->children) {
    by_label_[LabelKey(object.space, label)].push_back(workloads_.size() - 1);
  }
}

void KubeCluster::Scale(Workload& workload) const {
  const auto scaled = scaled_by_.find({workload.object->kind, workload.object->FullName()});
  if (scaled == scaled_by_.end()) return;
  const bool keda = scaled->second->kind == "ScaledObject";
  const Node* spec = scaled->second->Spec();
  const auto number = [&](std::string_view key) {
    return ParseNumber<size_t>(spec->TextOf(key)).value_or(keda ? 0 : 1);
  };
  const size_t least = number(keda ? "minReplicaCount" : "minReplicas");
  // Two or more are enough to move people; of one nobody can say whether it stays alone.
  workload.known = least >= 2 || least == number(keda ? "maxReplicaCount" : "maxReplicas");
  workload.number = std::min(least, kMostPods);
}

std::vector<const KubeObject*> KubeCluster::OfKind(std::string_view kind) const {
  std::vector<size_t> found;
  const auto first = by_name_.lower_bound({std::string(kind), ""});
  for (auto it = first; it != by_name_.end() && it->first.first == kind; ++it) {
    found.push_back(it->second);
  }
  std::sort(found.begin(), found.end());
  std::vector<const KubeObject*> out;
  out.reserve(found.size());
  for (const size_t index : found) out.push_back(&objects_[index]);
  return out;
}

const KubeObject* KubeCluster::Find(std::string_view kind, std::string_view space,
                                    std::string_view name) const {
  const auto it = by_name_.find({std::string(kind), fmt::format("{}/{}", space, name)});
  return it == by_name_.end() ? nullptr : &objects_[it->second];
}

KubePods KubeCluster::PodsOf(const KubeObject& service) const {
  KubePods pods;
  const Node* selector = service.Spec() == nullptr ? nullptr : service.Spec()->Find("selector");
  if (selector == nullptr || !selector->IsMap() || selector->children.empty()) return pods;
  const std::vector<size_t>* fewest = nullptr;
  for (const Node& label : selector->children) {
    const auto it = by_label_.find(LabelKey(service.space, label));
    if (it == by_label_.end()) return pods;
    if (fewest == nullptr || it->second.size() < fewest->size()) fewest = &it->second;
  }
  if (fewest->size() > kMostCandidates) return pods;
  pods.known = true;
  for (const size_t index : *fewest) {
    const Workload& workload = workloads_[index];
    const bool chosen =
        std::all_of(selector->children.begin(), selector->children.end(), [&](const Node& label) {
          const Node* its = workload.labels->Find(label.key);
          return its != nullptr && its->text == label.text && !IsVariable(label.text);
        });
    if (!chosen) continue;
    pods.known &= workload.known;
    pods.sets.push_back({workload.object->name, workload.number, workload.pod});
  }
  pods.known &= !pods.sets.empty();
  return pods;
}

}  // namespace stickyd
