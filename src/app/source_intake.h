// source_intake.h: what the pipeline keeps per source: its parser, the records that wait to be
// decided on, its counts.
// Role:    Pipeline::Prepare puts each line in, Commit takes the records out that are believed.
// Shape:   a record that is believed at once is valid as long as the line that it was parsed from;
//          those that wait for the lines behind them own their texts. Each line is counted once,
//          when its fate is certain.
// Threads: pipeline thread only.
// Cost:    allocates for records that wait, and for the first few unparsed lines of each reason.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "forgery_guard.h"
#include "stickyd/diagnose/sequence_tracker.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"
#include "stickyd/model/owned_record.h"
#include "stickyd/model/pipeline_stats.h"
#include "stickyd/parse/line_parser.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class SourceIntake {
 public:
  struct Place {
    uint32_t file = 0;
    uint64_t line = 0;
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

  SourceIntake(size_t max_line_bytes, const std::vector<std::string>& extra_fields,
               const Interpreter& interpreter, SequenceIds& ids)
      : sequence(ids), parser_(max_line_bytes, extra_fields), interpreter_(interpreter) {}

  // REQUIRES: no record waits for its turn.
  template <class InRange>
  void Take(const Line& line, uint32_t file, const InRange& in_range) {
    std::construct_at(&record_);  // in place: it is half a kilobyte
    place_ = {file, line.number};
    LineFate fate = parser_.Parse(line, record_);
    if (fate.parsed() && record_.start_doubtful && !IsNow(record_)) {
      fate = LineFate::Unparsed(UnparsedReason::kAmbiguousLine);
    }
    if (fate.parsed() && !in_range(record_)) fate = LineFate::Skipped(SkipReason::kOutOfRange);
    if (!guard_.idle() || MustGuard(fate)) {
      Guard(line, fate);
    } else {
      Conclude(fate);
    }
  }
  // There are no more lines.
  void Drained(ForgeryGuard::End end);
  Front front() const {
    if (!ready_.empty()) return {&*ready_.front().record, ready_.front().place};
    return {has_record_ ? &record_ : nullptr, place_};
  }
  // The front's turn is over.
  void Pop() {
    if (ready_.empty()) {
      has_record_ = false;
    } else {
      ready_.pop_front();
    }
  }
  void CountParsed() {
    ++stats.lines;
    ++stats.parsed;
  }
  void CountUnparsed(UnparsedReason reason, const Place& place);

  SourceId id{};
  SourceTraits traits;
  SequenceTracker sequence;
  SourceStats stats;

 private:
  static bool IsFragment(LineFate fate) {
    return fate == LineFate::Unparsed(UnparsedReason::kFragment);
  }
  bool MustGuard(LineFate fate) const {
    return IsFragment(fate) || (fate.parsed() && record_.format == LogFormat::kClf);
  }
  bool IsNow(const AccessRecord& record) const;
  void Guard(const Line& line, LineFate fate);
  ForgeryGuard::Sight SightOf(const Line& line, LineFate fate) const;
  void Settle(size_t believed, size_t refused);
  void Conclude(LineFate fate) {
    has_record_ = fate.parsed();
    if (!has_record_) CountOther(fate);
  }
  void CountOther(LineFate fate);

  LineParser parser_;
  const Interpreter& interpreter_;
  ForgeryGuard guard_;
  AccessRecord record_;  // of the line that was taken last
  Place place_;
  bool has_record_ = false;
  std::deque<Owned> held_;   // by the guard
  std::deque<Owned> ready_;  // that were held, and are believed
  std::array<uint8_t, static_cast<size_t>(UnparsedReason::kCount)> places_{};  // noted
};

}  // namespace stickyd
