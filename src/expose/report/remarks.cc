// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/report/remarks.h"

#include <fmt/format.h>

#include "input_remarks.h"
#include "service_remarks.h"
#include "stickyd/base/text.h"
#include "stickyd/model/log_fields.h"

namespace stickyd {
namespace {

// So many that lack something are no chance; and so many that a server answered, without its name.
constexpr uint64_t kRecordsThatTell = 100;
constexpr uint64_t kAnswersThatTell = 20;
// One address that makes most of so many breaks of so many sessions is worth a word.
constexpr uint64_t kBreaksThatTell = 50;
constexpr uint64_t kSessionsThatTell = 20;
constexpr double kMost = 0.5;
// So many requests an option may wait for one that it is for, while the log goes on.
constexpr uint64_t kRecordsToMeet = 10'000;

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

// Of so many breaks without a cause it is worth asking Traefik.
void RemarkOnCauses(const PipelineStats& stats, std::vector<Remark>& remarks) {
  constexpr uint64_t kUnknownThatTell = 20;
  if (stats.has_config) return;
  uint64_t unknown = 0;
  uint64_t all = 0;
  for (const auto& item : stats.services) {
    unknown += item.second.causes[Cause::kUnknown];
    all += item.second.causes.sum();
  }
  if (unknown < kUnknownThatTell) return;
  remarks.push_back(
      {"no API",
       fmt::format("{} of {} breaks have no cause that the log alone tells. Traefik's API tells "
                   "more: watch --traefik.url http://127.0.0.1:8080, analyze --traefik.snapshot",
                   unknown, all)});
}

// A name that the log does not have does nothing, whatever it was given for.
void RemarkOnOptions(const PipelineStats& stats, std::vector<Remark>& remarks) {
  if (stats.records == 0 || (!stats.finished && stats.records < kRecordsToMeet)) return;
  unsigned fields = 0;
  for (const SourceStats& source : stats.sources) fields |= source.fields;
  for (const std::string& option : stats.idle_options) {
    const bool no_cookies =
        option.starts_with("--session cookie:") && (fields & (kLogsCookie | kLogsSetCookie)) == 0;
    remarks.push_back(
        {option, fmt::format("{} does nothing: {}", Printable(option),
                             no_cookies ? "the log has no cookies (accessLog.format=json, "
                                          "accessLog.fields.headers.names.Cookie=keep)"
                                        : fmt::format("none of the {} requests in the log has "
                                                      "what it names",
                                                      stats.records))});
  }
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
    if (source.IsBackwards()) {
      add("backwards",
          "the newest line comes first, so that nobody comes back: turn it round (tac)");
    }
    for (size_t i = 0; i < source.unparsed.size(); ++i) {
      const char* reason = UnparsedReasonName(static_cast<UnparsedReason>(i));
      const char* advice = UnparsedReasonAdvice(static_cast<UnparsedReason>(i));
      if (source.unparsed[i] > 0 && advice[0] != '\0') {
        add(reason, fmt::format("{} lines {}: {}", source.unparsed[i], reason, advice));
      }
    }
    const uint64_t again = source.skipped[static_cast<size_t>(SkipReason::kDuplicate)];
    if (again > 0) {
      add("duplicate", fmt::format("{} lines came again (a shipper delivers twice, or a file was "
                                   "read twice): each request counts once",
                                   again));
    }
    if (source.dropped != 0) {
      const std::string names = DroppedFieldNames(source.dropped);
      add(("dropped " + names).c_str(), fmt::format("the log lacks {}", names));
    }
    RemarkOnRecords(source, add);
    RemarkOnClientsOf(source, add);
  }
  if (stats.clock_steps > 0) {
    remarks.push_back(
        {"clock",
         fmt::format("the log's clock went back {} times; {} sessions were forgotten for it",
                     stats.clock_steps, stats.sessions.evicted_clock)});
  }
  RemarkOnClients(stats, remarks);
  RemarkOnServices(stats, remarks);
  RemarkOnCauses(stats, remarks);
  RemarkOnOptions(stats, remarks);
  if (stats.sessions.evicted_full > 0) {
    remarks.push_back(
        {"full", fmt::format("{} sessions were forgotten for want of room (--max-sessions)",
                             stats.sessions.evicted_full)});
  }
  return remarks;
}

}  // namespace stickyd
