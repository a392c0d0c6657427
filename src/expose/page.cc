#include "page.h"

#include <fmt/format.h>

#include <algorithm>

#include "stickyd/base/text.h"
#include "stickyd/expose/advice.h"
#include "stickyd/expose/report.h"

namespace stickyd {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; }
h1 { font-size: 1.25rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .35rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
td.text { text-align: left; white-space: normal; min-width: 14rem; }
.bad { color: #c02020; font-weight: 600; } .good { color: #1a7f37; }
footer { margin-top: 2rem; opacity: .75; }
)";

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : Printable(text, 300)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string Percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}&nbsp;%", *value * 100) : "–";
}

// Alarming is what is surely above one in a hundred, with enough requests to say so.
bool IsBad(const RatioCounts& counts) {
  return counts.returning >= 20 && counts.LowerBound() > 0.01;
}

std::optional<Cause> TopCause(const ServiceStats& stats) {
  std::optional<Cause> top;
  ForEachValue<Cause>([&](Cause cause) {
    if (stats.causes[cause] > (top ? stats.causes[*top] : 0)) top = cause;
  });
  return top;
}

void ServiceRow(const PipelineStats& stats, size_t i, std::string& out) {
  const auto& [name, service] = stats.services[i];
  const RecentRatios& recent = stats.recent[i];
  const auto index = recent.hour.Index();
  const double rate = static_cast<double>(recent.requests_5m) / 300.0;
  out += fmt::format(
      "<tr><td>{}</td><td>{:.1f}</td><td class=\"{}\">{}</td><td class=\"{}\">{}</td><td>{}</td>"
      "<td>{}</td><td>{}</td><td>{} / {}</td>",
      Escape(name), rate, IsBad(recent.five_minutes) ? "bad" : "good",
      Percent(recent.five_minutes.Ratio()), IsBad(recent.hour) ? "bad" : "good",
      Percent(recent.hour.Ratio()), Percent(recent.hour.ExpectedRatio()),
      index ? fmt::format("{:.2f}", *index) : "–", service.breaks.sum(), service.broken_sessions,
      service.sessions);
  const auto top = TopCause(service);
  out += fmt::format("<td class=\"text\">{}</td></tr>\n",
                     top ? fmt::format("{}: {}", Name(*top), Escape(Summary(*top))) : "");
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
  const double age = status.made_seconds - Seconds(lines.last_event.time_since_epoch());
  out += fmt::format(
      "<tr><td>{}</td><td class=\"{}\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
      "<td>{}</td><td>{}</td><td class=\"text\">{}</td></tr>\n",
      Escape(source.name), source.up ? "good" : "bad", source.up ? "up" : "down", lines.lines,
      lines.parsed, unparsed, skipped, source.lag_bytes,
      lines.parsed > 0 ? fmt::format("{:.0f}&nbsp;s", std::max(0.0, age)) : "–", problems);
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
      "<th>break ratio, 5 min</th><th>1 h</th><th>if nothing were sticky</th><th>index</th>"
      "<th>breaks</th><th>broken / sessions</th><th>top cause</th></tr>\n";
  for (size_t i = 0; i < status.pipeline.services.size(); ++i) ServiceRow(status.pipeline, i, out);
  out += "</table></div>\n";
  if (status.pipeline.services.empty()) out += "<p>No request has been seen yet.</p>\n";
  out +=
      "<h2>Sources</h2><div class=\"scroll\"><table><tr><th>source</th><th></th><th>lines</th>"
      "<th>parsed</th><th>unparsed</th><th>skipped</th><th>bytes behind</th><th>last event ago</th>"
      "<th>problem</th></tr>\n";
  for (const SourceStatus& source : status.sources) SourceRow(status, source, out);
  out += "</table></div>\n";
  const auto remarks = Remarks(status.pipeline);
  if (!remarks.empty()) {
    out += "<h2>Notes</h2><ul>\n";
    for (const std::string& remark : remarks) out += fmt::format("<li>{}</li>\n", Escape(remark));
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
