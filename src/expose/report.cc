#include "stickyd/expose/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "stickyd/base/text.h"
#include "stickyd/expose/advice.h"

namespace stickyd {
namespace {

// So many that lack something are no chance; and so many that a server answered, without its name.
constexpr uint64_t kRecordsThatTell = 100;
constexpr uint64_t kAnswersThatTell = 20;
// One address that makes most of so many breaks of so many sessions is worth a word.
constexpr uint64_t kBreaksThatTell = 50;
constexpr uint64_t kSessionsThatTell = 20;
constexpr double kMost = 0.5;

using Json = nlohmann::ordered_json;
constexpr int kReportVersion = 1;

struct ServiceLine {
  const std::string* name;
  const ServiceStats* stats;
  uint64_t active;
  const std::vector<std::pair<std::string, uint64_t>>* servers;
};

std::vector<ServiceLine> Services(const PipelineStats& stats) {
  std::vector<ServiceLine> lines;
  lines.reserve(stats.services.size());
  for (size_t i = 0; i < stats.services.size(); ++i) {
    lines.push_back({&stats.services[i].first, &stats.services[i].second, stats.sessions_active[i],
                     &stats.servers[i]});
  }
  // Worst first: by how much is surely broken.
  std::stable_sort(lines.begin(), lines.end(), [](const ServiceLine& a, const ServiceLine& b) {
    return a.stats->total.LowerBound() > b.stats->total.LowerBound();
  });
  return lines;
}

template <class Enum>
Json NonZero(const Tally<Enum>& tally) {
  Json json = Json::object();
  ForEachValue<Enum>([&](Enum value) {
    if (tally[value] > 0) json[std::string(Name(value))] = tally[value];
  });
  return json;
}

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json LinesJson(const PipelineStats& stats) {
  uint64_t read = 0;
  uint64_t parsed = 0;
  uint64_t unparsed = 0;
  uint64_t skipped = 0;
  uint64_t middles = 0;
  Json unparsed_by = Json::object();
  Json skipped_by = Json::object();
  for (const SourceStats& source : stats.sources) {
    read += source.lines;
    parsed += source.parsed;
    middles += source.ambiguous_middles;
    for (size_t i = 0; i < source.unparsed.size(); ++i) {
      if (source.unparsed[i] == 0) continue;
      unparsed += source.unparsed[i];
      Json& entry = unparsed_by[UnparsedReasonName(static_cast<UnparsedReason>(i))];
      entry = (entry.is_null() ? 0 : entry.get<uint64_t>()) + source.unparsed[i];
    }
    for (size_t i = 0; i < source.skipped.size(); ++i) {
      if (source.skipped[i] == 0) continue;
      skipped += source.skipped[i];
      Json& entry = skipped_by[SkipReasonName(static_cast<SkipReason>(i))];
      entry = (entry.is_null() ? 0 : entry.get<uint64_t>()) + source.skipped[i];
    }
  }
  return {{"read", read},
          {"parsed", parsed},
          {"unparsed", unparsed},
          {"unparsed_by_reason", unparsed_by},
          {"skipped", skipped},
          {"skipped_by_reason", skipped_by},
          {"ambiguous_middles", middles}};
}

Json ServiceJson(const ServiceLine& line) {
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
          {"ratio", OrNull(s.total.Ratio())},
          {"ratio_lower_bound", s.total.LowerBound()},
          {"expected_ratio", OrNull(s.total.ExpectedRatio())},
          {"index", OrNull(s.total.Index())},
          {"causes", NonZero(s.causes)},
          {"sticky_states", NonZero(s.states)},
          {"top_client_break_share", OrNull(s.top_break_share)},
          {"sessions", s.sessions},
          {"broken_sessions", s.broken_sessions},
          {"dead_pins_by_status", dead},
          {"servers", servers}};
}

std::string Percent(const std::optional<double>& ratio) {
  return ratio ? fmt::format("{:.2f} %", *ratio * 100) : "-";
}

void LinesText(const ReportInput& input, std::string& out) {
  const Json lines = LinesJson(*input.stats);
  out += fmt::format("Lines: {} read = {} parsed + {} unparsed + {} skipped",
                     lines["read"].get<uint64_t>(), lines["parsed"].get<uint64_t>(),
                     lines["unparsed"].get<uint64_t>(), lines["skipped"].get<uint64_t>());
  if (input.seconds > 0) {
    out += fmt::format("  ({:.0f} lines/s)",
                       static_cast<double>(lines["read"].get<uint64_t>()) / input.seconds);
  }
  out += "\n";
  if (const auto middles = lines["ambiguous_middles"].get<uint64_t>(); middles > 0) {
    out += fmt::format("  parsed, path, status and agent can be read in two ways: {}\n", middles);
  }
  for (const auto& [reason, count] : lines["unparsed_by_reason"].items()) {
    out += fmt::format("  unparsed, {}: {}\n", reason, count.get<uint64_t>());
  }
  for (const auto& [reason, count] : lines["skipped_by_reason"].items()) {
    out += fmt::format("  skipped, {}: {}\n", reason, count.get<uint64_t>());
  }
}

void ServiceText(const ServiceLine& line, std::string& out) {
  const ServiceStats& s = *line.stats;
  out += fmt::format("\n{}\n", Printable(*line.name));
  out += fmt::format("  requests {}  first {}  returning {}  breaks {}  ambiguous {}",
                     s.requests.sum(), s.first, s.returning.sum(), s.breaks.sum(), s.ambiguous);
  if (s.unresolved > 0) out += fmt::format("  unresolved {}", s.unresolved);
  out += fmt::format("\n  break ratio {} (surely above {}; {} if nothing were sticky",
                     Percent(s.total.Ratio()), Percent(s.total.LowerBound()),
                     Percent(s.total.ExpectedRatio()));
  if (const auto index = s.total.Index()) out += fmt::format("; index {:.2f}", *index);
  out += ")\n";
  out += fmt::format("  sessions {}, broken {}\n", s.sessions, s.broken_sessions);
  std::vector<Cause> causes;
  ForEachValue<Cause>([&](Cause cause) {
    if (s.causes[cause] > 0) causes.push_back(cause);
  });
  std::stable_sort(causes.begin(), causes.end(),
                   [&](Cause a, Cause b) { return s.causes[a] > s.causes[b]; });
  for (const Cause cause : causes) {
    out += fmt::format("  {:>8}  {}: {}\n", s.causes[cause], Name(cause), Summary(cause));
    out += fmt::format("            {}\n", Printable(Advice(cause, {*line.name, {}, {}}), 1000));
  }
  for (const auto& [status, count] : s.dead_pins) {
    out += fmt::format("  {:>8}  pinned requests answered with {}: an outage, not a break\n", count,
                       status);
  }
  for (const auto& [name, count] : *line.servers) {
    out += fmt::format("    {:5.1f} %  {}\n",
                       100.0 * static_cast<double>(count) /
                           static_cast<double>(std::max<uint64_t>(s.requests.sum(), 1)),
                       Printable(name));
  }
}

// REQUIRES: no service has a request.
std::string WhyNoNumbers(const PipelineStats& stats) {
  const Json lines = LinesJson(stats);
  const auto read = lines["read"].get<uint64_t>();
  const auto parsed = lines["parsed"].get<uint64_t>();
  if (read == 0) return "No numbers: there is no line in the input.";
  if (parsed > 0) {
    return fmt::format("No numbers: none of the {} requests in the log was sent to a server.",
                       parsed);
  }
  const auto skipped = [&](SkipReason reason) {
    return lines["skipped_by_reason"].value(SkipReasonName(reason), uint64_t{0});
  };
  if (skipped(SkipReason::kOutOfRange) > 0) {
    return "No numbers: all requests in the log are outside --since and --until.";
  }
  if (skipped(SkipReason::kTraefikLog) > 0 && lines["unparsed"].get<uint64_t>() == 0) {
    return "No numbers: this is Traefik's own log, not its access log (accessLog.filePath).";
  }
  return fmt::format(
      "No numbers: none of the {} lines can be used as Traefik's access log; see above.", read);
}

// What all records lack. Some without a server are on all days: redirects, 401, 404.
template <class Add>
void RemarkOnRecords(const SourceStats& source, const Add& add) {
  const bool many = source.parsed >= kRecordsThatTell;
  if (source.with_server == 0 && (many || source.answered_without_server >= kAnswersThatTell)) {
    add("unnamed", fmt::format("none of the {} requests names a server: keep ServiceURL "
                               "(accessLog.fields.names.ServiceURL=keep)",
                               source.parsed));
  }
  if (source.with_count == 0 && many) {
    add("uncounted", fmt::format("none of the {} requests has a RequestCount: missing lines cannot "
                                 "be noticed, and CLF cannot tell the order within a second "
                                 "(accessLog.fields.names.RequestCount=keep)",
                                 source.parsed));
  }
}

void RemarkOnClients(const PipelineStats& stats, std::vector<Remark>& remarks) {
  for (const auto& [service, s] : stats.services) {
    if (s.top_break_share.value_or(0) <= kMost || s.breaks.sum() < kBreaksThatTell ||
        s.sessions < kSessionsThatTell) {
      continue;
    }
    const std::string name = Printable(service);
    remarks.push_back({name + ": top client",
                       fmt::format("{}: {:.0f} % of the breaks come from one address: a proxy that "
                                   "hides its clients (--proxy.trusted), or one client",
                                   name, *s.top_break_share * 100)});
  }
  if (stats.refused.sum() == 0) return;
  std::string text;
  ForEachValue<Limit>([&](Limit limit) {
    if (stats.refused[limit] == 0) return;
    text += fmt::format("{}{} for more {}", text.empty() ? "" : ", ", stats.refused[limit],
                        Name(limit));
  });
  remarks.push_back({"limited", "requests with more than one address may have: " + text +
                                    " (stickyd_client_limited_requests_total)"});
}

}  // namespace

std::vector<Remark> Remarks(const PipelineStats& stats) {
  std::vector<Remark> remarks;
  for (const SourceStats& source : stats.sources) {
    const std::string name = Printable(source.name);
    const auto add = [&](const char* topic, const std::string& text) {
      remarks.push_back({name + ": " + topic, name + ": " + text});
    };
    if (source.sequences.missing > 0) {
      add("missing", fmt::format("{} requests never appeared (accessLog.filters, or lines were "
                                 "lost): ratios are biased",
                                 source.sequences.missing));
    }
    for (size_t i = 0; i < source.unparsed.size(); ++i) {
      const char* reason = UnparsedReasonName(static_cast<UnparsedReason>(i));
      const char* advice = UnparsedReasonAdvice(static_cast<UnparsedReason>(i));
      if (source.unparsed[i] > 0 && advice[0] != '\0') {
        add(reason, fmt::format("{} lines {}: {}", source.unparsed[i], reason, advice));
      }
    }
    if (source.dropped != 0) {
      const std::string names = DroppedFieldNames(source.dropped);
      add(("dropped " + names).c_str(), fmt::format("the log lacks {}", names));
    }
    RemarkOnRecords(source, add);
  }
  if (stats.clock_steps > 0) {
    remarks.push_back(
        {"clock",
         fmt::format("the log's clock went back {} times; {} sessions were forgotten for it",
                     stats.clock_steps, stats.sessions.evicted_clock)});
  }
  RemarkOnClients(stats, remarks);
  if (stats.sessions.evicted_full > 0) {
    remarks.push_back(
        {"full", fmt::format("{} sessions were forgotten for want of room (--max-sessions)",
                             stats.sessions.evicted_full)});
  }
  return remarks;
}

std::string TextReport(const ReportInput& input) {
  std::string out;
  for (const std::string& problem : input.problems)
    out += "Problem: " + Printable(problem, 1000) + "\n";
  LinesText(input, out);
  for (const Remark& remark : Remarks(*input.stats)) out += "Note: " + remark.text + "\n";
  uint64_t restarts = 0;
  for (const SourceStats& source : input.stats->sources) restarts += source.sequences.restarts;
  if (restarts > 0) out += fmt::format("Traefik restarted {} times.\n", restarts);
  for (const ChangeBook::Dated& change : input.changes) {
    out +=
        fmt::format("Configuration changed between {} and {}: {}.\n", FormatRfc3339(change.after),
                    FormatRfc3339(change.by), Printable(change.text, 2000));
  }
  for (const ServiceLine& line : Services(*input.stats)) ServiceText(line, out);
  const auto& services = input.stats->services;
  if (std::all_of(services.begin(), services.end(),
                  [](const auto& service) { return service.second.requests.sum() == 0; }))
    out += "\n" + WhyNoNumbers(*input.stats) + "\n";
  return out;
}

std::string JsonReport(const ReportInput& input) {
  const PipelineStats& stats = *input.stats;
  Json services = Json::array();
  for (const ServiceLine& line : Services(stats)) {
    if (line.stats->requests.sum() > 0) services.push_back(ServiceJson(line));
  }
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
                 {"remarks", remarks},
                 {"configuration_changes", changes},
                 {"services", services},
                 {"bytes", input.bytes},
                 {"seconds", input.seconds}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stickyd
