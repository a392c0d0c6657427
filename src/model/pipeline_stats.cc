// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/pipeline_stats.h"

#include <algorithm>

namespace stickyd {

namespace {

// So many lines without a record between them are no beginning and no neighbour's few words.
constexpr uint64_t kStrangeAtFirst = 20;
constexpr uint64_t kSkippedAtFirst = 200;  // Traefik's own log may come first
constexpr uint64_t kStrangeLater = 1000;
// Lines that were late and clocks that were set go back now and then.
constexpr uint64_t kFewestStepsBack = 5;
constexpr uint64_t kStepsBackForOneOn = 4;
constexpr ptrdiff_t kPlacesPerReason = 3;
constexpr EventDuration kStep = std::chrono::seconds(1);
constexpr EventDuration kExactStep = std::chrono::milliseconds(1);

}  // namespace

bool SourceStats::IsReadable() const {
  if (lane_unreadable) return false;
  if (parsed > 0) return strange < kStrangeLater;
  const uint64_t passed_over = skipped[static_cast<size_t>(SkipReason::kTraefikLog)];
  return strange < kStrangeAtFirst && passed_over < kSkippedAtFirst;
}

bool SourceStats::IsBackwards() const {
  return steps_back >= kFewestStepsBack && steps_back > kStepsBackForOneOn * steps_on;
}

void SourceStats::NoteOrder(EventTime end, LogFormat format) {
  const EventDuration step = format == LogFormat::kJson ? kExactStep : kStep;
  if (previous_end != EventTime()) {
    steps_on += end >= previous_end + step ? 1U : 0U;
    steps_back += end <= previous_end - step ? 1U : 0U;
  }
  previous_end = end;
}

void SourceStats::AddPlace(const Place& place) {
  const auto known =
      std::count_if(unparsed_places.begin(), unparsed_places.end(),
                    [&](const Place& other) { return other.reason == place.reason; });
  if (known < kPlacesPerReason) unparsed_places.push_back(place);
}

void SourceStats::Add(const SourceStats& other) {
  lane_unreadable |= !other.IsReadable();
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
  fields |= other.fields;
  steps_on += other.steps_on;
  steps_back += other.steps_back;
  last_event = std::max(last_event, other.last_event);
  sequences.restarts += other.sequences.restarts;
  sequences.restarts_told += other.sequences.restarts_told;
  sequences.missing += other.sequences.missing;
  sequences.sequences += other.sequences.sequences;
  sequences.clock_steps += other.sequences.clock_steps;
  sequences.several |= other.sequences.several;
  for (const Place& place : other.unparsed_places) AddPlace(place);
}

void Turnaways::Note(bool served) {
  if (!served) {
    ++requests;
    turns += serves ? 1U : 0U;
  }
  serves = served;
}

}  // namespace stickyd
