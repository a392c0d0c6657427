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
  std::unique_lock lock(mutex_);
  const Clock::Monotonic now = clock_.Now();
  Entry* const due = Due(now);
  if (due == nullptr) return UntilNext();
  due->due = now + due->target.interval;
  const uint64_t id = due->id;
  const ProbeTarget target = due->target;
  running_ = id;
  stop_run_ = std::stop_source();
  std::stop_source run = stop_run_;
  lock.unlock();

  ProbeResult result;
  {
    const std::stop_callback link(stop, [&run] { run.request_stop(); });
    result = RunNow(target, run.get_token());
  }

  lock.lock();
  running_ = 0;
  Entry* const entry = WithId(id);
  if (entry != nullptr && !run.stop_requested()) {
    ProbeStatus status = StatusOf(target, result);
    status.last_run_seconds = static_cast<double>(clock_.WallNanoseconds()) / 1e9;
    ForEachValue<ProbeVerdict>(
        [&](ProbeVerdict verdict) { status.runs[verdict] += entry->status.runs[verdict]; });
    entry->status = std::move(status);
  }
  const auto next = UntilNext();
  lock.unlock();
  on_news_();
  return next;
}

// Of those that are due, the one that has been for longest.
ProbeScheduler::Entry* ProbeScheduler::Due(Clock::Monotonic now) {
  const auto first = std::min_element(entries_.begin(), entries_.end(),
                                      [](const Entry& a, const Entry& b) { return a.due < b.due; });
  return first == entries_.end() || first->due > now ? nullptr : &*first;
}

ProbeScheduler::Entry* ProbeScheduler::WithId(uint64_t id) {
  const auto at = std::find_if(entries_.begin(), entries_.end(),
                               [&](const Entry& entry) { return entry.id == id; });
  return at == entries_.end() ? nullptr : &*at;
}

std::optional<Clock::Monotonic::duration> ProbeScheduler::UntilNext() const {
  std::optional<Clock::Monotonic> next;
  for (const Entry& entry : entries_) next = std::min(next.value_or(entry.due), entry.due);
  if (!next) return std::nullopt;
  return std::max(*next - clock_.Now(), Clock::Monotonic::duration(0));
}

void ProbeScheduler::SetTargets(const std::vector<ProbeTarget>& targets) {
  const std::lock_guard lock(mutex_);
  const Clock::Monotonic now = clock_.Now();
  std::vector<Entry> entries;
  for (size_t i = 0; i < targets.size(); ++i) {
    const ProbeTarget& target = targets[i];
    const auto same = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const Entry& entry) { return entry.target == target; });
    if (same != entries_.end()) {
      entries.push_back(std::move(*same));
      continue;
    }
    const Clock::Monotonic::duration spread =
        std::min<Clock::Monotonic::duration>(kSpread, target.interval);
    entries.push_back(
        {++last_id_, target,
         now + spread * static_cast<int64_t>(i) / static_cast<int64_t>(targets.size()),
         StatusOf(target)});
  }
  entries_ = std::move(entries);
  if (running_ != 0 && WithId(running_) == nullptr) stop_run_.request_stop();
  sleeper_.Wake();
}

std::vector<ProbeStatus> ProbeScheduler::States() const {
  const std::lock_guard lock(mutex_);
  std::vector<ProbeStatus> states;
  for (const Entry& entry : entries_) states.push_back(entry.status);
  return states;
}

std::optional<ProbeTarget> ProbeScheduler::Find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.target.name == name) return entry.target;
  }
  return std::nullopt;
}

}  // namespace stickyd
