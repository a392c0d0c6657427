// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "stickyd/base/text.h"
#include "stickyd/expose/advice.h"
#include "stickyd/expose/report/remarks.h"
#include "stickyd/expose/report/trust.h"

namespace stickyd {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 96rem; padding: 1rem; }
h1 { font-size: 1.25rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .35rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
td.text, th.text { text-align: left; white-space: normal; min-width: 14rem; }
th { vertical-align: bottom; white-space: normal; } td { vertical-align: top; }
.bad { color: #c02020; font-weight: 600; } .good { color: #1a7f37; } .unknown { color: #9a6700; }
@media (max-width: 45rem) {
  table, tbody, tr, td, td.text { display: block; min-width: 0; } th { display: none; }
  tr { border: 1px solid #8884; border-radius: .4rem; margin-bottom: .8rem; }
  tr:first-child { border: 0; margin: 0; }
  td { border: 0; display: flex; justify-content: space-between; overflow-wrap: anywhere; white-space: normal; }
  td::before { content: attr(data-label); opacity: .7; margin-right: 1rem; }
  td:first-child { font-weight: 600; } td.text:empty, td.text::before { display: none; }
}
footer { margin-top: 2rem; opacity: .75; }
)";

std::string Escape(std::string_view text) { return InMarkup(Printable(text, 300)); }

std::string PercentHtml(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}&nbsp;%", *value * 100) : "–";
}

std::string_view StyleOf(const RatioCounts& counts) {
  const Standing standing = StandingOf(counts);
  return standing == Standing::kNone ? "" : Name(standing);
}

std::optional<Cause> TopCause(const ServiceStats& stats) {
  std::optional<Cause> top;
  ForEachValue<Cause>([&](Cause cause) {
    if (stats.causes[cause] > (top ? stats.causes[*top] : 0)) top = cause;
  });
  return top;
}

// Below a certain width a row is a card, and each cell says what it is.
class Row {
 public:
  explicit Row(std::string& out) : out_(out) { out_ += "<tr>"; }
  ~Row() { out_ += "</tr>\n"; }
  Row(const Row&) = delete;
  Row& operator=(const Row&) = delete;

  Row& Cell(const char* label, const std::string& html, std::string_view style = "") {
    out_ += fmt::format("<td data-label=\"{}\" class=\"{}\">{}</td>", label, style, html);
    return *this;
  }

 private:
  std::string& out_;
};

// The cause's page, where it can be reached from here.
std::string CauseLink(Cause cause, const std::string& pages) {
  if (pages.empty()) return std::string(Name(cause));
  return fmt::format("<a href=\"{}\">{}</a>", Escape(CausePageAddress(cause, pages)), Name(cause));
}

std::string Why(const DaemonStatus& status, size_t i) {
  const auto& [name, service] = status.pipeline.services[i];
  const RatioCounts& hour = status.pipeline.recent[i].hour;
  std::string text;
  if (StandingOf(hour) == Standing::kUnknown) {
    text = "<b>unknown</b>: " + Escape(UnknownText(name, hour, status.pipeline)) + " ";
  }
  const auto top = TopCause(service);
  if (!top) return text;
  return text + fmt::format("<b>{}</b>: {}. {}", CauseLink(*top, status.cause_pages),
                            Escape(Summary(*top)),
                            Escape(Advice(*top, {name, {}, {}, MissingIn(status.pipeline)})));
}

void ServiceRow(const DaemonStatus& status, size_t i, std::string& out) {
  const PipelineStats& stats = status.pipeline;
  const auto& [name, service] = stats.services[i];
  const RecentRatios& recent = stats.recent[i];
  const auto index = recent.hour.Index();
  Row(out)
      .Cell("service", Escape(name))
      .Cell("requests/s", fmt::format("{:.1f}", static_cast<double>(recent.requests_5m) / 300.0))
      .Cell("breaks, 5 min", PercentHtml(recent.five_minutes.Ratio()), StyleOf(recent.five_minutes))
      .Cell("breaks, 1 h", PercentHtml(recent.hour.Ratio()), StyleOf(recent.hour))
      .Cell("settled, 1 h", PercentHtml(recent.hour.SettledRatio()), StyleOf(recent.hour))
      .Cell("if not sticky", PercentHtml(recent.hour.ExpectedRatio()))
      .Cell("index", index ? fmt::format("{:.2f}", *index) : "–")
      .Cell("breaks", fmt::format("{}", service.breaks.sum()))
      .Cell("broken sessions", fmt::format("{} of {}", service.broken_sessions, service.sessions))
      .Cell("mostly because", Why(status, i), "text");
}

// Worst first: by how much is surely broken.
std::vector<size_t> WorstFirst(const PipelineStats& stats) {
  std::vector<size_t> order(stats.services.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return stats.recent[a].hour.LowerBound() > stats.recent[b].hour.LowerBound();
  });
  return order;
}

void SourceRow(const DaemonStatus& status, const SourceStatus& source, std::string& out) {
  SourceStats lines;
  for (const SourceStats& part : status.pipeline.sources) {
    if (part.name == source.name) lines.Add(part);
  }
  uint64_t unparsed = 0;
  uint64_t skipped = 0;
  for (const uint64_t count : lines.unparsed) unparsed += count;
  for (const uint64_t count : lines.skipped) skipped += count;
  std::string problems;
  for (const std::string& problem : source.problems) problems += Escape(problem) + " ";
  const bool readable = lines.IsReadable();
  const char* state = !source.up ? "down" : readable ? "up" : "not understood";
  const double age = status.made_seconds - Seconds(lines.last_event.time_since_epoch());
  Row(out)
      .Cell("source", Escape(source.name))
      .Cell("state", state, source.up && readable ? "good" : "bad")
      .Cell("lines", fmt::format("{}", lines.lines))
      .Cell("unparsed", fmt::format("{}", unparsed), unparsed > 0 ? "bad" : "")
      .Cell("skipped", fmt::format("{}", skipped))
      .Cell("bytes behind", fmt::format("{}", source.lag_bytes))
      .Cell("last event ago",
            lines.parsed > 0 ? fmt::format("{:.0f}&nbsp;s", std::max(0.0, age)) : "–")
      .Cell("problem", problems, "text");
}

// Whom the configuration is asked of, if anybody.
void TraefikTable(const DaemonStatus& status, std::string& out) {
  if (status.traefiks.empty()) return;
  out +=
      "<h2>Traefik</h2><div class=\"scroll\"><table><tr><th>API</th><th>state</th>"
      "<th>version</th><th>last answer ago</th><th>failures</th><th class=\"text\">problem</th>"
      "</tr>\n";
  for (const TraefikStatus& traefik : status.traefiks) {
    const double age = status.made_seconds - traefik.last_success_seconds;
    const char* state = traefik.up ? "up" : traefik.asked ? "down" : "not asked yet";
    Row(out)
        .Cell("API", Escape(traefik.url))
        .Cell("state", state,
              traefik.up      ? "good"
              : traefik.asked ? "bad"
                              : "")
        .Cell("version", Escape(traefik.version))
        .Cell("last answer ago", traefik.last_success_seconds > 0
                                     ? fmt::format("{:.0f}&nbsp;s", std::max(0.0, age))
                                     : "–")
        .Cell("failures", fmt::format("{}", std::accumulate(traefik.failures.begin(),
                                                            traefik.failures.end(), uint64_t{0})))
        .Cell("problem", Escape(traefik.message), "text");
  }
  out += "</table></div>\n";
}

std::string_view StyleOf(const ProbeStatus& probe) {
  if (probe.last_run_seconds == 0) return "";
  if (probe.verdict == ProbeVerdict::kBroken) return "bad";
  return probe.success ? "good" : "unknown";
}

// What the last runs of scheduled probes found, if there are any.
void ProbeTable(const DaemonStatus& status, std::string& out) {
  if (status.probes.empty()) return;
  out +=
      "<h2>Probes</h2><div class=\"scroll\"><table><tr><th>target</th><th>verdict</th>"
      "<th>cause</th><th>last run ago</th><th>took</th><th>runs</th><th>broken</th>"
      "<th class=\"text\">why, and what to do</th></tr>\n";
  for (const ProbeStatus& probe : status.probes) {
    const bool ran = probe.last_run_seconds > 0;
    const double age = status.made_seconds - probe.last_run_seconds;
    std::string text = Escape(probe.url);
    if (!probe.why.empty()) text += ": " + Escape(probe.why) + ".";
    if (!probe.fix.empty()) text += " " + Escape(probe.fix);
    Row(out)
        .Cell("target", Escape(probe.target))
        .Cell("verdict", ran ? std::string(Name(probe.verdict)) : "not run yet", StyleOf(probe))
        .Cell("cause", probe.cause ? CauseLink(*probe.cause, status.cause_pages) : "–")
        .Cell("last run ago", ran ? fmt::format("{:.0f}&nbsp;s", std::max(0.0, age)) : "–")
        .Cell("took", ran ? fmt::format("{:.1f}&nbsp;s", probe.duration_seconds) : "–")
        .Cell("runs", fmt::format("{}", probe.runs.sum()))
        .Cell("broken", fmt::format("{}", probe.runs[ProbeVerdict::kBroken]))
        .Cell("why, and what to do", text, "text");
  }
  out += "</table></div>\n";
}

// What the audit has found, from warnings on; the command tells the rest.
void FindingList(const DaemonStatus& status, std::string& out) {
  constexpr size_t kMostShown = 50;
  if (status.findings == nullptr) return;
  size_t shown = 0;
  for (const Finding& finding : *status.findings) {
    if (finding.level == FindingLevel::kInfo || shown == kMostShown) break;
    if (shown++ == 0) out += "<h2>Audit</h2><ul>\n";
    out += fmt::format("<li><b>{}</b> {}: {}</li>\n", Name(finding.level), finding.rule->id,
                       Escape(finding.text));
  }
  if (shown > 0) out += "</ul>\n";
}

}  // namespace

std::string StatusPage(const DaemonStatus& status, const std::string& telemetry_path) {
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><meta http-equiv=\"refresh\" "
      "content=\"5\">"
      "<title>stickyd</title><style>{}</style></head><body>\n<h1>stickyd</h1>\n",
      kStyle);
  out +=
      "<h2>Services</h2><div class=\"scroll\"><table><tr><th>service</th><th>requests/s</th>"
      "<th>breaks, 5 min</th><th>breaks, 1 h</th><th>settled, 1 h</th><th>if not "
      "sticky</th><th>index</th>"
      "<th>breaks</th><th>broken sessions</th><th class=\"text\">mostly because</th></tr>\n";
  for (const size_t i : WorstFirst(status.pipeline)) ServiceRow(status, i, out);
  out += "</table></div>\n";
  if (status.pipeline.services.empty()) out += "<p>No request has been seen yet.</p>\n";
  out +=
      "<h2>Sources</h2><div class=\"scroll\"><table><tr><th>source</th><th>state</th><th>lines</th>"
      "<th>unparsed</th><th>skipped</th><th>bytes behind</th><th>last event ago</th>"
      "<th class=\"text\">problem</th></tr>\n";
  for (const SourceStatus& source : status.sources) SourceRow(status, source, out);
  out += "</table></div>\n";
  TraefikTable(status, out);
  ProbeTable(status, out);
  FindingList(status, out);
  const auto remarks = Remarks(status.pipeline);
  if (!remarks.empty()) {
    out += "<h2>Notes</h2><ul>\n";
    for (const Remark& remark : remarks) out += fmt::format("<li>{}</li>\n", Escape(remark.text));
    out += "</ul>\n";
  }
  out += fmt::format(
      "<footer>{} sessions remembered of {} at most. <a href=\"{}\">metrics</a> · "
      "<a href=\"/-/healthy\">health</a> · version {}</footer></body></html>\n",
      status.pipeline.sessions.entries, status.pipeline.sessions.limit, Escape(telemetry_path),
      Escape(status.version));
  return out;
}

}  // namespace stickyd
