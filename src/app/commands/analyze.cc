// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "../interruption.h"
#include "../setup.h"
#include "../terminal.h"
#include "cause_examples.h"
#include "commands.h"
#include "progress.h"
#include "stickyd/app/app.h"
#include "stickyd/expose/report/report.h"
#include "stickyd/expose/report/trust.h"
#include "stickyd/expose/sinks/event_writer.h"
#include "stickyd/expose/sinks/sink_list.h"
#include "stickyd/expose/sinks/verdict_writer.h"
#include "stickyd/feed/finished_logs.h"

namespace stickyd {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Verdicts and events, whichever were asked for, and examples. A pipe gets all of them, as fast as
// it is read.
class Outputs {
 public:
  Outputs() { sinks_.Add(&examples_); }

  Status Open(const Settings& settings) {
    if (!settings.analyze.verdicts.empty()) {
      auto file = OutputFile::Open(settings.analyze.verdicts, OpenMode::kTruncate, WhenFull::kWait);
      if (!file) return tl::unexpected(file.error());
      verdicts_ = std::make_unique<VerdictWriter>(std::move(*file));
      sinks_.Add(verdicts_.get());
    }
    if (!settings.events.empty()) {
      auto file = OutputFile::Open(settings.events, OpenMode::kTruncate, WhenFull::kWait);
      if (!file) return tl::unexpected(file.error());
      events_ = std::make_unique<EventWriter>(std::move(*file), UINT32_MAX);
      sinks_.Add(events_.get());
    }
    return {};
  }
  void SetNames(const OutcomeNames& names) {
    names_ = names;
    if (verdicts_) verdicts_->SetNames(names);
    if (events_) events_->SetNames(names);
  }
  OutcomeSink* sink() { return &sinks_; }
  std::vector<CauseExample> Examples(const Settings& settings) const {
    return examples_.Examples(names_, settings);
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
  CauseExamples examples_;
  SinkList sinks_;
  OutcomeNames names_;
};

size_t Threads(const Settings& settings) {
  if (settings.analyze.threads > 0) return settings.analyze.threads;
  return std::max(1U, std::thread::hardware_concurrency());
}

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
    if (refusal.weight == Refusal::Weight::kNoNumbers && !settings.analyze.fail_above) continue;
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
  Outputs outputs;
  if (auto status = outputs.Open(settings); !status) {
    Complain("analyze", status.error().message);
    return kExitFound;
  }
  auto setup = SetUpPipeline(settings, outputs.sink());
  if (!setup) {
    Complain("analyze", setup.error().message);
    return setup.error().code == ErrorCode::kInvalidInput ? kExitConfig : kExitFound;
  }
  Pipeline& pipeline = *setup->pipeline;
  const auto start = SteadyClock::now();
  const Interruption interruption;
  FinishedLogs files(
      RealFileSystem(), settings.files,
      {settings.pipeline.max_line_bytes, Threads(settings), interruption.descriptor()}, pipeline);
  outputs.SetNames({&pipeline.servers(), &pipeline.services(), &pipeline.scopes(), &files.paths()});
  {
    Progress progress(settings.analyze.progress && ::isatty(STDERR_FILENO) == 1, start, stderr);
    while (!interruption.asked() && files.Step(8192)) {
      progress.Show(SteadyClock::now(), files.bytes_consumed(), files.bytes_total());
    }
  }
  const bool interrupted = interruption.asked();
  pipeline.Finish();
  const Status written = outputs.Finish();

  const PipelineStats stats = pipeline.Stats(Pipeline::Windows::kSum);
  ReportInput input;
  input.stats = &stats;
  input.files = files.paths();
  input.problems = setup->problems;
  input.problems.insert(input.problems.end(), files.problems().begin(), files.problems().end());
  if (!written) input.problems.push_back(written.error().message);
  input.changes = pipeline.Changes();
  input.examples = outputs.Examples(settings);
  input.seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  input.bytes = files.bytes_read();
  input.interrupted = interrupted;
  for (const std::string& note : files.notes()) Complain("analyze", note);
  for (const std::string& problem : input.problems) Complain("analyze", problem);
  // With verdicts on standard output, the report goes to standard error.
  std::FILE* out = settings.analyze.verdicts == "-" || settings.events == "-" ? stderr : stdout;
  input.color = WantsColor(settings.analyze.color, out);
  fmt::print(out, "{}",
             settings.output == ReportFormat::kJson ? JsonReport(input) : TextReport(input));
  const bool above = settings.analyze.fail_above && IsAbove(stats, *settings.analyze.fail_above);
  const bool refused = !interrupted && Refuse(settings, stats);
  if (interrupted) return kExitInterrupted;
  return input.problems.empty() && !above && !refused ? kExitFine : kExitFound;
}

}  // namespace stickyd
