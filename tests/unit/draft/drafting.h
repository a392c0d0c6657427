// SPDX-License-Identifier: Apache-2.0
// drafting.h: audits of texts as if they were files.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "stickyd/audit/audit.h"
#include "stickyd/draft/draft.h"

namespace stickyd {

struct Audited {
  Draft draft;
  std::shared_ptr<const TraefikConfig> config;
  std::vector<Finding> findings;
  std::vector<FileSpot> idle;
};

inline Audited AuditDraft(const std::vector<DraftFile>& files, const std::string& version = "") {
  Audited out;
  out.draft = ReadDraft(files, version);
  auto config = ReadConfig(out.draft.answers);
  EXPECT_TRUE(config.has_value()) << config.error().message;
  if (!config) return out;
  out.config = std::make_shared<const TraefikConfig>(std::move(*config));
  AuditInput input;
  input.configs = {out.config};
  input.draft = &out.draft.facts;
  out.findings = Audit(input);
  out.idle = Locate(out.draft, files, out.findings);
  return out;
}

inline Audited AuditText(const std::string& name, const std::string& text,
                         const std::string& version = "") {
  return AuditDraft({{name, text}}, version);
}

// `text` with the first `from` in it replaced.
inline std::string With(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// "D2 shop.yml:7: text", of one rule or all that are above info.
inline std::vector<std::string> Said(const Audited& audited, std::string_view rule = "") {
  std::vector<std::string> out;
  for (const Finding& finding : audited.findings) {
    if (rule.empty() ? finding.level == FindingLevel::kInfo : finding.rule->id != rule) continue;
    const FileSpot spot = finding.spots.empty() ? FileSpot{} : finding.spots.front();
    out.push_back(
        fmt::format("{} {}:{}: {}", finding.rule->id, spot.file, spot.line, finding.text));
  }
  return out;
}

// The findings above info, as ids.
inline std::vector<std::string> Rules(const Audited& audited) {
  std::vector<std::string> out;
  for (const Finding& finding : audited.findings) {
    if (finding.level != FindingLevel::kInfo) out.emplace_back(finding.rule->id);
  }
  return out;
}

}  // namespace stickyd
