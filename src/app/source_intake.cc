#include "source_intake.h"

#include <functional>

namespace stickyd {
namespace {

constexpr size_t kPlacesPerReason = 3;
// A line is written when its request ends, and lines of one moment come together: more or less.
constexpr EventDuration kSoonAfter = std::chrono::seconds(5);
constexpr EventDuration kShortlyBefore = std::chrono::seconds(60);

// A line with Traefik's end that is no record.
bool HasEnd(const AccessRecord& record) {
  return record.format == LogFormat::kClf && record.request_count.has_value();
}

}  // namespace

// Of several times in a line a client has written all but one. It could set the log's clock with
// them, so that they have to be where the lines before were.
bool SourceIntake::IsNow(const AccessRecord& record) const {
  return record.end() >= stats.last_event - kShortlyBefore &&
         record.start.high + record.duration <= stats.last_event + kSoonAfter;
}

ForgeryGuard::Sight SourceIntake::SightOf(const Line& line, LineFate fate) const {
  using Kind = ForgeryGuard::Kind;
  ForgeryGuard::Sight sight;
  sight.bytes = parser_.text_bytes();
  sight.after_gap = line.after_gap;
  const bool unparsed = fate.kind() == LineFate::Kind::kUnparsed;
  if (fate.parsed()) {
    sight.kind = record_.format == LogFormat::kClf ? Kind::kClf : Kind::kJson;
  } else if (unparsed && HasEnd(record_)) {
    sight.kind = Kind::kRest;
  } else {
    sight.kind = IsFragment(fate) ? Kind::kFragment : Kind::kOther;
    return sight;
  }
  sight.counted = record_.request_count.has_value();
  sight.count = record_.request_count.value_or(0);
  sight.fit = sight.counted ? sequence.Fits(sight.count, record_.start) : sequence.FitsWithout();
  sight.end = record_.end();
  sight.client = std::hash<std::string_view>{}(record_.client_host.value_or(""));
  sight.has_server = record_.server_url.has_value();
  sight.little_known = sequence.knows_little();
  sight.names_known = guard_.NeedsNames(sight.fit.fit) && interpreter_.Knows(record_);
  return sight;
}

void SourceIntake::Guard(const Line& line, LineFate fate) {
  const ForgeryGuard::Ruling ruling = guard_.Hear(SightOf(line, fate));
  Settle(ruling.believed, ruling.refused);
  if (ruling.given_out) sequence.Mark(*ruling.given_out);
  if (!fate.parsed() || ruling.word == ForgeryGuard::Word::kBelieved) return Conclude(fate);
  has_record_ = false;
  if (ruling.word == ForgeryGuard::Word::kHeld) {
    held_.push_back({OwnedRecord(record_), place_});
  } else {
    CountUnparsed(UnparsedReason::kForged, place_);
  }
}

// `believed` are the oldest of those that are held, `refused` the newest.
void SourceIntake::Settle(size_t believed, size_t refused) {
  for (; believed > 0; --believed) {
    ready_.push_back(std::move(held_.front()));
    held_.pop_front();
  }
  for (; refused > 0; --refused) {
    CountUnparsed(UnparsedReason::kForged, held_.back().place);
    held_.pop_back();
  }
}

void SourceIntake::Drained(ForgeryGuard::End end) {
  const ForgeryGuard::Ruling ruling = guard_.Drained(end);
  Settle(ruling.believed, ruling.refused);
}

void SourceIntake::CountOther(LineFate fate) {
  if (fate.kind() == LineFate::Kind::kSkipped) {
    ++stats.lines;
    ++stats.skipped[static_cast<size_t>(fate.skipped())];
    return;
  }
  if (fate.unparsed() == UnparsedReason::kFieldsDropped) stats.dropped |= record_.dropped;
  if (fate.unparsed() == UnparsedReason::kTooLong && !HasEnd(record_)) sequence.NoteUnknown();
  CountUnparsed(fate.unparsed(), place_);
}

void SourceIntake::CountUnparsed(UnparsedReason reason, const Place& place) {
  ++stats.lines;
  const auto index = static_cast<size_t>(reason);
  ++stats.unparsed[index];
  if (places_[index] >= kPlacesPerReason) return;
  ++places_[index];
  stats.unparsed_places.push_back({reason, place.file, place.line});
}

}  // namespace stickyd
