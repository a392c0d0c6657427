// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "../interruption.h"
#include "../setup.h"
#include "../terminal.h"
#include "commands.h"
#include "example_book.h"
#include "progress.h"
#include "stickyd/app/app.h"
#include "stickyd/expose/report/report.h"
#include "stickyd/expose/report/trust.h"
#include "stickyd/expose/sinks/event_writer.h"
#include "stickyd/expose/sinks/verdict_writer.h"
#include "stickyd/feed/finished_logs.h"

namespace stickyd {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Verdicts and events, whichever were asked for, and examples. A pipe gets all of them, as fast as
// it is read.
class Sinks : public OutcomeSink {
 public:
  Status Open(const Settings& settings) {
    if (!settings.verdicts.empty()) {
      auto file = OutputFile::Open(settings.verdicts, OpenMode::kTruncate, WhenFull::kWait);
      if (!file) return tl::unexpected(file.error());
      verdicts_ = std::make_unique<VerdictWriter>(std::move(*file));
    }
    if (!settings.events.empty()) {
      auto file = OutputFile::Open(settings.events, OpenMode::kTruncate, WhenFull::kWait);
      if (!file) return tl::unexpected(file.error());
      events_ = std::make_unique<EventWriter>(std::move(*file), UINT32_MAX);
    }
    return {};
  }
  void SetNames(const OutcomeNames& names) {
    names_ = names;
    if (verdicts_) verdicts_->SetNames(names);
    if (events_) events_->SetNames(names);
  }
  std::vector<CauseExample> Examples(const Settings& settings) const {
    return examples_.Examples(names_, settings);
  }

  void OnRecord(const Outcome& outcome, bool open) override {
    if (verdicts_) verdicts_->OnRecord(outcome, open);
  }
  void OnSettled(const Outcome& outcome) override {
    if (verdicts_) verdicts_->OnSettled(outcome);
    if (events_) events_->OnSettled(outcome);
    examples_.Note(outcome);
  }
  Status Finish() {
    if (verdicts_) {
      if (auto status = verdicts_->Finish(); !status) return status;
    }
    return events_ ? events_->Finish() : Status();
  }

 private:
  std::unique_ptr<VerdictWriter> verdicts_;
  std::unique_ptr<EventWriter> events_;
  OutcomeNames names_;
  ExampleBook examples_;
};

bool IsAbove(const PipelineStats& stats, double limit) {
  for (const auto& [name, service] : stats.services) {
    if (service.total.Ratio().value_or(0) > limit) return true;
  }
  return false;
}

// What makes the exit code 1: numbers that cannot be right, or under a limit none at all.
bool Refuse(const Settings& settings, const PipelineStats& stats) {
  bool refused = false;
  for (const Refusal& refusal : Refusals(stats)) {
    if (refusal.weight == Refusal::Weight::kNoNumbers && !settings.fail_above) continue;
    Complain("analyze", refusal.text);
    refused = true;
  }
  return refused;
}

}  // namespace

int RunAnalyze(const Settings& settings) {
  if (settings.files.empty()) {
    fmt::print(stderr, "stickyd analyze: no files given; - is standard input\n");
    return kExitUsage;
  }
  Sinks sinks;
  if (auto status = sinks.Open(settings); !status) {
    Complain("analyze", status.error().message);
    return kExitFound;
  }
  auto setup = SetUpPipeline(settings, &sinks);
  if (!setup) {
    Complain("analyze", setup.error().message);
    return setup.error().code == ErrorCode::kInvalidInput ? kExitConfig : kExitFound;
  }
  Pipeline& pipeline = *setup->pipeline;
  const auto start = SteadyClock::now();
  const Interruption interruption;
  FinishedLogs files(RealFileSystem(), settings.files, settings.pipeline.max_line_bytes, pipeline,
                     interruption.descriptor());
  sinks.SetNames({&pipeline.servers(), &pipeline.services(), &pipeline.scopes(), &files.paths()});
  {
    Progress progress(settings.progress && ::isatty(STDERR_FILENO) == 1, start, stderr);
    while (!interruption.asked() && files.Step(8192)) {
      progress.Show(SteadyClock::now(), files.bytes_consumed(), files.bytes_total());
    }
  }
  const bool interrupted = interruption.asked();
  pipeline.Finish();
  const Status written = sinks.Finish();

  const PipelineStats stats = pipeline.Stats(Pipeline::Windows::kSum);
  ReportInput input;
  input.stats = &stats;
  input.files = files.paths();
  input.problems = setup->problems;
  input.problems.insert(input.problems.end(), files.problems().begin(), files.problems().end());
  if (!written) input.problems.push_back(written.error().message);
  input.changes = pipeline.Changes();
  input.examples = sinks.Examples(settings);
  input.seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  input.bytes = files.bytes_read();
  input.interrupted = interrupted;
  for (const std::string& note : files.notes()) Complain("analyze", note);
  for (const std::string& problem : input.problems) Complain("analyze", problem);
  // With verdicts on standard output, the report goes to standard error.
  std::FILE* out = settings.verdicts == "-" || settings.events == "-" ? stderr : stdout;
  input.color = WantsColor(settings.color, out);
  fmt::print(out, "{}",
             settings.output == ReportFormat::kJson ? JsonReport(input) : TextReport(input));
  const bool above = settings.fail_above && IsAbove(stats, *settings.fail_above);
  const bool refused = !interrupted && Refuse(settings, stats);
  if (interrupted) return kExitInterrupted;
  return input.problems.empty() && !above && !refused ? kExitFine : kExitFound;
}

}  // namespace stickyd
