#include "stickyd/expose/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "report_parts.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/advice.h"
#include "stickyd/expose/remarks.h"

namespace stickyd {
namespace {

std::string Percent(const std::optional<double>& ratio) {
  return ratio ? fmt::format("{:.2f} %", *ratio * 100) : "-";
}

void LinesText(const ReportInput& input, std::string& out) {
  const OrderedJson lines = LinesJson(*input.stats);
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
  const OrderedJson lines = LinesJson(stats);
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

}  // namespace

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
  for (const ServiceLine& line : ServicesWorstFirst(*input.stats)) ServiceText(line, out);
  const auto& services = input.stats->services;
  if (std::all_of(services.begin(), services.end(),
                  [](const auto& service) { return service.second.requests.sum() == 0; }))
    out += "\n" + WhyNoNumbers(*input.stats) + "\n";
  return out;
}

}  // namespace stickyd
