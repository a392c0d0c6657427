// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

#include "../setup.h"
#include "commands.h"
#include "stickyd/app/app.h"
#include "stickyd/base/output_file.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

int Report(const std::string& message) {
  Complain("simulate", message);
  return kExitFound;
}

// DIR/0000, DIR/0001, ...: as the API would have been saved at each change.
class AnswerFolder {
 public:
  explicit AnswerFolder(std::string dir) : dir_(std::move(dir)) {}

  Status Write(const std::vector<SimulatedAnswers>& all) {
    if (dir_.empty()) return {};
    for (const SimulatedAnswers& answers : all) {
      const fs::path folder = fs::path(dir_) / fmt::format("{:04}", next_++);
      std::error_code error;
      fs::create_directories(folder, error);
      for (const auto& [name, content] : answers.files) {
        auto file = OutputFile::Open((folder / name).string(), OpenMode::kTruncate);
        if (!file) return tl::unexpected(file.error());
        if (auto status = file->Write(content); !status) return status;
        if (auto status = file->Flush(); !status) return status;
      }
    }
    return {};
  }

 private:
  const std::string dir_;
  int next_ = 0;
};

// The log, renamed to FILE.1 whenever it has grown to a size, as logrotate does.
class RotatingLog {
 public:
  RotatingLog(OutputFile file, const Settings& settings)
      : file_(std::move(file)),
        path_(settings.simulate.log),
        limit_(settings.simulate.rotate_bytes) {}

  Status Write(std::string_view line) {
    if (limit_ != 0 && path_ != "-" && size_ >= limit_) {
      if (auto status = file_.Flush(); !status) return status;
      std::error_code error;
      fs::rename(path_, path_ + ".1", error);
      if (error) return Fail(ErrorCode::kIo, path_ + ": " + error.message());
      if (auto status = file_.Reopen(); !status) return status;
      size_ = 0;
    }
    size_ += line.size();
    return file_.Write(line);
  }
  Status Flush() { return file_.Flush(); }

 private:
  OutputFile file_;
  const std::string path_;
  const uint64_t limit_;
  uint64_t size_ = 0;
};

// The same moment in the log's time and here.
struct Begin {
  int64_t log_ns;
  SteadyClock::time_point here;
};

class SimulatedRun {
 public:
  SimulatedRun(const Settings& settings, const Begin& begin, Simulator& simulator, RotatingLog log,
               std::optional<OutputFile> truth)
      : settings_(settings),
        begin_(begin),
        simulator_(simulator),
        log_(std::move(log)),
        truth_(std::move(truth)),
        api_(settings.simulate.api) {}

  Status All() {
    SimulatedRecord record;
    for (;;) {
      if (auto status = api_.Write(simulator_.TakeAnswers()); !status) return status;
      if (!simulator_.Next(record)) break;
      if (auto status = WaitFor(record.written_ns); !status) return status;
      if (auto status = log_.Write(record.line); !status) return status;
      if (!truth_) continue;
      if (auto status = truth_->Write(record.truth); !status) return status;
    }
    return Flush();
  }

 private:
  Status Flush() {
    if (auto status = log_.Flush(); !status) return status;
    return truth_ ? truth_->Flush() : Status();
  }

  // Where time counts, what is due is written before the waiting begins.
  Status WaitFor(int64_t written_ns) {
    if (settings_.simulate.speed == 0) return {};
    const std::chrono::duration<double, std::nano> passed(
        static_cast<double>(written_ns - begin_.log_ns) / settings_.simulate.speed);
    const auto due = begin_.here + std::chrono::duration_cast<SteadyClock::duration>(passed);
    if (due <= SteadyClock::now() + std::chrono::milliseconds(1)) return {};
    if (auto status = Flush(); !status) return status;
    std::this_thread::sleep_until(due);
    return {};
  }

  const Settings& settings_;
  const Begin begin_;
  Simulator& simulator_;
  RotatingLog log_;
  std::optional<OutputFile> truth_;
  AnswerFolder api_;
};

}  // namespace

int RunSimulate(const Settings& settings) {
  SimulatorOptions options = settings.simulate.options;
  // Before the people are made: with many of them every line would come late else.
  const SteadyClock::time_point here = SteadyClock::now();
  if (settings.simulate.now) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    options.start_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  }
  auto simulator = Simulator::Create(options);
  if (!simulator) {
    Complain("simulate", simulator.error().message);
    return kExitUsage;
  }
  if (!settings.simulate.api.empty() && options.traefik == SimulatedTraefik::kV1_7) {
    fmt::print(stderr, "stickyd simulate: --api: the API of v1.7 is not simulated\n");
    return kExitUsage;
  }
  auto log = OutputFile::Open(settings.simulate.log, OpenMode::kTruncate);
  if (!log) return Report(log.error().message);
  std::optional<OutputFile> truth;
  if (!settings.simulate.truth.empty()) {
    auto file = OutputFile::Open(settings.simulate.truth, OpenMode::kTruncate);
    if (!file) return Report(file.error().message);
    truth = std::move(*file);
  }
  SimulatedRun run(settings, {options.start_ns, here}, **simulator,
                   RotatingLog(std::move(*log), settings), std::move(truth));
  const Status status = run.All();
  return status ? kExitFine : Report(status.error().message);
}

}  // namespace stickyd
