// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/report/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "stickyd/base/text.h"
#include "stickyd/model/log_fields.h"

namespace stickyd {
namespace {

using Weight = Refusal::Weight;

// So few requests say nothing, either way.
constexpr uint64_t kReturningThatTell = 20;
constexpr uint64_t kClientsThatTell = 10;
constexpr double kTolerable = 0.01;

struct Lines {
  uint64_t read = 0;
  uint64_t parsed = 0;
  std::array<uint64_t, static_cast<size_t>(UnparsedReason::kCount)> unparsed{};
  std::array<uint64_t, static_cast<size_t>(SkipReason::kCount)> skipped{};

  explicit Lines(const PipelineStats& stats) {
    for (const SourceStats& source : stats.sources) {
      read += source.lines;
      parsed += source.parsed;
      for (size_t i = 0; i < unparsed.size(); ++i) unparsed[i] += source.unparsed[i];
      for (size_t i = 0; i < skipped.size(); ++i) skipped[i] += source.skipped[i];
    }
  }
  uint64_t Skipped(SkipReason reason) const { return skipped[static_cast<size_t>(reason)]; }
  uint64_t AllUnparsed() const {
    return std::accumulate(unparsed.begin(), unparsed.end(), uint64_t{0});
  }
  // Those that may have been Traefik's: another web server's lines are its own.
  uint64_t Lost() const {
    return AllUnparsed() - unparsed[static_cast<size_t>(UnparsedReason::kForeignClf)];
  }
  UnparsedReason Mostly() const {
    const auto most = std::max_element(unparsed.begin(), unparsed.end());
    return static_cast<UnparsedReason>(most - unparsed.begin());
  }
};

std::string WithAdvice(UnparsedReason reason) {
  const char* advice = UnparsedReasonAdvice(reason);
  return std::string(UnparsedReasonName(reason)) +
         (advice[0] == '\0' ? "" : std::string(": ") + advice);
}

// Advice may be a question.
std::string Ended(std::string sentence) {
  if (!sentence.ends_with('?') && !sentence.ends_with('.')) sentence += '.';
  return sentence;
}

std::optional<Refusal> NothingParsed(const Lines& lines) {
  if (lines.parsed > 0) return std::nullopt;
  if (lines.read == 0) {
    return Refusal{"no_lines", "There is no line in the input.", Weight::kNoNumbers};
  }
  if (lines.AllUnparsed() == 0 && lines.Skipped(SkipReason::kOutOfRange) > 0) {
    return Refusal{"out_of_range", "All requests in the log are outside --since and --until.",
                   Weight::kNoNumbers};
  }
  if (lines.AllUnparsed() == 0 && lines.Skipped(SkipReason::kTraefikLog) > 0) {
    return Refusal{"traefik_log",
                   "This is Traefik's own log, not its access log: give the file that "
                   "accessLog.filePath names."};
  }
  if (lines.AllUnparsed() == 0) {
    return Refusal{"no_lines", "There is no line with text in the input.", Weight::kNoNumbers};
  }
  return Refusal{"nothing_parsed",
                 Ended(fmt::format("None of the {} lines is one of Traefik's access log, mostly {}",
                                   lines.read, WithAdvice(lines.Mostly())))};
}

std::optional<Refusal> TooMuchLost(const Lines& lines) {
  const uint64_t lost = lines.Lost();
  if (lines.parsed == 0 || lost * 10 <= lost + lines.parsed) return std::nullopt;
  return Refusal{
      "unparsed",
      Ended(fmt::format("{} of {} lines gave no record, mostly {}", lost, lost + lines.parsed,
                        WithAdvice(lines.Mostly()))) +
          " What they say is in no number; `stickyd explain FILE:LINE` says why a line gave none."};
}

// "12 by --exclude.path (leave it out to keep them), 3 as stickyd's own probes (...)".
std::string WhatExcludes(const Tally<ExcludeReason>& excluded) {
  static constexpr std::array<const char*, kCountOf<ExcludeReason>> kWhat = {
      "",
      "as preflights of browsers, which have no cookies (no option keeps those)",
      "as stickyd's own probes (no option keeps those; `stickyd probe` says what they show)",
      "by --exclude.path (leave it out to keep them)",
      "by --exclude.user-agent (leave it out to keep them)",
      "by --exclude.client (leave it out to keep them)",
      "by --exclude.service (leave it out to keep them)"};
  std::string text;
  ForEachValue<ExcludeReason>([&](ExcludeReason reason) {
    if (excluded[reason] == 0) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", excluded[reason],
                        kWhat[static_cast<size_t>(reason)]);
  });
  return text;
}

std::optional<Refusal> NothingAssigned(const PipelineStats& stats, const Lines& lines) {
  const auto has_requests = [](const auto& service) { return service.second.requests.sum() > 0; };
  if (lines.parsed == 0 ||
      std::any_of(stats.services.begin(), stats.services.end(), has_requests)) {
    return std::nullopt;
  }
  if (stats.excluded.sum() > 0) {
    return Refusal{"all_excluded",
                   fmt::format("None of the {} requests in the log is judged. Those that were sent "
                               "to a server are excluded: {}.",
                               lines.parsed, WhatExcludes(stats.excluded)),
                   Weight::kNoNumbers};
  }
  return Refusal{"no_server",
                 fmt::format("None of the {} requests in the log was sent to a server, as far as "
                             "it says (accessLog.fields.names.ServiceURL=keep).",
                             lines.parsed),
                 Weight::kNoNumbers};
}

std::optional<Refusal> Backwards(const SourceStats& source) {
  if (!source.IsBackwards()) return std::nullopt;
  return Refusal{
      "newest_first",
      fmt::format("{} has its newest line first, so that nobody comes back in it: turn it "
                  "round (tac FILE | stickyd analyze -).",
                  Printable(source.name))};
}

// Sessions by address are most of what was judged, and the addresses are none, or lists that may
// end in a proxy's.
std::optional<Refusal> ClientsUnusable(const PipelineStats& stats, const SourceStats& source) {
  uint64_t all = 0;
  uint64_t by_address = 0;
  for (const auto& [name, service] : stats.services) {
    all += service.requests.sum();
    by_address += service.requests[Evidence::kClient];
  }
  if (source.of_clients < kClientsThatTell || by_address * 2 <= all) return std::nullopt;
  if (source.odd_clients * 4 > source.of_clients) {
    return Refusal{
        "clients",
        fmt::format("{}: the client of {} of {} requests is no address, and nothing else "
                    "tells sessions apart. Is a prefix or a proxy in the way of "
                    "ClientHost?",
                    Printable(source.name), source.odd_clients, source.of_clients)};
  }
  if (source.client_lists * 4 > source.of_clients) {
    return Refusal{"client_lists",
                   fmt::format("{}: the client of {} of {} requests is a list of addresses, and no "
                               "proxy is trusted: whose each is, is a guess. Name the proxies in "
                               "front of Traefik (--proxy.trusted NETWORK).",
                               Printable(source.name), source.client_lists, source.of_clients),
                   Weight::kNoNumbers};
  }
  return std::nullopt;
}

bool IsEnough(const RatioCounts& counts) {
  return counts.returning + counts.unsettled >= kReturningThatTell;
}

}  // namespace

std::vector<Refusal> Refusals(const PipelineStats& stats) {
  const Lines lines(stats);
  std::vector<Refusal> refusals;
  const auto add = [&](std::optional<Refusal> refusal) {
    if (refusal) refusals.push_back(std::move(*refusal));
  };
  add(NothingParsed(lines));
  add(TooMuchLost(lines));
  add(NothingAssigned(stats, lines));
  for (const SourceStats& source : stats.sources) {
    add(Backwards(source));
    add(ClientsUnusable(stats, source));
  }
  for (const auto& [name, service] : stats.services) {
    if (StandingOf(service.total) != Standing::kUnknown || !IsEnough(service.total)) continue;
    refusals.push_back(
        {"unsettled", UnknownText(Printable(name), service.total, stats), Weight::kNoNumbers});
  }
  return refusals;
}

Standing StandingOf(const RatioCounts& counts) {
  const auto settled = counts.SettledRatio();
  if (!settled) return Standing::kNone;
  if (counts.returning >= kReturningThatTell && counts.LowerBound() > kTolerable) {
    return Standing::kBad;
  }
  return *settled * 3 < 2 ? Standing::kUnknown : Standing::kGood;
}

std::string_view Name(Standing standing) {
  switch (standing) {
    case Standing::kGood:
      return "good";
    case Standing::kBad:
      return "bad";
    case Standing::kUnknown:
      return "unknown";
    case Standing::kNone:
      break;
  }
  return "none";
}

std::string UnknownText(std::string_view name, const RatioCounts& counts,
                        const PipelineStats& stats) {
  if (counts.guessed * 2 > counts.returning) {
    return fmt::format(
        "{}: {} of {} requests that came back came over connections of a proxy that Traefik was "
        "not "
        "told to trust, so that whose they are is a guess: let Traefik take the client's address "
        "from "
        "it (entryPoints.NAME.forwardedHeaders.trustedIPs, or proxyProtocol.trustedIPs).",
        name, counts.guessed, counts.returning + counts.unsettled);
  }
  std::string text =
      fmt::format("{}: of {} requests that came back the log settles only {}: unknown, not good",
                  name, counts.returning + counts.unsettled, counts.returning);
  const unsigned lacks = MissingIn(stats).fields;
  if ((lacks & kLogsJson) != 0) {
    text += "; JSON would settle it (accessLog.format=json, with the Cookie header kept).";
  } else if ((lacks & kLogsCookie) != 0) {
    text += "; cookies would settle it (accessLog.fields.headers.names.Cookie=keep).";
  } else {
    text += "; `stickyd explain` shows what the log leaves open.";
  }
  return text;
}

MissingEvidence MissingIn(const PipelineStats& stats) {
  unsigned lacks = 0;
  for (const SourceStats& source : stats.sources) {
    if (source.parsed > 0) lacks |= kAllLogFields & ~source.fields;
  }
  return {lacks, !stats.has_config};
}

}  // namespace stickyd
