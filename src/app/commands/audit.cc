// SPDX-License-Identifier: Apache-2.0
#include "stickyd/audit/audit.h"

#include <fmt/format.h>

#include <algorithm>

#include "../setup.h"
#include "../terminal.h"
#include "audit_answers.h"
#include "commands.h"
#include "stickyd/api/saved_answers.h"
#include "stickyd/app/app.h"
#include "stickyd/app/version.h"
#include "stickyd/audit/baseline.h"
#include "stickyd/base/clock.h"
#include "stickyd/base/nearest.h"
#include "stickyd/base/output_file.h"
#include "stickyd/expose/audit/audit_report.h"
#include "stickyd/traefik/saved_configs.h"

namespace stickyd {
namespace {

constexpr size_t kLongestBaseline = size_t{64} << 20U;

int ExplainRule(const std::string& wanted) {
  if (const AuditRuleInfo* rule = FindAuditRule(wanted)) {
    fmt::print("{}", RulePage(rule->id));
    return kExitFine;
  }
  std::vector<std::string_view> names;
  for (const AuditRuleInfo* rule : AuditRules()) names.push_back(rule->name);
  Complain("audit", "there is no rule '" + wanted + "'" + DidYouMean(wanted, names));
  return kExitUsage;
}

// The answers in a folder; what was refused is complained of, and counted.
Result<SavedConfigs> ReadFolderOf(const std::string& folder, size_t& refused) {
  auto saved = ReadSavedConfigs(RealFileSystem(), folder);
  if (!saved) return saved;
  for (const Error& error : saved->refused) Complain("audit", error.message);
  if (saved->left_out > 0) Complain("audit", LeftOut(*saved));
  refused += saved->refused.size();
  return saved;
}

Result<Baseline> ReadBaselineFile(const std::string& path) {
  auto text = ReadWholeFile(RealFileSystem(), path, kLongestBaseline);
  if (!text) return tl::unexpected(text.error());
  auto baseline = ReadBaseline(*text);
  if (!baseline) return Fail(baseline.error().code, path + ": " + baseline.error().message);
  return baseline;
}

Status WriteBaselineFile(const std::string& path, const std::vector<Finding>& findings) {
  auto file = OutputFile::Open(path, OpenMode::kTruncate);
  if (!file) return tl::unexpected(file.error());
  if (auto status = file->Write(WriteBaseline(findings)); !status) return status;
  return file->Flush();
}

std::string TextOf(const AuditReport& report, ReportFormat format) {
  switch (format) {
    case ReportFormat::kJson:
      return AuditJson(report);
    case ReportFormat::kSarif:
      return AuditSarif(report);
    case ReportFormat::kJunit:
      return AuditJunit(report);
    default:
      return AuditText(report);
  }
}

}  // namespace

int PrintAudit(const Settings& settings, AuditOutcome outcome) {
  const AuditSettings& wanted = settings.audit;
  AuditReport report;
  report.findings = std::move(outcome.findings);
  report.rules = AuditRules();
  report.source = std::move(outcome.source);
  report.traefik_version = std::move(outcome.version);
  report.time = outcome.time;
  report.program_version = GetBuildInfo().version;
  report.fail_on = wanted.fail_on;
  report.color = WantsColor(settings.analyze.color, stdout);
  if (!wanted.write_baseline.empty()) {
    if (auto status = WriteBaselineFile(wanted.write_baseline, report.findings); !status) {
      Complain("audit", status.error().message);
      return kExitFound;
    }
    for (Finding& finding : report.findings) finding.accepted = true;
  } else if (!wanted.baseline.empty()) {
    const auto baseline = ReadBaselineFile(wanted.baseline);
    if (!baseline) {
      Complain("audit", "--baseline: " + baseline.error().message);
      return kExitConfig;
    }
    report.unused_baseline = Accept(*baseline, report.findings);
  }
  fmt::print("{}", TextOf(report, settings.output));
  const bool fails = std::any_of(report.findings.begin(), report.findings.end(),
                                 [&](const Finding& finding) { return Fails(report, finding); });
  return fails ? kExitFound : kExitFine;
}

int AuditAnswers(const Settings& settings, const AuditInput& input, const std::string& source) {
  const TraefikConfig& newest = *input.configs.back();
  return PrintAudit(settings, {Audit(input), source, newest.version, newest.time});
}

// Of --traefik.snapshot and --replica.
int AuditSaved(const Settings& settings) {
  AuditInput input;
  size_t refused = 0;
  std::vector<std::string> folders = settings.audit.replicas;
  folders.insert(folders.begin(), settings.snapshot_dir);
  for (const std::string& folder : folders) {
    auto saved = ReadFolderOf(folder, refused);
    if (!saved) {
      Complain("audit", saved.error().message);
      return kExitConfig;
    }
    if (input.configs.empty()) {
      input.configs = std::move(saved->configs);
    } else {
      input.replicas.push_back(saved->configs.back());
    }
  }
  input.embedded = settings.audit.embedded;
  const int code = AuditAnswers(settings, input, settings.snapshot_dir);
  return code == kExitFine && refused > 0 ? kExitFound : code;
}

// What each Traefik says now: the first one is judged, the others are its replicas.
int AuditLive(const Settings& settings) {
  AuditInput input;
  input.embedded = settings.audit.embedded;
  bool all = true;
  for (const ApiTarget& target : ApiTargets(settings.traefik)) {
    auto answers = ApiClient(target, RealFileSystem()).Ask();
    if (!answers) {
      Complain("audit", answers.error().message);
      return kExitFound;
    }
    answers->time = EventTimeFromUnixNanoseconds(RealClock().WallNanoseconds());
    auto config = ReadConfig(*answers);
    if (!config) {
      Complain("audit", ShownUrl(target.url) + ": " + config.error().message);
      return kExitFound;
    }
    auto& kept = input.configs.empty() ? input.configs : input.replicas;
    if (&kept == &input.configs && !settings.audit.save.empty()) {
      const auto saved = SaveAnswers(settings.audit.save, *answers);
      if (!saved) Complain("audit", "--save: " + saved.error().message);
      all = all && saved.has_value();
    }
    kept.push_back(std::make_shared<const TraefikConfig>(std::move(*config)));
  }
  const int code = AuditAnswers(settings, input, ShownUrl(settings.traefik.urls.front()));
  return code == kExitFine && !all ? kExitFound : code;
}

int RunAudit(const Settings& settings) {
  if (!settings.audit.explain.empty()) return ExplainRule(settings.audit.explain);
  if (!settings.arguments.empty()) return AuditFiles(settings);
  if (settings.audit.fix_dry_run) {
    Complain("audit", "--fix-dry-run: it changes files, and none was named");
    return kExitUsage;
  }
  if (!settings.snapshot_dir.empty()) return AuditSaved(settings);
  if (!settings.traefik.urls.empty()) return AuditLive(settings);
  Complain("audit",
           "nothing to read: --traefik.url is Traefik's API, --traefik.snapshot has saved answers, "
           "arguments are files that are not deployed yet");
  return kExitUsage;
}

}  // namespace stickyd
