// SPDX-License-Identifier: Apache-2.0
// lane_intake.h: what the pipeline keeps per lane: its parser, the records that wait to be judged,
// its counts.
// Role:    Pipeline::Prepare puts each line in, Commit takes the records out that are believed.
// Shape:   Take is two steps. Parse is a pure function of the lane's lines: it changes nothing but
//          the parser. Admit finds out which process the record is of, whether it came before, and
//          whether a client may have forged it; it changes the lane, and reads what the pipeline
//          knows.
//          A record that is believed at once is valid as long as the line that it was parsed from;
//          those that wait for the lines behind them own their texts. Each line is counted once,
//          when its fate is certain.
// Threads: pipeline thread only.
// Cost:    allocates for records that wait, and for the first few unparsed lines of each reason.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "client_sample.h"
#include "forgery_guard.h"
#include "lookahead.h"
#include "repeat_guard.h"
#include "stickyd/diagnose/sequence_tracker.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"
#include "stickyd/model/owned_record.h"
#include "stickyd/model/pipeline_stats.h"
#include "stickyd/parse/line_parser.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class Inspector;

class LaneIntake {
 public:
  struct Place {
    uint32_t file = 0;
    uint64_t line = 0;
    uint32_t replica = 0;
  };
  // A record whose turn it is.
  struct Front {
    const AccessRecord* record = nullptr;  // null: none waits
    Place place;
  };
  // A record with its texts, for the few that outlive their line.
  struct Owned {
    OwnedRecord record;
    Place place;
  };

  LaneIntake(size_t max_line_bytes, const std::vector<std::string>& extra_fields,
             const Interpreter& interpreter, SequenceIds& ids)
      : parser_(max_line_bytes, extra_fields), interpreter_(interpreter), ids_(ids) {
    AddReplica(0);
  }

  // REQUIRES: no record waits for its turn.
  LineFate Parse(const Line& line) {
    std::construct_at(&own_record_);  // in place: it is half a kilobyte
    record_ = &own_record_;
    return parser_.Parse(line, own_record_);
  }
  // The same for a line that was parsed ahead.
  LineFate Parse(const ParsedLine& parsed) {
    if (!parser_.Accept(parsed)) return Parse(parsed.line);
    record_ = &parsed.record;
    return LineFate::Parsed();
  }
  template <class InRange>
  void Take(const Line& line, uint32_t file, const InRange& in_range) {
    Admit(Parse(line), line, file, in_range);
  }
  template <class InRange>
  void Take(const ParsedLine& parsed, uint32_t file, const InRange& in_range) {
    Admit(Parse(parsed), parsed.line, file, in_range);
  }
  // The line that was parsed last. `in_range`: is the record's time one that was asked for?
  template <class InRange>
  void Admit(LineFate fate, const Line& line, uint32_t file, const InRange& in_range) {
    place_ = {file, line.number};
    if (!shape_known_ || line.after_gap) LearnPrefix(fate, line.after_gap);
    if (prefix_words_ > 0) place_.replica = FindReplica();
    if (fate.parsed() && record().start_doubtful && !IsNow(record())) {
      fate = LineFate::Unparsed(UnparsedReason::kAmbiguousLine);
    }
    if (fate.parsed() && replica().repeats.IsRepeat(record(), stats.last_event)) {
      fate = LineFate::Skipped(SkipReason::kDuplicate);
    }
    if (fate.parsed() && !in_range(record())) fate = LineFate::Skipped(SkipReason::kOutOfRange);
    if (!replica().guard.idle() || MustGuard(fate)) {
      Guard(line, fate);
    } else {
      Conclude(fate);
    }
  }
  // There are no more lines.
  void Drained(ForgeryGuard::End end);
  Front front() const {
    if (!ready_.empty()) return {&*ready_.front().record, ready_.front().place};
    return {has_record_ ? record_ : nullptr, place_};
  }
  // The front's turn is over.
  void Pop() {
    if (ready_.empty()) {
      has_record_ = false;
    } else {
      ready_.pop_front();
    }
  }
  void CountParsed(const AccessRecord& record) {
    ++stats.lines;
    ++stats.parsed;
    if (sampled) sample_.Add(record.client_host.value_or(record.client_addr.value_or("")), stats);
    stats.strange = 0;
  }
  void CountUnparsed(UnparsedReason reason, const Place& place);
  // Of the replica that the line is of.
  SequenceTracker& SequenceOf(const Place& place) { return replicas_[place.replica]->sequence; }
  // There are no more lines, ever.
  void FinishSequences() {
    for (const auto& replica : replicas_) replica->sequence.Finish();
  }
  SequenceStats SequencesOfAll() const;

  Lookahead ahead;  // of the lines that come next
  LaneId id{};
  SourceId source{};
  SourceTraits traits;
  SourceStats stats;    // its part of the source's
  bool ended = false;   // its log; it may begin again under the same name
  bool sampled = true;  // its clients: no proxy is trusted, and so none tells who they are
  Inspector* inspector = nullptr;  // null: nobody looks

 private:
  // Where shippers put names before lines, each name is a replica: its counts are its own, and so
  // is what may have been forged between its lines.
  struct Replica {
    explicit Replica(SequenceIds& ids) : sequence(ids) {}
    uint64_t names = 0;
    SequenceTracker sequence;
    RepeatGuard repeats;
    ForgeryGuard guard;
    std::deque<Owned> held;
  };
  static constexpr size_t kMostReplicas = 8;

  const AccessRecord& record() const { return *record_; }
  Replica& replica() { return *replicas_[place_.replica]; }
  const Replica& replica() const { return *replicas_[place_.replica]; }
  void AddReplica(uint64_t names);
  void LearnPrefix(LineFate fate, bool after_gap);
  uint32_t FindReplica();
  static bool IsFragment(LineFate fate) {
    return fate == LineFate::Unparsed(UnparsedReason::kFragment);
  }
  bool MustGuard(LineFate fate) const {
    return IsFragment(fate) || (fate.parsed() && record().format == LogFormat::kClf);
  }
  bool IsNow(const AccessRecord& record) const;
  void Guard(const Line& line, LineFate fate);
  ForgeryGuard::Sight SightOf(const Line& line, LineFate fate) const;
  void Release(Replica& replica, size_t believed, size_t refused);
  void Conclude(LineFate fate) {
    has_record_ = fate.parsed();
    if (!has_record_) CountOther(fate);
  }
  void CountOther(LineFate fate);
  void Show(LineFate fate, const Place& place) const;

  LineParser parser_;
  ClientSample sample_;
  const Interpreter& interpreter_;
  SequenceIds& ids_;
  std::vector<std::unique_ptr<Replica>> replicas_;
  size_t prefix_words_ = 0;   // before each line; 0: no replicas
  bool shape_known_ = false;  // a record was seen
  AccessRecord own_record_;
  const AccessRecord* record_ = &own_record_;  // of the line that was taken last
  Place place_;
  bool has_record_ = false;
  std::deque<Owned> ready_;  // that a guard held, and that are believed
};

}  // namespace stickyd
