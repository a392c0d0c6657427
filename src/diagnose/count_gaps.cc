// SPDX-License-Identifier: Apache-2.0
#include "count_gaps.h"

#include <algorithm>

namespace stickyd {
namespace {

// Requests in flight are few among many that end. So many in a row are lost lines.
constexpr uint64_t kBlock = 64;
constexpr EventDuration kShortPatience = std::chrono::seconds(5);
// Otherwise it may be a socket, and those that are open may last longer than those that ended.
constexpr EventDuration kLeastPatience = std::chrono::minutes(1);
constexpr EventDuration kMostPatience = std::chrono::hours(24);
// One in so many is missing: that is a filter, and it did not end before the input.
constexpr uint64_t kManyOf = 5;
constexpr size_t kMostDismissed = 16;
constexpr EventDuration kLookEvery = std::chrono::seconds(1);

}  // namespace

void CountGaps::Pass(uint64_t first, uint64_t last, EventTime start) {
  if (runs_.size() >= kMostRuns) DropOldest();
  runs_.push_back({first, last, start});
  open_ += runs_.back().size();
}

size_t CountGaps::Find(uint64_t count) const {
  const auto holds = [count](const Run& run) { return run.first <= count && count <= run.last; };
  if (found_ < runs_.size() && holds(runs_[found_])) return found_;
  // The last run that does not begin above the count, if any: halving without a branch that nobody
  // could predict.
  size_t low = 0;
  for (size_t many = runs_.size(); many > 1;) {
    const size_t half = many / 2;
    low = runs_[low + half].first <= count ? low + half : low;
    many -= half;
  }
  if (low >= runs_.size() || !holds(runs_[low])) return runs_.size();
  return found_ = low;
}

bool CountGaps::Contains(uint64_t count) const { return Find(count) < runs_.size(); }

void CountGaps::Take(uint64_t count) {
  if (runs_.size() >= kMostRuns) DropOldest();  // room for the other half of a run
  if (count < known_from_) {
    missing_ -= std::min<uint64_t>(missing_, 1);
    return;
  }
  const size_t i = Find(count);
  if (i >= runs_.size()) return;
  Run& run = runs_[i];
  --(run.missing ? missing_ : open_);
  const auto at = runs_.begin() + static_cast<std::ptrdiff_t>(i);
  if (run.first == run.last) {
    runs_.erase(at);
  } else if (run.first == count) {
    ++run.first;
  } else if (run.last == count) {
    --run.last;
  } else {
    Run upper = run;
    upper.first = count + 1;
    run.last = count - 1;
    runs_.insert(at + 1, upper);
  }
}

void CountGaps::Conclude(Run& run) {
  if (run.missing) return;
  run.missing = true;
  open_ -= run.size();
  missing_ += run.size();
}

void CountGaps::Conclude(EventTime now, EventDuration longest) {
  if (open_ == 0 || now < next_look_) return;
  next_look_ = now + kLookEvery;
  const EventDuration patience = std::clamp(2 * longest, kLeastPatience, kMostPatience);
  for (Run& run : runs_) {
    if (now - run.start > (run.size() >= kBlock ? kShortPatience : patience)) Conclude(run);
  }
}

void CountGaps::Finish(EventTime now, uint64_t expected) {
  uint64_t old = missing_;
  for (const Run& run : runs_) {
    if (!run.missing && now - run.start > kShortPatience) old += run.size();
  }
  if (old * kManyOf >= expected) ConcludeAll();
}

void CountGaps::ConcludeAll() {
  for (Run& run : runs_) Conclude(run);
}

bool CountGaps::Dismissed(uint64_t count) const {
  return std::any_of(dismissed_.begin(), dismissed_.end(),
                     [&](const auto& run) { return run.first <= count && count <= run.second; });
}

void CountGaps::Dismiss(uint64_t count) {
  const size_t i = Find(count);
  if (i >= runs_.size()) return;
  const EventTime start = runs_[i].start;  // all that is left of what was passed over at once
  std::erase_if(runs_, [&](const Run& run) {
    if (run.start != start) return false;
    if (dismissed_.size() >= kMostDismissed) dismissed_.erase(dismissed_.begin());
    dismissed_.emplace_back(run.first, run.last);
    (run.missing ? missing_ : open_) -= run.size();
    return true;
  });
}

void CountGaps::DropOldest() {
  const auto middle = runs_.begin() + static_cast<std::ptrdiff_t>(runs_.size() / 2);
  std::for_each(runs_.begin(), middle, [this](Run& run) { Conclude(run); });
  known_from_ = std::prev(middle)->last + 1;
  runs_.erase(runs_.begin(), middle);
}

}  // namespace stickyd
