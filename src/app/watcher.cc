// SPDX-License-Identifier: Apache-2.0
#include "watcher.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "stickyd/app/version.h"
#include "stickyd/audit/audit.h"
#include "stickyd/base/file_system.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/report/remarks.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Rounds are this far apart: a wake-up per line would cost more than the line.
constexpr milliseconds kPace{20};
// Where so few lines come that it is the rounds that cost, each costs as much time as this, and
// what was not spent lately may be: a steady trickle is read in batches (100 lines/s take 0.12 % of
// a core so, tests/bench/idle), and who writes a line now and then sees it at once.
constexpr size_t kFewLines = 16;
constexpr milliseconds kPaceOfFew{150};
constexpr milliseconds kSavedPace{2000};
constexpr milliseconds kPollEvery{250};
// Even with inotify, events can be missed (a full queue, a mount): look again now and then.
constexpr milliseconds kLookEvery{2000};
// In a folder of 100,000 files a look takes long, and every line in one of them asks for one: they
// get a twentieth of the time. Files that are open are read all the while.
constexpr int kLookShare = 20;
constexpr milliseconds kWindowsEvery{1000};
constexpr seconds kTooLong{10};
constexpr seconds kRemarkEvery{10};

double ToSeconds(int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

SourceStatus ToStatus(const LogFollower::SourceState& state, const PipelineStats& stats) {
  SourceStatus status;
  for (const SourceStats& part : stats.sources) {
    if (part.name == state.name) status.readable &= part.IsReadable();
  }
  status.name = state.name;
  status.up = state.up;
  status.read_bytes = state.stats.read_bytes;
  status.lag_bytes = state.lag_bytes;
  status.renames = state.stats.rotations;
  status.truncations = state.stats.truncations;
  status.read_errors = state.stats.read_errors;
  status.files_dropped = state.stats.files_dropped;
  status.files_refused = state.files_refused;
  status.problems = state.problems;
  return status;
}

ApiPoller::Findings AuditOf(const ApiPoller::Config& config) {
  return std::make_shared<const std::vector<Finding>>(Audit({{config}, {}, {}}));
}

}  // namespace

Watcher::Watcher(const Settings& settings, const Parts& parts)
    : settings_(settings), parts_(parts), snapshots_(parts.start) {
  const BuildInfo& build = GetBuildInfo();
  numbers_.version = build.version;
  numbers_.revision = build.revision;
  numbers_.compiler = build.compiler;
  numbers_.started_seconds = ToSeconds(parts.clock->WallNanoseconds());
  numbers_.last_reload_seconds = numbers_.started_seconds;
  last_data_ = parts.clock->Now();
}
Watcher::~Watcher() = default;

Result<std::unique_ptr<Watcher>> Watcher::Create(const Settings& settings, const Parts& parts,
                                                 SavedConfigs saved) {
  RaiseFileLimit();
  std::unique_ptr<Watcher> watcher(new Watcher(settings, parts));
  if (!settings.events.empty()) {
    auto file = OutputFile::Open(settings.events, OpenMode::kAppend, WhenFull::kDrop);
    if (!file) return Fail(file.error().code, "--events: " + file.error().message);
    watcher->events_ =
        std::make_unique<EventWriter>(std::move(*file), settings.watch.events_per_minute);
  }
  const ProbeScheduler::Config newest = saved.newest();
  auto setup = SetUpPipeline(settings, watcher->events_.get(), std::move(saved));
  if (!setup) return tl::unexpected(setup.error());
  for (const std::string& problem : setup->problems) spdlog::warn("snapshot refused: {}", problem);
  watcher->pipeline_ = std::move(setup->pipeline);
  const Pipeline& pipeline = *watcher->pipeline_;
  if (watcher->events_ != nullptr) {
    watcher->events_->SetNames(
        {&pipeline.servers(), &pipeline.services(), &pipeline.scopes(), nullptr});
  }
  watcher->follower_ = std::make_unique<LogFollower>(
      *parts.files, settings.watch.logs, settings.pipeline.max_line_bytes,
      settings.watch.from_beginning ? StartAt::kBeginning : StartAt::kEnd);
  watcher->logs_ = std::make_unique<FollowedLogs>(*watcher->follower_, *watcher->pipeline_);
  if (!settings.traefik.urls.empty()) {
    watcher->api_ = std::make_unique<ApiPoller>(
        ApiPoller::Options{ApiTargets(settings.traefik), AuditOf, settings.traefik.interval},
        *parts.files, *parts.clock, [parts] { parts.waker->Wake(); });
  }
  watcher->probes_ =
      std::make_unique<ProbeScheduler>(parts.probe, *parts.clock, [parts] { parts.waker->Wake(); });
  watcher->probes_->SetConfig(newest);
  watcher->probes_->SetTargets(settings.watch.probes);
  return watcher;
}

void Watcher::Run() {
  while (!stop_) {
    const auto began = parts_.clock->Now();
    if (!Round()) return;  // and has ended
    if (stop_ || behind_) continue;
    // Lines that come one by one are read together.
    const auto spent = parts_.clock->Now() - began;
    const auto pace = Pace(began);
    if (spent < pace) {
      parts_.waker->Pause(std::chrono::duration_cast<milliseconds>(pace - spent));
    }
    look_ = parts_.waker->Wait(Patience()) || look_;
  }
  End();
}

Clock::Monotonic::duration Watcher::Pace(Clock::Monotonic began) {
  if (round_lines_ >= kFewLines) return kPace;
  paid_until_ = std::max(paid_until_, began - kSavedPace) + kPaceOfFew;
  return std::clamp<Clock::Monotonic::duration>(paid_until_ - began, kPace, kPaceOfFew);
}

milliseconds Watcher::Patience() const { return notified_ ? kWindowsEvery : kPollEvery; }

bool Watcher::Round() {
  HandleRequests();
  const auto now = parts_.clock->Now();
  // While behind nobody waits, so nobody is woken.
  const milliseconds every = notified_ && !behind_ ? kLookEvery : kPollEvery;
  if ((look_ || now - last_look_ >= every) && now >= next_look_) Look();
  behind_ = ReadAll();
  if (api_ != nullptr) ReadApi();
  if (round_lines_ == 0 && !behind_) {
    // Time passes in silence too, for what waits to be decided.
    const auto silence = std::chrono::duration_cast<EventDuration>(now - last_data_);
    if (silence > seconds(1)) pipeline_->Advance(last_event_ + silence);
  }
  if (events_ != nullptr) FlushEvents();
  if (dirty_ || now - last_windows_ >= kWindowsEvery) Publish();
  last_round_ms_ =
      std::chrono::duration_cast<milliseconds>(parts_.clock->Now().time_since_epoch()).count();
  if (parts_.on_progress) parts_.on_progress();
  const auto& lanes = follower_->lanes();
  const bool ended =
      !lanes.empty() &&
      std::all_of(lanes.begin(), lanes.end(), [](const auto& lane) { return lane.file->ended(); });
  if (ended && !behind_) End();
  return !ended || behind_;
}

// Nothing will come any more: what is open is decided.
void Watcher::End() {
  pipeline_->Finish();
  if (events_ != nullptr) {
    FlushEvents();
    if (events_->waiting() > 0)
      spdlog::warn("{} break events were not written: nobody read them", events_->waiting());
  }
  Publish();
}

// Says what has changed; stickyd_events_total counts each event that is lost.
void Watcher::FlushEvents() {
  const Status status = events_->Flush();
  const std::string problem = status ? "" : status.error().message;
  const auto passed_over = event_changes_.News("", problem, parts_.clock->Now());
  if (!passed_over) return;
  if (!status) {
    spdlog::error("break events are not where they should be: {}{}", Printable(problem, 1000),
                  PassedOver(*passed_over));
    return;
  }
  const uint64_t lost = events_->failed() + events_->dropped();
  spdlog::info("break events are written again; {} were lost{}", lost - events_lost_,
               PassedOver(*passed_over));
  events_lost_ = lost;
}

void Watcher::Look() {
  look_ = false;
  last_look_ = parts_.clock->Now();
  follower_->Check(last_look_);
  std::vector<int> descriptors;
  for (const auto& lane : follower_->lanes()) {
    if (lane.file->descriptor() >= 0) descriptors.push_back(lane.file->descriptor());
  }
  parts_.waker->WatchDescriptors(descriptors);
  Notify();
  for (const auto& state : follower_->States()) {
    const std::string problem = state.problems.empty() ? "" : state.problems.front();
    const auto passed_over = source_changes_.News(state.name, problem, last_look_);
    if (!passed_over) continue;
    const std::string before = PassedOver(*passed_over);
    if (problem.empty()) {
      spdlog::info("read: {}{}", Printable(state.name), before);
    } else {
      spdlog::warn("not read: {}{}", Printable(problem, 1000), before);
    }
  }
  const auto end = parts_.clock->Now();
  next_look_ = end + (end - last_look_) * kLookShare;
}

// Asks to be woken; where that cannot be had, files are polled. A folder that was made anew under
// its old name has to be asked for again, so that is done now and then.
void Watcher::Notify() {
  const auto directories = follower_->Directories();
  if (directories == directories_ && notified_ && last_look_ - last_notify_ < kLookEvery) return;
  last_notify_ = last_look_;
  const bool can = !settings_.watch.poll &&
                   std::all_of(directories.begin(), directories.end(), [&](const auto& directory) {
                     return parts_.files->CanNotify(directory);
                   });
  notified_ = can && parts_.waker->WatchDirectories(directories).has_value();
  const char* how = notified_ ? "waiting for changes (inotify)" : "polling files";
  if (const auto passed_over = notify_changes_.News("", how, last_look_))
    spdlog::info("{}{}", how, PassedOver(*passed_over));
  directories_ = directories;
}

// True: there is more than a round takes.
bool Watcher::ReadAll() {
  const FollowedLogs::Round round = logs_->Feed(parts_.clock->WallNanoseconds());
  if (round.lines > 0) {
    dirty_ = true;
    last_data_ = parts_.clock->Now();
    last_event_ = pipeline_->now();
  }
  round_lines_ = round.lines;
  return round.more;
}

// What Traefik said since the last round. What is in the log and not in it is asked for soon.
void Watcher::ReadApi() {
  if (pipeline_->TakeUnknown()) api_->Hurry();
  for (ApiPoller::Reading& reading : api_->Take()) {
    dirty_ = true;
    if (reading.config == nullptr) {
      pipeline_->ConfirmConfig(reading.time);
    } else {
      numbers_.findings = std::move(reading.findings);
      probes_->SetConfig(reading.config);
      pipeline_->AddConfig(std::move(reading.config));
    }
  }
}

void Watcher::LogTraefiks(const std::vector<TraefikStatus>& states) {
  for (const TraefikStatus& state : states) {
    if (!state.asked) continue;
    const std::string now = state.up ? "version " + state.version : state.message;
    const auto passed_over = api_changes_.News(state.url, now, parts_.clock->Now());
    if (!passed_over) continue;
    if (state.up) {
      spdlog::info("Traefik's API answers: {}, {}{}", state.url, Printable(now),
                   PassedOver(*passed_over));
    } else {
      spdlog::warn("Traefik's API cannot be used: {}{}", state.message, PassedOver(*passed_over));
    }
  }
}

void Watcher::LogProbes(const std::vector<ProbeStatus>& states) {
  for (const ProbeStatus& state : states) {
    if (state.last_run_seconds == 0) continue;
    std::string now(Name(state.verdict));
    if (state.cause) now += fmt::format(" ({}): {}", Name(*state.cause), Printable(state.why, 500));
    const auto passed_over = probe_changes_.News(state.target, now, parts_.clock->Now());
    if (!passed_over) continue;
    const auto level = state.success ? spdlog::level::info : spdlog::level::warn;
    spdlog::log(level, "probe {} of {}: {}{}", state.target, Printable(state.url), now,
                PassedOver(*passed_over));
  }
}

void Watcher::Publish() {
  const auto now = parts_.clock->Now();
  const bool sum = now - last_windows_ >= kWindowsEvery;
  if (sum) last_windows_ = now;
  dirty_ = false;
  auto status = std::make_shared<DaemonStatus>(numbers_);
  status->ready = settings_.watch.log_optional;
  status->pipeline = pipeline_->Stats(sum ? Pipeline::Windows::kSum : Pipeline::Windows::kAsBefore);
  if (sum) LogRemarks(status->pipeline);
  for (const auto& state : follower_->States()) {
    status->sources.push_back(ToStatus(state, status->pipeline));
    status->ready |= status->sources.back().up && status->sources.back().readable;
  }
  status->configured = pipeline_->Configured();
  if (api_ != nullptr) status->traefiks = api_->States();
  if (sum) LogTraefiks(status->traefiks);
  status->probes = probes_->States();
  if (sum) LogProbes(status->probes);
  if (events_ != nullptr) {
    status->events_written = events_->written();
    status->events_suppressed = events_->suppressed();
    status->events_failed += events_->failed();
    status->events_dropped = events_->dropped();
  }
  status->cause_pages = settings_.watch.cause_pages;
  const int64_t wall = parts_.clock->WallNanoseconds();
  status->made_seconds = ToSeconds(wall);
  logs_->TakeWritten([&](int64_t written) {
    numbers_.line_to_metric.Add(ToSeconds(std::max<int64_t>(wall - written, 0)), 1);
  });
  status->line_to_metric = numbers_.line_to_metric;
  status_.Set(std::move(status));
}

// Each once, when it first appears; the page and the metrics go on telling.
void Watcher::LogRemarks(const PipelineStats& stats) {
  const auto now = parts_.clock->Now();
  if (now < next_remark_) return;
  for (const Remark& remark : Remarks(stats)) {
    if (!remarked_.insert(remark.topic).second) continue;
    spdlog::warn("{}", remark.text);
    next_remark_ = now + kRemarkEvery;
    return;
  }
}

void Watcher::Stop() {
  stop_ = true;
  parts_.waker->Wake();
}
void Watcher::RequestReload() {
  reload_ = true;
  parts_.waker->Wake();
}
void Watcher::RequestReopen() {
  reopen_ = true;
  parts_.waker->Wake();
}

std::shared_ptr<const DaemonStatus> Watcher::status() const { return status_.Get(); }

bool Watcher::alive() const {
  const auto now =
      std::chrono::duration_cast<milliseconds>(parts_.clock->Now().time_since_epoch()).count();
  return now - last_round_ms_ < milliseconds(kTooLong).count();
}

}  // namespace stickyd
