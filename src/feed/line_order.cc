// SPDX-License-Identifier: Apache-2.0
#include "line_order.h"

#include "stickyd/parse/line_parser.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {
namespace {

constexpr uint64_t kSampleBytes = size_t{256} * 1024;
// Less than this says nothing. Counts are given when requests begin, and lines are written when
// they end: a few parallel requests may well come out the other way round.
constexpr uint64_t kLeastPairs = 3;
constexpr uint64_t kLeastCounts = 100;
// So many times as many pairs must be newest first.
constexpr uint64_t kMajority = 3;

struct Pairs {
  uint64_t older_first = 0;
  uint64_t newer_first = 0;

  bool NewestFirst(uint64_t least) const {
    return newer_first >= least && newer_first >= kMajority * older_first;
  }
};

// The records of a piece of a file.
LineOrder Sample(File& file, uint64_t from, size_t max_line_bytes) {
  LineOrder order;
  LineSplitter lines(max_line_bytes);
  LineParser parser(max_line_bytes, {});
  if (!file.SeekTo(from)) return order;
  if (from > 0) lines.SkipToLineFeed();
  for (uint64_t bytes = 0; bytes < kSampleBytes;) {
    const auto count = file.Read(lines.Room());
    if (!count || *count == 0) break;
    bytes += *count;
    lines.Commit(*count);
    for (Line line; !order.full() && lines.Next(line);) {
      AccessRecord record;
      if (!parser.Parse(line, record).parsed()) continue;
      order.Add(record.end(), record.start.high + record.duration, record.request_count);
    }
  }
  return order;
}

}  // namespace

void LineOrder::Add(EventTime low, EventTime high, std::optional<uint64_t> count) {
  if (!full()) seen_.push_back({low, high, count});
}

bool LineOrder::newest_first() const {
  Pairs by_time;
  Pairs by_count;
  for (size_t i = 0; i < seen_.size(); ++i) {
    for (size_t k = i + 1; k < seen_.size(); ++k) {
      const Seen& a = seen_[i];
      const Seen& b = seen_[k];
      by_time.older_first += a.high < b.low ? 1U : 0U;
      by_time.newer_first += b.high < a.low ? 1U : 0U;
      if (!a.count || !b.count) continue;
      by_count.older_first += *a.count < *b.count ? 1U : 0U;
      by_count.newer_first += *b.count < *a.count ? 1U : 0U;
    }
  }
  const bool told = by_time.older_first + by_time.newer_first >= kLeastPairs;
  return told ? by_time.NewestFirst(kLeastPairs) : by_count.NewestFirst(kLeastCounts);
}

bool IsNewestFirst(const FileSystem& files, const std::string& path, size_t max_line_bytes) {
  const auto file = files.Open(path);
  if (!file) return false;
  const auto info = (*file)->Info();
  if (!info || info->kind != FileKind::kRegular) return false;
  const LineOrder head = Sample(**file, 0, max_line_bytes);
  if (!head.newest_first()) return false;
  if (info->size_bytes <= kSampleBytes) return true;
  const LineOrder tail = Sample(**file, info->size_bytes - kSampleBytes, max_line_bytes);
  return tail.newest_first() && head.IsNewerThan(tail);
}

}  // namespace stickyd
