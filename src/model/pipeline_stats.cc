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
  with_server += other.with_server;
  with_count += other.with_count;
  client_lists += other.client_lists;
  odd_clients += other.odd_clients;
  if (of_clients == 0) first_client = other.first_client;
  of_clients += other.of_clients;
  if (first_client == other.first_client) of_first_client += other.of_first_client;
  dropped |= other.dropped;
  last_event = std::max(last_event, other.last_event);
  sequences.restarts += other.sequences.restarts;
  sequences.restarts_told += other.sequences.restarts_told;
  sequences.missing += other.sequences.missing;
  sequences.sequences += other.sequences.sequences;
  sequences.several |= other.sequences.several;
  unparsed_places.insert(unparsed_places.end(), other.unparsed_places.begin(),
                         other.unparsed_places.end());
}

}  // namespace stickyd
