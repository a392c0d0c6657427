// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "paint.h"
#include "parts.h"
#include "stickyd/expose/advice.h"
#include "stickyd/expose/report/remarks.h"
#include "stickyd/expose/report/report.h"
#include "stickyd/expose/report/trust.h"

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

void ExampleText(const CauseExample& example, std::string& out) {
  out += fmt::format("            for example line {}{}, {}: from {} to {}\n", example.line,
                     example.file.empty() ? "" : " of " + Printable(example.file),
                     FormatRfc3339(example.time), Printable(example.from), Printable(example.to));
  if (!example.command.empty()) {
    out += fmt::format("            why: {}\n", Printable(example.command, 2000));
  }
}

void CausesText(const ReportInput& input, const ServiceLine& line, std::string& out) {
  const ServiceStats& s = *line.stats;
  const MissingEvidence lacks = MissingIn(*input.stats);
  std::vector<Cause> causes;
  ForEachValue<Cause>([&](Cause cause) {
    if (s.causes[cause] > 0) causes.push_back(cause);
  });
  std::stable_sort(causes.begin(), causes.end(),
                   [&](Cause a, Cause b) { return s.causes[a] > s.causes[b]; });
  if (!causes.empty()) out += "  breaks by cause:\n";
  for (const Cause cause : causes) {
    out += fmt::format("  {:>8}  {}: {}\n", s.causes[cause], Name(cause), Summary(cause));
    out += fmt::format("            {}\n",
                       Printable(Advice(cause, {*line.name, {}, {}, lacks}), 1000));
    for (const CauseExample& example : input.examples) {
      if (example.cause == cause && example.service == *line.name) ExampleText(example, out);
    }
  }
}

void ServiceText(const ReportInput& input, const ServiceLine& line, const Paint& paint,
                 std::string& out) {
  const ServiceStats& s = *line.stats;
  out += "\n" + paint.Bold(Printable(*line.name)) + "\n";
  out +=
      fmt::format("  requests: {}, of which first {}, returning {}, ambiguous {}, unresolved {}\n",
                  s.requests.sum(), s.first, s.returning.sum(), s.ambiguous, s.unresolved);
  const std::string ratio =
      fmt::format("{} = {} of returning", s.breaks.sum(), Percent(s.total.Ratio()));
  out += fmt::format("  breaks: {} (surely above {}; {} if nothing were sticky",
                     StandingOf(s.total) == Standing::kBad ? paint.Red(ratio) : ratio,
                     Percent(s.total.LowerBound()), Percent(s.total.ExpectedRatio()));
  if (const auto index = s.total.Index()) out += fmt::format("; index {:.2f}", *index);
  out += ")\n";
  if (StandingOf(s.total) == Standing::kUnknown) {
    out += fmt::format("  {}: the log settles {} of the requests that came back\n",
                       paint.Yellow("unknown, not good"), Percent(s.total.SettledRatio()));
  }
  out += fmt::format("  sessions: {}, of which broken {}\n", s.sessions, s.broken_sessions);
  CausesText(input, line, out);
  if (!s.dead_pins.empty())
    out += "  returning requests answered by a failing server, by status:\n";
  for (const auto& [status, count] : s.dead_pins) {
    out += fmt::format("  {:>8}  {}: an outage, not a break\n", count, status);
  }
  if (!line.servers->empty()) out += "  requests by server:\n";
  for (const auto& [name, count] : *line.servers) {
    out += fmt::format("    {:5.1f} %  {}\n",
                       100.0 * static_cast<double>(count) /
                           static_cast<double>(std::max<uint64_t>(s.requests.sum(), 1)),
                       Printable(name));
  }
}

constexpr std::string_view kWords =
    "  request: one that Traefik sent to a server; the others are in no number here\n"
    "  first: of a session that had no server yet; returning: of one that had\n"
    "  break: a returning request that landed on another server; their ratio: of returning ones\n"
    "  ambiguous, unresolved: the log cannot tell, or no longer; in no ratio\n"
    "  surely above: the lower end of the ratio's 95 % interval; few requests tell little\n"
    "  index: the ratio / the ratio if nothing were sticky; 0 is sticky, 1 is random\n"
    "  session: one client of a service, until it is silent for long (--idle)\n";

const char* LabelOf(const Refusal& refusal) {
  const std::string_view reason = refusal.reason;
  if (reason == "unparsed" || reason == "newest_first" || reason.starts_with("client")) {
    return "Not to be trusted";
  }
  return reason == "unsettled" ? "Unknown" : "No numbers";
}

}  // namespace

std::string TextReport(const ReportInput& input) {
  const Paint paint(input.color);
  std::string out;
  if (input.interrupted) {
    out += paint.Red("Interrupted:") + " this report is of a part of the input.\n";
  }
  if (!input.problems.empty()) {
    out += fmt::format("{} {} on standard error: this report lacks what they name.\n",
                       paint.Red("Problems:"), input.problems.size());
  }
  LinesText(input, out);
  for (const Remark& remark : Remarks(*input.stats)) {
    out += paint.Yellow("Note:") + " " + remark.text + "\n";
  }
  uint64_t restarts = 0;
  for (const SourceStats& source : input.stats->sources) restarts += source.sequences.restarts;
  if (restarts > 0) out += fmt::format("Traefik restarted {} times.\n", restarts);
  for (const ChangeBook::Dated& change : input.changes) {
    out +=
        fmt::format("Configuration changed between {} and {}: {}.\n", FormatRfc3339(change.after),
                    FormatRfc3339(change.by), Printable(change.text, 2000));
  }
  const std::vector<ServiceLine> services = ServicesWorstFirst(*input.stats);
  for (const ServiceLine& line : services) ServiceText(input, line, paint, out);
  if (!services.empty()) {
    out += "\n" + paint.Bold("What the words mean") + "\n" + std::string(kWords);
  }
  for (const Refusal& refusal : Refusals(*input.stats)) {
    out += fmt::format("\n{}: {}\n", paint.Yellow(LabelOf(refusal)), refusal.text);
  }
  return out;
}

}  // namespace stickyd
