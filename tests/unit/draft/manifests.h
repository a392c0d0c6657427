// SPDX-License-Identifier: Apache-2.0
// manifests.h: pieces of manifests that tests put together.
#pragma once

#include <fmt/format.h>

#include <string>

#include "drafting.h"

namespace stickyd {

// A Service `name` of port 80 and a Deployment behind it.
inline std::string App(const std::string& name, const std::string& replicas = "2",
                       const std::string& space = "web", const std::string& annotations = "") {
  return fmt::format(
      "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: {0}\n  namespace: {1}\n{3}"
      "spec:\n  selector:\n    app: {0}\n  ports:\n    - name: http\n      port: 80\n"
      "      targetPort: 8080\n"
      "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {0}\n  namespace: {1}\n"
      "spec:\n  replicas: {2}\n  template:\n    metadata:\n      labels:\n        app: {0}\n"
      "        tier: front\n",
      name, space, replicas, annotations);
}

// `  annotations:` of one line each.
inline std::string Annotations(const std::vector<std::string>& lines) {
  std::string out = "  annotations:\n";
  for (const std::string& line : lines) out += "    " + line + "\n";
  return out;
}

// An IngressRoute `name` whose one route has these services, indented by eight.
inline std::string IngressRoute(const std::string& name, const std::string& services,
                                const std::string& space = "web") {
  return fmt::format(
      "---\napiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata:\n  name: {0}\n"
      "  namespace: {2}\nspec:\n  routes:\n    - match: Host(`{0}.example.com`)\n      kind: Rule\n"
      "      services:\n{1}",
      name, services, space);
}

inline std::string Entry(const std::string& name, const std::string& cookie = "") {
  std::string out = fmt::format("        - name: {}\n          port: 80\n", name);
  if (cookie.empty()) return out;
  return out +
         fmt::format("          sticky:\n            cookie:\n              name: {}\n", cookie);
}

// An Ingress `web/NAME` of NAME.example.com to a Service; `more` stands in its metadata.
inline std::string Ingress(const std::string& name, const std::string& service,
                           const std::string& more = "", const std::string& spec = "") {
  return fmt::format(
      "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: {0}\n"
      "  namespace: web\n{2}spec:\n{3}  rules:\n    - host: {0}.example.com\n      http:\n"
      "        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n"
      "              service:\n                name: {1}\n                port:\n"
      "                  number: 80\n",
      name, service, more, spec);
}

// The audit after the patch of one finding has been made; a failure if there is none.
inline Audited AuditMended(const std::string& text, const Audited& before, std::string_view rule) {
  const std::vector<DraftFile> files = {{"k.yaml", text}};
  for (const Finding& finding : before.findings) {
    if (finding.rule->id != rule || finding.fix.edits.empty()) continue;
    const auto changed = Apply(before.draft, files, finding);
    if (changed != nullptr) return AuditDraft(*changed);
  }
  ADD_FAILURE() << "no patch for " << rule;
  return before;
}

}  // namespace stickyd
