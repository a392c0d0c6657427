#include "stickyd/model/pipeline_stats.h"

#include <algorithm>

namespace stickyd {

void SourceStats::Add(const SourceStats& other) {
  lines += other.lines;
  parsed += other.parsed;
  for (size_t i = 0; i < unparsed.size(); ++i) unparsed[i] += other.unparsed[i];
  for (size_t i = 0; i < skipped.size(); ++i) skipped[i] += other.skipped[i];
  ambiguous_middles += other.ambiguous_middles;
  answered_without_server += other.answered_without_server;
  last_event = std::max(last_event, other.last_event);
  sequences.restarts += other.sequences.restarts;
  sequences.restarts_told += other.sequences.restarts_told;
  sequences.missing += other.sequences.missing;
  sequences.sequences += other.sequences.sequences;
  sequences.several |= other.sequences.several;
  samples.insert(samples.end(), other.samples.begin(), other.samples.end());
}

}  // namespace stickyd
