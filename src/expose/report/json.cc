// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "parts.h"
#include "stickyd/expose/report/remarks.h"
#include "stickyd/expose/report/report.h"
#include "stickyd/expose/report/trust.h"

namespace stickyd {
namespace {

using Json = OrderedJson;
constexpr int kReportVersion = 1;

template <class Enum>
Json NonZero(const Tally<Enum>& tally) {
  Json json = Json::object();
  ForEachValue<Enum>([&](Enum value) {
    if (tally[value] > 0) json[std::string(Name(value))] = tally[value];
  });
  return json;
}

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json ExamplesJson(const ReportInput& input, const std::string& service) {
  Json examples = Json::array();
  for (const CauseExample& example : input.examples) {
    if (example.service != service) continue;
    examples.push_back({{"cause", Name(example.cause)},
                        {"file", example.file.empty() ? Json() : Json(example.file)},
                        {"line", example.line},
                        {"time", FormatRfc3339(example.time)},
                        {"from", example.from},
                        {"to", example.to},
                        {"command", example.command.empty() ? Json() : Json(example.command)}});
  }
  return examples;
}

Json RefusalsJson(const PipelineStats& stats) {
  Json refusals = Json::array();
  for (const Refusal& refusal : Refusals(stats)) {
    refusals.push_back({{"reason", refusal.reason}, {"text", refusal.text}});
  }
  return refusals;
}

Json ServiceJson(const ReportInput& input, const ServiceLine& line) {
  const ServiceStats& s = *line.stats;
  Json servers = Json::array();
  const double total = static_cast<double>(s.requests.sum());
  for (const auto& [name, count] : *line.servers) {
    servers.push_back({{"server", name},
                       {"assignments", count},
                       {"share", total > 0 ? static_cast<double>(count) / total : 0}});
  }
  Json dead = Json::object();
  for (const auto& [status, count] : s.dead_pins) dead[std::to_string(status)] = count;
  return {{"service", *line.name},
          {"requests", s.requests.sum()},
          {"requests_by_evidence", NonZero(s.requests)},
          {"first", s.first},
          {"returning", s.returning.sum()},
          {"held", s.held},
          {"breaks", s.breaks.sum()},
          {"breaks_by_evidence", NonZero(s.breaks)},
          {"ambiguous", s.ambiguous},
          {"unresolved", s.unresolved},
          {"unpinned", s.unpinned.sum()},
          {"settled_ratio", OrNull(s.total.SettledRatio())},
          {"standing", Name(StandingOf(s.total))},
          {"ratio", OrNull(s.total.Ratio())},
          {"ratio_lower_bound", s.total.LowerBound()},
          {"expected_ratio", OrNull(s.total.ExpectedRatio())},
          {"index", OrNull(s.total.Index())},
          {"causes", NonZero(s.causes)},
          {"examples", ExamplesJson(input, *line.name)},
          {"sticky_states", NonZero(s.states)},
          {"top_client_break_share", OrNull(s.top_break_share)},
          {"sessions", s.sessions},
          {"broken_sessions", s.broken_sessions},
          {"dead_pins_by_status", dead},
          {"servers", servers}};
}

}  // namespace

std::string JsonReport(const ReportInput& input) {
  const PipelineStats& stats = *input.stats;
  Json services = Json::array();
  for (const ServiceLine& line : ServicesWorstFirst(stats))
    services.push_back(ServiceJson(input, line));
  uint64_t restarts = 0;
  uint64_t missing = 0;
  for (const SourceStats& source : stats.sources) {
    restarts += source.sequences.restarts;
    missing += source.sequences.missing;
  }
  Json changes = Json::array();
  for (const ChangeBook::Dated& change : input.changes) {
    changes.push_back({{"after", FormatRfc3339(change.after)},
                       {"by", FormatRfc3339(change.by)},
                       {"text", change.text}});
  }
  Json remarks = Json::array();
  for (const Remark& remark : Remarks(stats)) remarks.push_back(remark.text);
  Json places = Json::array();
  for (const SourceStats& source : stats.sources) {
    for (const auto& place : source.unparsed_places) {
      places.push_back({{"reason", UnparsedReasonName(place.reason)},
                        {"file", input.files.at(place.file)},
                        {"line", place.line}});
    }
  }
  Json report = {{"report_version", kReportVersion},
                 {"files", input.files},
                 {"problems", input.problems},
                 {"interrupted", input.interrupted},
                 {"lines", LinesJson(stats)},
                 {"unparsed_places", places},
                 {"records", stats.records},
                 {"no_server", stats.no_server},
                 {"excluded", NonZero(stats.excluded)},
                 {"client_limited", NonZero(stats.refused)},
                 {"restarts", restarts},
                 {"missing_requests", missing},
                 {"sessions_remembered", stats.sessions.entries},
                 {"sessions_forgotten",
                  {{"idle", stats.sessions.evicted_idle},
                   {"full", stats.sessions.evicted_full},
                   {"clock", stats.sessions.evicted_clock}}},
                 {"refusals", RefusalsJson(stats)},
                 {"remarks", remarks},
                 {"configuration_changes", changes},
                 {"services", services},
                 {"bytes", input.bytes},
                 {"seconds", input.seconds}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stickyd
