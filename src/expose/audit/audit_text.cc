// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "../report/paint.h"
#include "rule_pages.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/audit/audit_report.h"

namespace stickyd {
namespace {

constexpr size_t kLongestSentence = 4000;

// The fix in the words of where the service came from.
std::string_view Snippet(const Finding& finding) {
  const std::string& name = finding.service;
  const std::string provider = name.substr(std::min(name.rfind('@'), name.size()));
  const Fix& fix = finding.fix;
  const bool by_labels = provider == "@docker" || provider == "@swarm" || provider == "@nomad" ||
                         provider == "@consulcatalog" || provider == "@ecs" ||
                         provider == "@rancher" || provider == "@marathon";
  if (provider.starts_with("@kubernetes") && !fix.kubernetes.empty()) return fix.kubernetes;
  if (by_labels && !fix.labels.empty()) return fix.labels;
  for (const std::string* text : {&fix.yaml, &fix.labels, &fix.kubernetes}) {
    if (!text->empty()) return *text;
  }
  return {};
}

// "shop.yml:12:7", which editors open.
std::string SpotText(const FileSpot& spot) {
  if (spot.line == 0) return spot.file;
  return fmt::format("{}:{}:{}", spot.file, spot.line, spot.column);
}

std::string Level(const Finding& finding, const Paint& paint) {
  const std::string_view name = Name(finding.level);
  if (finding.accepted) return "accepted " + std::string(name);
  if (finding.level == FindingLevel::kError) return paint.Red(name);
  return finding.level == FindingLevel::kWarning ? paint.Yellow(name) : std::string(name);
}

void FindingText(const Finding& finding, const Paint& paint, std::string& out) {
  out += fmt::format("  {} {} {}: {}\n", Level(finding, paint), finding.rule->id,
                     finding.rule->name, Printable(finding.text, kLongestSentence));
  for (const FileSpot& spot : finding.spots) {
    out += fmt::format("    at: {}\n", Printable(SpotText(spot), kLongestSentence));
  }
  if (finding.accepted || finding.level == FindingLevel::kInfo) return;
  out += fmt::format("    why: {}\n", finding.rule->why);
  out += fmt::format("    fix: {}\n", Printable(finding.fix.text, kLongestSentence));
  std::string_view snippet = Snippet(finding);
  while (!snippet.empty()) {
    const size_t end = std::min(snippet.find('\n'), snippet.size());
    out += "      " + Printable(snippet.substr(0, end), kLongestSentence) + "\n";
    snippet.remove_prefix(std::min(end + 1, snippet.size()));
  }
}

std::string Counts(const AuditReport& report) {
  std::array<size_t, 3> counts{};
  size_t accepted = 0;
  for (const Finding& finding : report.findings) {
    if (finding.accepted) {
      ++accepted;
    } else {
      ++counts[static_cast<size_t>(finding.level)];
    }
  }
  const auto some = [](size_t n, const char* what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  std::string out = fmt::format("{}, {}, {} for information", some(counts[2], "error"),
                                some(counts[1], "warning"), counts[0]);
  if (accepted > 0) out += fmt::format(", {} accepted", accepted);
  return out;
}

}  // namespace

bool Fails(const AuditReport& report, const Finding& finding) {
  return !finding.accepted && report.fail_on && finding.level >= *report.fail_on;
}

std::string AuditText(const AuditReport& report) {
  const Paint paint(report.color);
  std::string out = Printable(report.source, kLongestSentence);
  if (!report.traefik_version.empty()) {
    out += ", Traefik " + Printable(report.traefik_version);
  }
  if (report.time) out += ", read " + FormatRfc3339(*report.time);
  out += ": " + Counts(report) + "\n";
  // Services in the order of their worst finding that is not accepted.
  std::vector<std::string_view> services;
  std::map<std::string_view, std::vector<const Finding*>> by_service;
  for (const bool accepted : {false, true}) {
    for (const Finding& finding : report.findings) {
      if (finding.accepted != accepted) continue;
      std::vector<const Finding*>& list = by_service[finding.service];
      if (list.empty()) services.push_back(finding.service);
      list.push_back(&finding);
    }
  }
  for (const std::string_view service : services) {
    out += "\n" + paint.Bold(service.empty() ? "Traefik" : Printable(service)) + "\n";
    for (const Finding* finding : by_service[service]) FindingText(*finding, paint, out);
  }
  if (!report.findings.empty()) {
    out += "\nstickyd audit --explain ID has the page of a rule.\n";
  }
  if (report.unused_baseline > 0) {
    out += fmt::format("{} {} of the baseline fit nothing any more: write it anew.\n",
                       report.unused_baseline, report.unused_baseline == 1 ? "entry" : "entries");
  }
  return out;
}

std::string_view RulePage(std::string_view id) {
  for (const auto& [name, page] : kRulePages) {
    if (name == id) return page;
  }
  return {};
}

}  // namespace stickyd
