// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>

#include "../probing.h"
#include "../setup.h"
#include "commands.h"
#include "probe_report.h"
#include "stickyd/app/app.h"
#include "stickyd/base/output_file.h"

namespace stickyd {
namespace {

// What Traefik says now, if it can be asked; else what was saved last. Null: neither.
Result<std::shared_ptr<const TraefikConfig>> NewestConfig(const Settings& settings) {
  for (const ApiTarget& target : ApiTargets(settings.traefik)) {
    auto config = AskForConfig(target, RealFileSystem(), EventTime());
    if (config) return std::make_shared<const TraefikConfig>(std::move(*config));
    Complain("probe", config.error().message);
  }
  std::shared_ptr<const TraefikConfig> none;
  if (settings.snapshot_dir.empty()) return none;
  auto saved = ReadSavedConfigs(RealFileSystem(), settings.snapshot_dir);
  if (!saved) return tl::unexpected(saved.error());
  return saved->newest();
}

Status WriteReplay(const std::vector<ProbeResult>& results, const ProbeSettings& settings) {
  if (settings.replay.empty()) return {};
  auto file = OutputFile::Open(settings.replay, OpenMode::kTruncate);
  if (!file) return tl::unexpected(file.error());
  const bool hurl = settings.replay.ends_with(".hurl");
  const std::string text = hurl ? HurlTest(results, settings) : CurlScript(results, settings);
  if (auto status = file->Write(text); !status) return status;
  return file->Flush();
}

int ExitOf(const std::vector<ProbeResult>& results, const ProbeSettings& settings) {
  for (const ProbeResult& result : results) {
    if (!Succeeded(result, settings)) return kExitFound;
  }
  return kExitFine;
}

int Misused(const std::string& message) {
  Complain("probe", message);
  return kExitUsage;
}

}  // namespace

int RunProbe(const Settings& settings) {
  const ProbeSettings& asked = settings.probe;
  if (settings.arguments.empty()) return Misused("no URL given");
  if (asked.visits != 0 && (asked.visits < kFewestVisits || asked.visits > kMostVisits)) {
    return Misused(
        fmt::format("--requests: not a number from {} to {}", kFewestVisits, kMostVisits));
  }
  for (const std::string& url : settings.arguments) {
    const std::string problem = ProbeProblem(ProbeOptionsOf(url, asked));
    if (!problem.empty()) return Misused(problem);
  }
  const auto config = NewestConfig(settings);
  if (!config) {
    Complain("probe", "--traefik.snapshot: " + config.error().message);
    return kExitFound;
  }
  std::vector<ProbeResult> results;
  for (const std::string& url : settings.arguments) {
    results.push_back(ProbeSite(url, asked, *config));
    const ProbeResult& result = results.back();
    if (settings.output == ReportFormat::kText) fmt::print("{}", ProbeText(result, asked));
    if (settings.output == ReportFormat::kJson) fmt::print("{}", ProbeJson(result, asked));
  }
  if (settings.output == ReportFormat::kJunit) fmt::print("{}", ProbeJunit(results));
  if (auto status = WriteReplay(results, asked); !status) {
    Complain("probe", "--replay: " + status.error().message);
    return kExitFound;
  }
  return ExitOf(results, asked);
}

}  // namespace stickyd
