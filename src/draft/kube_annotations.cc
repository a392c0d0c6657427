// SPDX-License-Identifier: Apache-2.0
// kube_annotations.cc: annotations of Traefik on Ingresses and Services: their keys, and which of
//                      them nobody reads.
#include <fmt/format.h>

#include <algorithm>

#include "kube_reader.h"
#include "stickyd/base/nearest.h"
#include "stickyd/base/text.h"
#include "stickyd/base/version.h"

namespace stickyd {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == npos;
}

Node& ChildOf(Node& node, std::string_view key, const Node& annotation) {
  for (Node& child : node.children) {
    if (EqualsIgnoreCase(child.key, key)) return child;
  }
  if (!node.IsList()) node.kind = Node::Kind::kMap;
  Node& child = node.children.emplace_back();
  child.key = key;
  child.key_place = child.place = annotation.key_place;
  return child;
}

// Elements of a list come in order in practice: `router.tls.domains.0.main`.
Node& StepInto(Node& node, std::string_view part, const Node& annotation) {
  if (!IsDigits(part)) return ChildOf(node, part, annotation);
  if (node.kind == Node::Kind::kNull) node.kind = Node::Kind::kList;
  return ChildOf(node, part, annotation);
}

bool IsFirstVersions(std::string_view key) {
  static constexpr std::string_view kKeys[] = {"affinity",
                                               "session-cookie-name",
                                               "load-balancer-method",
                                               "circuit-breaker-expression",
                                               "rule-type",
                                               "frontend-entry-points",
                                               "redirect-entry-point",
                                               "redirect-regex",
                                               "redirect-replacement",
                                               "redirect-permanent",
                                               "app-root",
                                               "request-modifier",
                                               "pass-client-tls-cert",
                                               "pass-tls-cert",
                                               "preserve-host",
                                               "priority",
                                               "rate-limit",
                                               "error-pages",
                                               "service-weights",
                                               "max-conn-amount",
                                               "max-conn-extractor-func",
                                               "auth-type",
                                               "auth-secret",
                                               "auth-url",
                                               "auth-realm",
                                               "whitelist-source-range",
                                               "whitelist-x-forwarded-for",
                                               "responseforwarding-flushinterval",
                                               "buffering",
                                               "session-cookie-hash"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

class AnnotationCheck {
 public:
  explicit AnnotationCheck(KubeReader& reader) : kube_(reader) {
    for (const KubeObject* ingress : kube_.cluster.OfKind("Ingress")) {
      for (const IngressBackend& backend : BackendsOf(*ingress)) {
        by_ingress_.insert(fmt::format("{}/{}", ingress->space, backend.service));
        backends_.try_emplace(ingress, backend.service);
      }
    }
  }

  void Read() {
    for (const KubeObject* object : kube_.cluster.OfKind("Ingress")) Check(*object, "router");
    for (const KubeObject* object : kube_.cluster.OfKind("Service")) Check(*object, "service");
    for (const std::string_view kind : {"IngressRoute", "HTTPRoute", "TraefikService"}) {
      for (const KubeObject* object : kube_.cluster.OfKind(kind)) CheckOther(*object);
    }
  }

 private:
  void Check(const KubeObject& object, std::string_view own) {
    const Node* annotations = object.Annotations();
    if (annotations == nullptr) return;
    bool any_own = false;
    for (const Node& annotation : annotations->children) {
      if (!annotation.key.starts_with(kTraefikAnnotations)) continue;
      const std::string_view key =
          std::string_view(annotation.key).substr(kTraefikAnnotations.size());
      const std::string_view root = key.substr(0, key.find('.'));
      if (EqualsIgnoreCase(root, own)) {
        any_own = true;
      } else {
        CheckRoot(object, annotation, key, own);
      }
    }
    if (!any_own) return;
    CheckKeys(object, own);
    if (own == "service") CheckReaders(object);
  }

  void CheckKeys(const KubeObject& object, std::string_view own) {
    const Node tree = TreeOfAnnotations(object);
    const auto root = std::find_if(tree.children.begin(), tree.children.end(),
                                   [&](const auto& it) { return EqualsIgnoreCase(it.key, own); });
    if (root == tree.children.end()) return;
    SchemaReading reading;
    reading.where = SchemaKey::Where::kLabel;
    reading.version = kube_.out.version();
    reading.root = &KubeSchema("annotations");
    const std::string then =
        own == "router"
            ? "Traefik then skips the whole Ingress."
            : "Traefik then makes no service of it, and skips the paths that lead there.";
    reading.complain = [&](const SchemaComplaint& complaint) {
      kube_.out.Complain(complaint, FindingLevel::kError, then);
    };
    ReadBySchema(reading, *KubeSchema("annotations").Find(own), *root, root->key);
  }

  static bool IsSticky(std::string_view key) {
    return key.find("stick") != npos || key.find("affinity") != npos || key.find("cookie") != npos;
  }

  void CheckRoot(const KubeObject& object, const Node& annotation, std::string_view key,
                 std::string_view own) {
    const std::string lower = ToLower(key);
    const std::string_view root = std::string_view(lower).substr(0, lower.find('.'));
    const FindingLevel level = IsSticky(lower) ? FindingLevel::kError : FindingLevel::kWarning;
    if (root == "router" || root == "service") {
      const bool ingress = own == "router";
      const auto backend = backends_.find(&object);
      const std::string there =
          !ingress ? "the Ingress"
          : backend == backends_.end()
              ? "the Service"
              : fmt::format("the Service {}/{}", object.space, backend->second);
      return kube_.Unread(
          annotation.key_place, level,
          fmt::format("{} stands on the {} {}; Traefik reads it on {} only, and ignores it here.",
                      annotation.key, object.kind, object.FullName(), there),
          fmt::format("Move it to metadata.annotations of {}.", there),
          object.FullName() + annotation.key);
    }
    if (IsFirstVersions(root) && !IsOfFirst()) {
      return kube_.Unread(
          annotation.key_place, level,
          fmt::format("{} is an annotation of Traefik v1. v2 and v3 ignore it silently.",
                      annotation.key),
          IsSticky(lower) ? fmt::format("Write {}service.sticky.cookie: \"true\" on the Service.",
                                        kTraefikAnnotations)
                          : "Write what Traefik's documentation of v2 or v3 has.",
          object.FullName() + annotation.key);
    }
    static constexpr std::string_view kRoots[] = {"router", "service"};
    const auto near = Nearest(root, kRoots);
    kube_.Unread(annotation.key_place, level,
                 fmt::format("Traefik reads no annotation {}{}. It ignores it silently.",
                             annotation.key, near ? "; did you mean " + *near + "?" : ""),
                 "Remove it, or write what Traefik's documentation has.",
                 object.FullName() + annotation.key);
  }

  bool IsOfFirst() const {
    return !kube_.out.version().empty() && !IsAtLeast(kube_.out.version(), "2.0");
  }

  // Annotations of a Service are for Ingresses.
  void CheckReaders(const KubeObject& service) {
    if (by_ingress_.contains(service.FullName())) return;
    const Node* first = nullptr;
    for (const Node& annotation : service.Annotations()->children) {
      const std::string key = ToLower(annotation.key);
      if (key.starts_with(kTraefikAnnotations) && key.find(".sticky") != npos) {
        first = first == nullptr ? &annotation : first;
      }
    }
    if (first == nullptr) return;
    const std::string user = UserOf(service);
    if (user.empty()) {
      return kube_.NotKnownOnce(first->key_place,
                                fmt::format("No Ingress among the files leads to the Service {}, "
                                            "whose annotations of sticky sessions are for one.",
                                            service.FullName()));
    }
    kube_.Unread(first->key_place, FindingLevel::kError,
                 fmt::format("{} is read for Ingresses only, and {} leads to the Service {}.",
                             first->key, user, service.FullName()),
                 user.starts_with("HTTPRoute")
                     ? "Route to a TraefikService with a cookie instead of the Service."
                     : "Write sticky at the service in it.",
                 service.FullName() + " sticky");
  }

  // What else leads to a Service; "" if nothing does.
  std::string UserOf(const KubeObject& service) {
    if (users_.empty()) {
      users_[""] = "";
      for (const std::string_view kind : {"HTTPRoute", "TraefikService", "IngressRoute"}) {
        for (const KubeObject* object : kube_.cluster.OfKind(kind)) {
          if (object->Spec() != nullptr) AddUsers(*object, *object->Spec());
        }
      }
    }
    const auto user = users_.find(service.FullName());
    return user == users_.end() ? "" : user->second;
  }

  void AddUsers(const KubeObject& object, const Node& node) {
    for (const std::string_view list : {"services", "backendRefs", "mirrors"}) {
      const Node* entries = node.Find(list);
      if (entries == nullptr) continue;
      for (const Node& entry : entries->children) {
        std::string_view space = entry.TextOf("namespace");
        if (space.empty()) space = object.space;
        users_[fmt::format("{}/{}", space, entry.TextOf("name"))] =
            fmt::format("{} {}", object.kind, object.FullName());
      }
    }
    for (const Node& child : node.children) AddUsers(object, child);
  }

  void CheckOther(const KubeObject& object) {
    const Node* annotations = object.Annotations();
    if (annotations == nullptr) return;
    for (const Node& annotation : annotations->children) {
      const std::string key = ToLower(annotation.key);
      if (!key.starts_with(kTraefikAnnotations) || !IsSticky(key)) continue;
      kube_.Unread(annotation.key_place, FindingLevel::kError,
                   fmt::format("{} stands on the {} {}, where nobody reads it.", annotation.key,
                               object.kind, object.FullName()),
                   object.kind == "HTTPRoute"
                       ? "Route to a TraefikService with a cookie instead of the Service."
                       : "Write sticky at the service in spec.",
                   object.FullName() + annotation.key);
    }
  }

  KubeReader& kube_;
  std::set<std::string, std::less<>> by_ingress_;           // Services
  std::map<const KubeObject*, std::string_view> backends_;  // the first one of each Ingress
  std::map<std::string, std::string, std::less<>> users_;
};

}  // namespace

Node TreeOfAnnotations(const KubeObject& object) {
  Node root;
  root.kind = Node::Kind::kMap;
  const Node* annotations = object.Annotations();
  if (annotations == nullptr) return root;
  for (const Node& annotation : annotations->children) {
    if (!annotation.key.starts_with(kTraefikAnnotations)) continue;
    Node* at = &root;
    size_t depth = 0;
    ForEachPart(std::string_view(annotation.key).substr(kTraefikAnnotations.size()), '.',
                [&](std::string_view part) {
                  if (++depth <= kDeepestNode) at = &StepInto(*at, part, annotation);
                });
    if (!at->children.empty()) continue;  // what is below says more
    at->kind = Node::Kind::kText;
    at->text = annotation.text;
    at->place = annotation.key_place;
  }
  return root;
}

void CheckAnnotations(KubeReader& reader) { AnnotationCheck(reader).Read(); }

}  // namespace stickyd
