// SPDX-License-Identifier: Apache-2.0
#include "stickyd/feed/followed_logs.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "stickyd/feed/line_queue.h"

namespace stickyd {
namespace {

// A round's lines and bytes: enough to be fast, few enough to publish, to answer requests and to
// feed the watchdog often.
constexpr size_t kLinesPerRound = 32768;
constexpr uint64_t kBytesPerRound = FollowedFile::kMostBytesPerCall;

}  // namespace

FollowedLogs::Round FollowedLogs::Feed(int64_t now) {
  const uint64_t read_before = ReadBytes();
  read_at_ = now;
  GatherHeads();
  LineQueue<Head> queue;
  for (Head& head : heads_) {
    if (head.ready) queue.Push(&head);
  }
  Round round;
  uint64_t bytes = 0;
  while (!queue.empty() && round.lines < kLinesPerRound && bytes < kBytesPerRound) {
    Head& head = *queue.Pop();
    bytes += head.line.text.size();
    ++round.lines;
    Commit(head);
    Prepare(head);
    if (head.ready) queue.Push(&head);
  }
  round.more = !queue.empty() || ReadBytes() - read_before >= kBytesPerRound;
  return round;
}

// Its file is followed no longer.
void FollowedLogs::End(Head& head) {
  if (head.ready) Commit(head);
  while (pipeline_.Drained(head.id, Pipeline::End::kForGood).waits) pipeline_.Commit(head.id);
  resting_.push_back(head.path);
  if (resting_.size() <= kMostResting) return;
  const auto oldest = lanes_.find(resting_.front());
  pipeline_.DropLane(oldest->second);
  lanes_.erase(oldest);
  resting_.pop_front();
}

uint64_t FollowedLogs::ReadBytes() const {
  const auto& lanes = follower_.lanes();
  return std::accumulate(
      lanes.begin(), lanes.end(), uint64_t{0},
      [](uint64_t sum, const auto& lane) { return sum + lane.file->stats().read_bytes; });
}

void FollowedLogs::GatherHeads() {
  std::vector<Head> before = std::exchange(heads_, {});
  std::unordered_set<uint64_t> followed;
  for (const auto& lane : follower_.lanes()) followed.insert(lane.number);
  std::unordered_map<uint64_t, Head*> by_number;
  for (Head& head : before) {
    by_number.emplace(head.number, &head);
    if (!followed.contains(head.number)) End(head);
  }
  for (const auto& lane : follower_.lanes()) {
    if (const auto known = by_number.find(lane.number); known != by_number.end()) {
      heads_.push_back(std::move(*known->second));
    } else {
      Head& head = heads_.emplace_back();
      head.number = lane.number;
      head.file = lane.file;
      head.path = {follower_.name(lane.source), lane.file->path()};
      head.id = LaneOf(head.path);
    }
    if (!heads_.back().ready) Prepare(heads_.back());
  }
}

LaneId FollowedLogs::LaneOf(const Path& path) {
  std::erase(resting_, path);
  const auto [at, fresh] = lanes_.try_emplace(path);
  if (fresh) at->second = pipeline_.AddLane(path.first);
  return at->second;
}

void FollowedLogs::Prepare(Head& head) {
  auto prepared = pipeline_.Next(head.id);
  if (!prepared.waits && head.file->Next(head.line)) {
    prepared = pipeline_.Prepare(head.id, 0, head.line);
    head.ready = true;
  } else if (!prepared.waits) {
    prepared = pipeline_.Drained(head.id, Pipeline::End::kForNow);
  }
  head.written_at = 0;
  head.ready |= prepared.waits;
  if (!prepared.waits) return;
  head.time = prepared.end;
  const int64_t end = UnixNanoseconds(prepared.end);
  head.written_at = prepared.exact && end < read_at_ ? end : read_at_;
}

void FollowedLogs::Commit(Head& head) {
  pipeline_.Commit(head.id);
  if (head.written_at != 0) written_at_.push_back(head.written_at);
  head.ready = false;
}

}  // namespace stickyd
