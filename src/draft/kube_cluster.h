// SPDX-License-Identifier: Apache-2.0
// kube_cluster.h: the objects of the manifests, and how many pods each Service will have.
// Role:    the readers of each kind of object look up there what theirs refer to.
// Shape:   objects point into the documents. Objects without a namespace are in "default". Of two
//          of one name the later one counts, as with kubectl apply.
// Threads: const functions are thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "node.h"

namespace stickyd {

struct KubeObject {
  const Node* node = nullptr;
  std::string group;    // "traefik.io"; empty: the core
  std::string version;  // "v1"
  std::string kind;
  std::string space;  // its namespace
  std::string name;

  std::string FullName() const { return space + "/" + name; }
  NodePlace Place() const;                                  // of its name, or of the object
  const Node* Spec() const;                                 // null if it has none
  const Node* Annotations() const;                          // null if it has none
  std::string_view Annotation(std::string_view key) const;  // or ""
};

// The pods behind a Service.
struct KubePods {
  // `number` pods of a Deployment or another kind that says how many it has.
  struct Set {
    std::string name;
    size_t number = 0;
    const Node* pod = nullptr;  // its template's spec
  };
  std::vector<Set> sets;
  bool known = false;  // they are all that there will be
};

class KubeCluster {
 public:
  explicit KubeCluster(const std::vector<const Node*>& documents);

  const std::vector<KubeObject>& objects() const { return objects_; }
  // In the order of the files.
  std::vector<const KubeObject*> OfKind(std::string_view kind) const;
  const KubeObject* Find(std::string_view kind, std::string_view space,
                         std::string_view name) const;
  KubePods PodsOf(const KubeObject& service) const;
  // Objects whose name a later one has too, and that one.
  const std::vector<std::pair<size_t, size_t>>& replaced() const { return replaced_; }

 private:
  struct Workload {
    const KubeObject* object;
    const Node* labels;
    const Node* pod;
    size_t number;
    bool known;
  };
  using Key = std::pair<std::string, std::string>;  // kind, and namespace/name

  void Add(const Node& document, size_t depth);
  void AddWorkload(const KubeObject& object);
  // The number that an autoscaler keeps at least; known where it is fixed by that.
  void Scale(Workload& workload) const;

  std::vector<KubeObject> objects_;
  std::map<Key, size_t> by_name_;
  std::vector<std::pair<size_t, size_t>> replaced_;
  std::map<Key, const KubeObject*> scaled_by_;  // by what is scaled
  std::vector<Workload> workloads_;
  // By "namespace/label=value".
  std::map<std::string, std::vector<size_t>, std::less<>> by_label_;
};

}  // namespace stickyd
