// SPDX-License-Identifier: Apache-2.0
#include "lane_intake.h"

#include "prefix_names.h"
#include "stickyd/base/mix.h"
#include "stickyd/engine/inspector.h"

namespace stickyd {
namespace {

// A line is written when its request ends, and lines of one moment come together: more or less.
constexpr EventDuration kSoonAfter = std::chrono::seconds(5);
constexpr EventDuration kShortlyBefore = std::chrono::seconds(60);

// A line with Traefik's end that is no record.
bool HasEnd(const AccessRecord& record) {
  return record.format == LogFormat::kClf && record.request_count.has_value();
}

// A client can write any number of lines that are refused for these reasons.
bool MayBeAClients(UnparsedReason reason) {
  return reason == UnparsedReason::kForged || reason == UnparsedReason::kFragment ||
         reason == UnparsedReason::kAmbiguousLine;
}

}  // namespace

// Of several times in a line a client has written all but one. It could set the log's clock with
// them, so that they have to be where the lines before were.
bool LaneIntake::IsNow(const AccessRecord& record) const {
  return record.end() >= stats.last_event - kShortlyBefore &&
         record.start.high + record.duration <= stats.last_event + kSoonAfter;
}

ForgeryGuard::Sight LaneIntake::SightOf(const Line& line, LineFate fate) const {
  using Kind = ForgeryGuard::Kind;
  ForgeryGuard::Sight sight;
  sight.bytes = parser_.text().size();
  sight.after_gap = line.after_gap;
  const bool unparsed = fate.kind() == LineFate::Kind::kUnparsed;
  if (fate.parsed()) {
    sight.kind = record().format == LogFormat::kClf ? Kind::kClf : Kind::kJson;
  } else if (unparsed && HasEnd(record())) {
    sight.kind = Kind::kRest;
  } else {
    sight.kind = IsFragment(fate) ? Kind::kFragment : Kind::kOther;
    return sight;
  }
  sight.counted = record().request_count.has_value();
  sight.count = record().request_count.value_or(0);
  const SequenceTracker& sequence = replica().sequence;
  sight.fit = sight.counted ? sequence.Fits(sight.count, record().start) : sequence.FitsWithout();
  sight.end = record().end();
  sight.client = MixText(0, record().client_host.value_or(""));
  sight.has_server = record().server_url.has_value();
  sight.little_known = sequence.knows_little();
  sight.names_known = replica().guard.NeedsNames(sight.fit.fit) && interpreter_.Knows(record());
  return sight;
}

void LaneIntake::Guard(const Line& line, LineFate fate) {
  const ForgeryGuard::Reply reply = replica().guard.Hear(SightOf(line, fate));
  Release(replica(), reply.believed, reply.refused);
  if (reply.given_out) replica().sequence.Mark(*reply.given_out);
  if (!fate.parsed() || reply.word == ForgeryGuard::Word::kBelieved) return Conclude(fate);
  has_record_ = false;
  if (reply.word == ForgeryGuard::Word::kHeld) {
    replica().held.push_back({OwnedRecord(record()), place_});
  } else {
    CountUnparsed(UnparsedReason::kForged, place_);
  }
}

// `believed` are the oldest of those that are held, `refused` the newest.
void LaneIntake::Release(Replica& replica, size_t believed, size_t refused) {
  for (; believed > 0; --believed) {
    ready_.push_back(std::move(replica.held.front()));
    replica.held.pop_front();
  }
  for (; refused > 0; --refused) {
    CountUnparsed(UnparsedReason::kForged, replica.held.back().place);
    replica.held.pop_back();
  }
}

void LaneIntake::Drained(ForgeryGuard::End end) {
  for (const auto& replica : replicas_) {
    const ForgeryGuard::Reply reply = replica->guard.Drained(end);
    Release(*replica, reply.believed, reply.refused);
  }
}

void LaneIntake::AddReplica(uint64_t names) {
  replicas_.push_back(std::make_unique<Replica>(ids_));
  replicas_.back()->names = names;
}

// The first record tells how many words a shipper puts before each line. Behind them stand a
// client's, which make no replica.
void LaneIntake::LearnPrefix(LineFate fate, bool after_gap) {
  if (after_gap) {
    prefix_words_ = 0;
    shape_known_ = false;
  }
  if (!fate.parsed()) return;
  shape_known_ = true;
  prefix_words_ = CountWords(parser_.prefix());
  const uint64_t names = NamesIn(parser_.text(), prefix_words_);
  if (replicas_.size() == 1 && replicas_[0]->names == 0) replicas_[0]->names = names;
}

uint32_t LaneIntake::FindReplica() {
  const uint64_t names = NamesIn(parser_.text(), prefix_words_);
  for (size_t i = 0; i < replicas_.size(); ++i) {
    if (replicas_[i]->names == names) return static_cast<uint32_t>(i);
  }
  if (replicas_.size() == kMostReplicas) return 0;
  AddReplica(names);
  return static_cast<uint32_t>(replicas_.size() - 1);
}

SequenceStats LaneIntake::SequencesOfAll() const {
  if (replicas_.size() == 1) return replicas_[0]->sequence.stats();
  SourceStats all;
  for (const auto& replica : replicas_) {
    SourceStats one;
    one.sequences = replica->sequence.stats();
    all.Add(one);
  }
  return all.sequences;
}

void LaneIntake::CountOther(LineFate fate) {
  if (fate.kind() == LineFate::Kind::kSkipped) {
    ++stats.lines;
    ++stats.skipped[static_cast<size_t>(fate.skipped())];
    return Show(fate, place_);
  }
  if (fate.unparsed() == UnparsedReason::kFieldsDropped) stats.dropped |= record().dropped;
  if (fate.unparsed() == UnparsedReason::kTooLong && !HasEnd(record())) {
    replica().sequence.NoteUnknown();
  }
  CountUnparsed(fate.unparsed(), place_);
}

void LaneIntake::Show(LineFate fate, const Place& place) const {
  if (inspector == nullptr || !inspector->WantsLine(place.file, place.line)) return;
  inspector->OnNoRecord(place.file, place.line, fate);
}

void LaneIntake::CountUnparsed(UnparsedReason reason, const Place& place) {
  ++stats.lines;
  const auto index = static_cast<size_t>(reason);
  Show(LineFate::Unparsed(reason), place);
  ++stats.unparsed[index];
  stats.strange += MayBeAClients(reason) ? 0U : 1U;
  stats.AddPlace({reason, place.file, place.line});
}

}  // namespace stickyd
