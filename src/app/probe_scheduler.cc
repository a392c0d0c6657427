// SPDX-License-Identifier: Apache-2.0
#include "probe_scheduler.h"

#include <algorithm>
#include <utility>

#include "probing.h"

namespace stickyd {

ProbeScheduler::ProbeScheduler(Run run, const Clock& clock, std::function<void()> on_news)
    : run_(std::move(run)), clock_(clock), on_news_(std::move(on_news)) {}
ProbeScheduler::~ProbeScheduler() = default;

void ProbeScheduler::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
}

void ProbeScheduler::Loop(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto pause = Step(stop);
    if (!pause) {
      sleeper_.Sleep(stop);
    } else if (pause->count() > 0) {
      sleeper_.Sleep(std::chrono::steady_clock::now() + *pause, stop);
    }
  }
}

std::optional<Clock::Monotonic::duration> ProbeScheduler::Step(const std::stop_token& stop) {
  const Clock::Monotonic now = clock_.Now();
  ProbeTarget target;
  std::stop_source run;
  const uint64_t id = schedule_.Use([&](Schedule& schedule) -> uint64_t {
    Entry* const due = schedule.Due(now);
    if (due == nullptr) return 0;
    due->due = now + due->target.interval;
    target = due->target;
    schedule.stop_run = run;
    return schedule.running = due->id;
  });
  if (id != 0) {
    const std::stop_callback link(stop, [&run] { run.request_stop(); });
    const ProbeResult result = RunNow(target, run.get_token());
    Keep(id, target, result);
  }
  const auto next =
      schedule_.Use([&](const Schedule& schedule) { return schedule.UntilNext(clock_.Now()); });
  if (id != 0) on_news_();
  return next;
}

void ProbeScheduler::Keep(uint64_t id, const ProbeTarget& target, const ProbeResult& result) {
  schedule_.Use([&](Schedule& schedule) {
    schedule.running = 0;
    Entry* const entry = schedule.WithId(id);
    if (entry == nullptr || schedule.stop_run.stop_requested()) return;
    ProbeStatus status = StatusOf(target, result);
    status.last_run_seconds = static_cast<double>(clock_.WallNanoseconds()) / 1e9;
    ForEachValue<ProbeVerdict>(
        [&](ProbeVerdict verdict) { status.runs[verdict] += entry->status.runs[verdict]; });
    entry->status = std::move(status);
  });
}

ProbeScheduler::Entry* ProbeScheduler::Schedule::Due(Clock::Monotonic now) {
  const auto first = std::min_element(entries.begin(), entries.end(),
                                      [](const Entry& a, const Entry& b) { return a.due < b.due; });
  return first == entries.end() || first->due > now ? nullptr : &*first;
}

ProbeScheduler::Entry* ProbeScheduler::Schedule::WithId(uint64_t id) {
  const auto at = std::find_if(entries.begin(), entries.end(),
                               [&](const Entry& entry) { return entry.id == id; });
  return at == entries.end() ? nullptr : &*at;
}

std::optional<Clock::Monotonic::duration> ProbeScheduler::Schedule::UntilNext(
    Clock::Monotonic now) const {
  std::optional<Clock::Monotonic> next;
  for (const Entry& entry : entries) next = std::min(next.value_or(entry.due), entry.due);
  if (!next) return std::nullopt;
  return std::max(*next - now, Clock::Monotonic::duration(0));
}

void ProbeScheduler::SetTargets(const std::vector<ProbeTarget>& targets) {
  const Clock::Monotonic now = clock_.Now();
  schedule_.Use([&](Schedule& schedule) {
    std::vector<Entry> entries;
    for (size_t i = 0; i < targets.size(); ++i) {
      const ProbeTarget& target = targets[i];
      const auto same = std::find_if(schedule.entries.begin(), schedule.entries.end(),
                                     [&](const Entry& entry) { return entry.target == target; });
      if (same != schedule.entries.end()) {
        entries.push_back(std::move(*same));
        continue;
      }
      const Clock::Monotonic::duration spread =
          std::min<Clock::Monotonic::duration>(kSpread, target.interval);
      entries.push_back(
          {++schedule.last_id, target,
           now + spread * static_cast<int64_t>(i) / static_cast<int64_t>(targets.size()),
           StatusOf(target)});
    }
    schedule.entries = std::move(entries);
    if (schedule.running != 0 && schedule.WithId(schedule.running) == nullptr) {
      schedule.stop_run.request_stop();
    }
  });
  sleeper_.Wake();
}

std::vector<ProbeStatus> ProbeScheduler::States() const {
  return schedule_.Use([](const Schedule& schedule) {
    std::vector<ProbeStatus> states;
    for (const Entry& entry : schedule.entries) states.push_back(entry.status);
    return states;
  });
}

std::optional<ProbeTarget> ProbeScheduler::Find(std::string_view name) const {
  return schedule_.Use([&](const Schedule& schedule) -> std::optional<ProbeTarget> {
    for (const Entry& entry : schedule.entries) {
      if (entry.target.name == name) return entry.target;
    }
    return std::nullopt;
  });
}

}  // namespace stickyd
