// SPDX-License-Identifier: Apache-2.0
#include "stickyd/audit/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "audit_rules.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

// FNV-1a, 64 bits. It must be the same in every run and version: baselines hold it.
class Fingerprint {
 public:
  void Add(std::string_view text) {
    for (const char c : text) Step(static_cast<unsigned char>(c));
    Step(0x100);  // an end that no text has
  }
  std::string Text() const { return fmt::format("{:016x}", hash_); }

 private:
  void Step(uint64_t value) { hash_ = (hash_ ^ value) * 1099511628211U; }
  uint64_t hash_ = 14695981039346656037U;
};

std::string FingerprintOf(const Finding& finding) {
  Fingerprint print;
  print.Add(finding.rule->id);
  print.Add(finding.detail);
  std::vector<std::pair<std::string_view, std::string_view>> objects;
  // Not of servers: a deployment gives them other addresses.
  for (const FindingObject& object : finding.objects) {
    if (object.kind != "server") objects.emplace_back(object.kind, object.name);
  }
  std::sort(objects.begin(), objects.end());
  for (const auto& [kind, name] : objects) {
    print.Add(kind);
    print.Add(name);
  }
  return print.Text();
}

}  // namespace

Finding& FindingList::Add(FindingLevel level, Place place, std::string text, Fix fix) {
  if (findings_.size() >= kMostFindings) {
    ++left_out_;
    beyond_ = {};
    return beyond_;
  }
  Finding& finding = findings_.emplace_back();
  finding.rule = &rule_;
  finding.level = std::min(level, rule_.level);
  if (!place.service.empty()) finding.objects.push_back({"service", place.service});
  finding.objects.insert(finding.objects.end(), place.objects.begin(), place.objects.end());
  finding.service = std::move(place.service);
  finding.text = std::move(text);
  finding.fix = std::move(fix);
  return finding;
}

std::vector<Finding> FindingList::Take() {
  if (left_out_ > 0) {
    Finding& last = findings_.back();
    last = {};
    last.rule = &rule_;
    last.level = rule_.level;
    last.detail = "left out";
    last.text = fmt::format("{} more findings of this rule are not shown.", left_out_ + 1);
    last.fix = FixByWords("Mend those that are shown, and audit again.");
  }
  return std::move(findings_);
}

std::string ListOf(const std::vector<std::string>& names, size_t most) {
  std::string out;
  const size_t shown = names.size() > most ? most - 1 : names.size();
  for (size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == names.size();
    out += (i == 0 ? "" : last ? " and " : ", ") + names[i];
  }
  if (shown < names.size()) out += fmt::format(" and {} more", names.size() - shown);
  return out;
}

std::vector<FindingObject> ObjectsOf(std::string_view kind, const std::vector<std::string>& names) {
  std::vector<FindingObject> objects;
  objects.reserve(names.size());
  for (const std::string& name : names) objects.push_back({kind, name});
  return objects;
}

std::vector<std::string> NamesOf(const std::vector<const RouterConfig*>& routers) {
  std::vector<std::string> names;
  names.reserve(routers.size());
  for (const RouterConfig* router : routers) names.push_back(router->name);
  return names;
}

bool IsAllSecure(const Reach& reach) {
  return !reach.serving.empty() &&
         std::all_of(reach.serving.begin(), reach.serving.end(),
                     [](const RouterConfig* router) { return router->secure.value_or(false); });
}

std::vector<Finding> Audit(const AuditInput& input) {
  const TraefikConfig& config = *input.configs.back();
  const Facts facts(config);
  const AuditScan scan{input, config, facts};
  std::vector<Finding> all;
  for (const AuditRule& rule : AuditRuleTable()) {
    FindingList list(rule.info);
    rule.look(scan, list);
    for (Finding& finding : list.Take()) {
      finding.fingerprint = FingerprintOf(finding);
      all.push_back(std::move(finding));
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
    return std::tuple(b.level, std::string_view(a.service)) <
           std::tuple(a.level, std::string_view(b.service));
  });
  return all;
}

std::vector<const AuditRuleInfo*> AuditRules() {
  std::vector<const AuditRuleInfo*> rules;
  for (const AuditRule& rule : AuditRuleTable()) rules.push_back(&rule.info);
  return rules;
}

const AuditRuleInfo* FindAuditRule(std::string_view id_or_name) {
  for (const AuditRuleInfo* rule : AuditRules()) {
    for (const std::string_view known : {rule->id, rule->sharpens, rule->name}) {
      if (!known.empty() && EqualsIgnoreCase(known, id_or_name)) return rule;
    }
  }
  return nullptr;
}

}  // namespace stickyd
