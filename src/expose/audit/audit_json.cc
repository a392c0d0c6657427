// SPDX-License-Identifier: Apache-2.0
// audit_json.cc: findings for programs: stickyd's own JSON, and SARIF.
// Source:  SARIF 2.1.0, OASIS standard; audit_report_test.cc holds the shape.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "stickyd/expose/audit/audit_report.h"

namespace stickyd {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kAuditVersion = 1;

std::string AuditDump(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json FixJson(const Fix& fix) {
  Json json = {{"text", fix.text}};
  for (const auto& [key, text] : {std::pair("yaml", &fix.yaml), std::pair("labels", &fix.labels),
                                  std::pair("kubernetes", &fix.kubernetes)}) {
    if (!text->empty()) json[key] = *text;
  }
  return json;
}

Json ObjectsJson(const Finding& finding) {
  Json objects = Json::array();
  for (const FindingObject& object : finding.objects) {
    objects.push_back({{"kind", object.kind}, {"name", object.name}});
  }
  return objects;
}

Json SpotsJson(const Finding& finding) {
  Json spots = Json::array();
  for (const FileSpot& spot : finding.spots) {
    spots.push_back({{"file", spot.file}, {"line", spot.line}, {"column", spot.column}});
  }
  return spots;
}

const char* SarifLevel(FindingLevel level) {
  return level == FindingLevel::kError     ? "error"
         : level == FindingLevel::kWarning ? "warning"
                                           : "note";
}

// A path as a URI reference.
std::string UriOf(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Json SarifRules(const AuditReport& report) {
  Json rules = Json::array();
  for (const AuditRuleInfo* rule : report.rules) {
    Json one = {{"id", rule->id},
                {"name", rule->name},
                {"shortDescription", {{"text", rule->title}}},
                {"fullDescription", {{"text", rule->why}}},
                {"defaultConfiguration", {{"level", SarifLevel(rule->level)}}}};
    const std::string page(RulePage(rule->id));
    if (!page.empty()) one["help"] = {{"text", page}, {"markdown", page}};
    rules.push_back(std::move(one));
  }
  return rules;
}

Json SarifResult(const AuditReport& report, const Finding& finding) {
  Json logical = Json::array();
  for (const FindingObject& object : finding.objects) {
    logical.push_back({{"name", object.name},
                       {"fullyQualifiedName", fmt::format("{} {}", object.kind, object.name)},
                       {"kind", object.kind}});
  }
  const std::vector<FileSpot> whole = {{report.source, 1, 1}};
  Json locations = Json::array();
  for (const FileSpot& spot : finding.spots.empty() ? whole : finding.spots) {
    Json region = {{"startLine", std::max<size_t>(spot.line, 1)}};
    if (spot.column > 1) region["startColumn"] = spot.column;
    Json location = {
        {"physicalLocation",
         {{"artifactLocation", {{"uri", UriOf(spot.file)}}}, {"region", std::move(region)}}}};
    if (!logical.empty()) location["logicalLocations"] = logical;
    locations.push_back(std::move(location));
  }
  Json result = {{"ruleId", finding.rule->id},
                 {"level", SarifLevel(finding.level)},
                 {"message", {{"text", finding.text + " " + finding.fix.text}}},
                 {"locations", std::move(locations)},
                 {"partialFingerprints", {{"stickyd/v1", finding.fingerprint}}},
                 {"properties", {{"service", finding.service}, {"fix", FixJson(finding.fix)}}}};
  for (size_t i = 0; i < report.rules.size(); ++i) {
    if (report.rules[i] == finding.rule) result["ruleIndex"] = i;
  }
  if (finding.accepted) {
    result["suppressions"] = Json::array({Json{
        {"kind", "external"}, {"justification", "it is in the baseline, or a comment says so"}}});
  }
  return result;
}

}  // namespace

std::string AuditJson(const AuditReport& report) {
  Json counts = {{"error", 0}, {"warning", 0}, {"info", 0}, {"accepted", 0}};
  Json findings = Json::array();
  for (const Finding& finding : report.findings) {
    const std::string key(finding.accepted ? "accepted" : Name(finding.level));
    counts[key] = counts[key].get<size_t>() + 1;
    findings.push_back({{"rule", finding.rule->id},
                        {"name", finding.rule->name},
                        {"level", Name(finding.level)},
                        {"service", finding.service.empty() ? Json() : Json(finding.service)},
                        {"objects", ObjectsJson(finding)},
                        {"places", SpotsJson(finding)},
                        {"text", finding.text},
                        {"why", finding.rule->why},
                        {"fix", FixJson(finding.fix)},
                        {"fingerprint", finding.fingerprint},
                        {"accepted", finding.accepted}});
  }
  return AuditDump(
      {{"version", kAuditVersion},
       {"source", report.source},
       {"traefik", report.traefik_version.empty() ? Json() : Json(report.traefik_version)},
       {"time", report.time ? Json(FormatRfc3339(*report.time)) : Json()},
       {"counts", std::move(counts)},
       {"unused_baseline", report.unused_baseline},
       {"findings", std::move(findings)}});
}

std::string AuditSarif(const AuditReport& report) {
  Json results = Json::array();
  for (const Finding& finding : report.findings) results.push_back(SarifResult(report, finding));
  Json driver = {
      {"name", "stickyd"}, {"version", report.program_version}, {"rules", SarifRules(report)}};
  Json run = {{"tool", {{"driver", std::move(driver)}}}, {"results", std::move(results)}};
  return AuditDump({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({std::move(run)})}});
}

}  // namespace stickyd
