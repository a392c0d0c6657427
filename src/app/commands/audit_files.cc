// SPDX-License-Identifier: Apache-2.0
// audit_files.cc: the command audit on files that are not deployed yet, and the patch that mends
//                 them.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "../setup.h"
#include "audit_answers.h"
#include "commands.h"
#include "stickyd/app/app.h"
#include "stickyd/audit/audit.h"
#include "stickyd/base/text.h"
#include "stickyd/draft/draft.h"

namespace stickyd {
namespace {

// What one reading of the files gives.
struct Reading {
  Draft draft;
  std::shared_ptr<const TraefikConfig> config;
  std::vector<Finding> findings;
  std::vector<FileSpot> idle_comments;
};

Result<Reading> Read(const std::vector<DraftFile>& files, const AuditSettings& wanted) {
  Reading out;
  out.draft = ReadDraft(files, wanted.traefik_version);
  auto config = ReadConfig(out.draft.answers);
  if (!config) return tl::unexpected(config.error());
  out.config = std::make_shared<const TraefikConfig>(std::move(*config));
  AuditInput input;
  input.configs = {out.config};
  input.embedded = wanted.embedded;
  input.draft = &out.draft.facts;
  out.findings = Audit(input);
  out.idle_comments = Locate(out.draft, files, out.findings);
  return out;
}

// How many findings are this one. Their texts name lines, which a change moves.
using Counts = std::map<std::string, size_t>;
Counts CountsOf(const std::vector<Finding>& findings, FindingLevel least) {
  Counts counts;
  for (const Finding& finding : findings) {
    if (finding.level >= least) ++counts[finding.fingerprint];
  }
  return counts;
}
size_t In(const Counts& counts, const std::string& fingerprint) {
  const auto it = counts.find(fingerprint);
  return it == counts.end() ? 0 : it->second;
}

// Is this finding gone, and no error come in its place?
bool IsBetter(const Reading& after, const Reading& before, const Finding& finding) {
  constexpr FindingLevel kAll = FindingLevel::kInfo;
  const std::string& print = finding.fingerprint;
  if (In(CountsOf(after.findings, kAll), print) >= In(CountsOf(before.findings, kAll), print)) {
    return false;
  }
  const Counts errors = CountsOf(before.findings, FindingLevel::kError);
  for (const auto& [each, count] : CountsOf(after.findings, FindingLevel::kError)) {
    if (count > In(errors, each)) return false;
  }
  return true;
}

// Changes the files finding by finding, and keeps a change only if the audit of what it makes has
// lost the finding and has gained no worse one.
std::vector<DraftFile> Mend(std::vector<DraftFile> files, const AuditSettings& wanted,
                            Reading reading, size_t& mended, size_t& left) {
  constexpr size_t kMostChanges = 200;
  std::set<std::string> tried;
  for (size_t changes = 0; changes < kMostChanges;) {
    const auto next =
        std::find_if(reading.findings.begin(), reading.findings.end(), [&](const Finding& finding) {
          return !finding.accepted && !finding.fix.edits.empty() &&
                 !tried.contains(finding.fingerprint + finding.text);
        });
    if (next == reading.findings.end()) break;
    tried.insert(next->fingerprint + next->text);
    const auto changed = Apply(reading.draft, files, *next);
    if (changed == nullptr) continue;
    ++changes;
    auto again = Read(*changed, wanted);
    if (!again || !IsBetter(*again, reading, *next)) continue;
    files = *changed;
    reading = std::move(*again);
    ++mended;
  }
  left = static_cast<size_t>(
      std::count_if(reading.findings.begin(), reading.findings.end(), [](const Finding& finding) {
        return !finding.accepted && finding.level != FindingLevel::kInfo;
      }));
  return files;
}

int PrintPatch(const std::vector<DraftFile>& files, const AuditSettings& wanted, Reading reading) {
  size_t mended = 0;
  size_t left = 0;
  const std::vector<DraftFile> after = Mend(files, wanted, std::move(reading), mended, left);
  for (size_t i = 0; i < files.size(); ++i) {
    std::string_view name = files[i].name;
    while (name.starts_with("./")) name.remove_prefix(2);
    while (name.starts_with('/')) name.remove_prefix(1);
    fmt::print("{}", UnifiedDiff(name, files[i].text, after[i].text));
  }
  Complain("audit", fmt::format("this patch mends {} of the findings; {} at warning or above are "
                                "left for a person",
                                mended, left));
  return left > 0 ? kExitFound : kExitFine;
}

std::string SourceOf(const std::vector<std::string>& paths) {
  return paths.size() == 1 ? paths.front()
                           : fmt::format("{} and {} more", paths.front(), paths.size() - 1);
}

}  // namespace

int AuditFiles(const Settings& settings) {
  const auto files = ReadDraftFiles(RealFileSystem(), settings.arguments);
  if (!files) {
    Complain("audit", files.error().message);
    return kExitConfig;
  }
  if (files->empty()) {
    Complain("audit", SourceOf(settings.arguments) + ": no .yml, .yaml, .toml or .json is there");
    return kExitConfig;
  }
  auto reading = Read(*files, settings.audit);
  if (!reading) {
    Complain("audit", reading.error().message);
    return kExitConfig;
  }
  for (const FileSpot& spot : reading->idle_comments) {
    Complain("audit", fmt::format("{}:{}: this comment accepts nothing: it needs a rule that is "
                                  "found on its line or the next one, and a reason",
                                  spot.file, spot.line));
  }
  if (settings.audit.fix_dry_run) return PrintPatch(*files, settings.audit, std::move(*reading));
  AuditOutcome outcome;
  outcome.findings = std::move(reading->findings);
  outcome.source = SourceOf(settings.arguments);
  outcome.version = reading->config->version;
  return PrintAudit(settings, std::move(outcome));
}

}  // namespace stickyd
