// SPDX-License-Identifier: Apache-2.0
#include "stickyd/feed/followed_logs.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "stickyd/feed/line_queue.h"

namespace stickyd {
namespace {

// A round's lines and bytes: enough to be fast, few enough to publish, to answer requests and to
// feed the watchdog often.
constexpr size_t kLinesPerRound = 32768;
constexpr uint64_t kBytesPerRound = FollowedFile::kMostBytesPerCall;
constexpr size_t kMostPaths = 4096;

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

void FollowedLogs::CommitAll() {
  for (Head& head : heads_) End(head);
  heads_.clear();
}

// Its file is followed no longer.
void FollowedLogs::End(Head& head) {
  if (head.ready) Commit(head);
  while (pipeline_.Drained(head.source, Pipeline::End::kForGood).waits) {
    pipeline_.Commit(head.source);
  }
}

uint64_t FollowedLogs::ReadBytes() const {
  const auto& lanes = follower_.lanes();
  return std::accumulate(
      lanes.begin(), lanes.end(), uint64_t{0},
      [](uint64_t sum, const auto& lane) { return sum + lane.file->stats().read_bytes; });
}

void FollowedLogs::GatherHeads() {
  std::vector<Head> before = std::exchange(heads_, {});
  std::set<const FollowedFile*> followed;
  for (const auto& lane : follower_.lanes()) followed.insert(lane.file.get());
  std::erase_if(before, [&](Head& head) {
    const bool gone = !followed.contains(head.file);
    if (gone) End(head);
    return gone || !head.ready;
  });
  for (const auto& lane : follower_.lanes()) {
    const auto known = std::find_if(before.begin(), before.end(),
                                    [&](const Head& head) { return head.file == lane.file.get(); });
    if (known != before.end()) {
      heads_.push_back(*known);
    } else {
      Head& head = heads_.emplace_back();
      head.file = lane.file.get();
      head.source = SourceOf(lane);
      Prepare(head);
    }
  }
}

// Each path has a parser and a sequence of its own. Where paths come and go without end, a new one
// takes over from one of the same source that is gone.
SourceId FollowedLogs::SourceOf(const LogFollower::Lane& lane) {
  const std::string& name = follower_.name(lane.source);
  const std::pair key(name, lane.file->path());
  if (const auto known = ids_.find(key); known != ids_.end()) return known->second;
  if (ids_.size() >= kMostPaths) {
    std::set<std::pair<std::string, std::string>> followed;
    for (const auto& other : follower_.lanes()) {
      followed.emplace(follower_.name(other.source), other.file->path());
    }
    for (auto at = ids_.lower_bound({name, ""}); at != ids_.end() && at->first.first == name;
         ++at) {
      if (followed.contains(at->first)) continue;
      const SourceId id = at->second;
      ids_.erase(at);
      return ids_[key] = id;
    }
  }
  return ids_[key] = pipeline_.AddSource(name);
}

void FollowedLogs::Prepare(Head& head) {
  auto prepared = pipeline_.Next(head.source);
  if (!prepared.waits && head.file->Next(head.line)) {
    prepared = pipeline_.Prepare(head.source, 0, head.line);
    head.ready = true;
  } else if (!prepared.waits) {
    prepared = pipeline_.Drained(head.source, Pipeline::End::kForNow);
  }
  head.written_at = 0;
  head.ready |= prepared.waits;
  if (!prepared.waits) return;
  head.time = prepared.end;
  const int64_t end = UnixNanoseconds(prepared.end);
  head.written_at = prepared.exact && end < read_at_ ? end : read_at_;
}

void FollowedLogs::Commit(Head& head) {
  pipeline_.Commit(head.source);
  if (head.written_at != 0) written_at_.push_back(head.written_at);
  head.ready = false;
}

}  // namespace stickyd
