// source_intake.h: what the pipeline keeps per source: its parser, the record at hand, its counts.
// Role:    Pipeline::Prepare parses and counts with it, Commit decides on its record.
// Shape:   the record is valid as long as the line that it was parsed from.
// Threads: pipeline thread only.
// Cost:    allocates only for the first few unparsed lines of each reason.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "stickyd/diagnose/sequence_tracker.h"
#include "stickyd/model/access_record.h"
#include "stickyd/model/line.h"
#include "stickyd/model/pipeline_stats.h"
#include "stickyd/parse/line_parser.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class SourceIntake {
 public:
  SourceIntake(size_t max_line_bytes, const std::vector<std::string>& extra_fields,
               SequenceIds& ids)
      : parser(max_line_bytes, extra_fields), sequence(ids) {}
  void Count() {
    ++stats.lines;
    if (fate.parsed()) {
      ++stats.parsed;
    } else {
      CountOther();
    }
  }
  // Where the line is that was prepared last and not parsed.
  void NotePlace(uint32_t file);

  SourceId id{};
  LineParser parser;
  AccessRecord record;  // of the line that was prepared last
  LineFate fate = LineFate::Skipped(SkipReason::kEmpty);
  uint64_t line = 0;
  SourceTraits traits;
  SequenceTracker sequence;
  SourceStats stats;

 private:
  void CountOther();
  std::array<uint8_t, static_cast<size_t>(UnparsedReason::kCount)> places_{};  // noted
};

}  // namespace stickyd
