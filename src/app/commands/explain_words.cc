// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "explainer.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/advice.h"
#include "stickyd/expose/sinks/verdict_writer.h"
#include "stickyd/model/log_fields.h"

namespace stickyd {
namespace {

std::string_view WhyUnparsed(UnparsedReason reason) {
  switch (reason) {
    case UnparsedReason::kNotAccessLog:
      return "it is neither a JSON object with Traefik's fields nor CLF that ends as Traefik ends "
             "it "
             "(count, router, server, duration)";
    case UnparsedReason::kInvalidJson:
      return "it begins like JSON and is none: it was cut, or something else was written into it";
    case UnparsedReason::kInvalidValue:
      return "a field that is needed holds something impossible";
    case UnparsedReason::kInvalidTime:
      return "its time cannot be read, or is far from that of the lines around it";
    case UnparsedReason::kAmbiguousLine:
      return "it can be read in more than one way, because a client sent what looks like Traefik's "
             "own";
    case UnparsedReason::kFragment:
      return "it is the beginning of a line that a user name with a line feed split";
    case UnparsedReason::kForged:
      return "its RequestCount and names do not go on with the lines around it, so that a client "
             "may "
             "have written it";
    case UnparsedReason::kCutLine:
      return "its end is not in the file";
    case UnparsedReason::kGenericClf:
      return "the format genericCLF has no router and no server";
    case UnparsedReason::kForeignClf:
      return "it is a whole line of another web server: it ends behind the size";
    case UnparsedReason::kFieldsDropped:
      return "fields that are needed are not logged";
    case UnparsedReason::kTooLong:
      return "it is longer than --line.max-bytes";
    case UnparsedReason::kBrokenWrapper:
      return "a container runtime's wrapper is around it, and does not hold together";
    default:
      return "";
  }
}

std::string_view WhySkipped(SkipReason reason) {
  switch (reason) {
    case SkipReason::kEmpty:
      return "it is empty";
    case SkipReason::kTraefikLog:
      return "it is of Traefik's own log, not of its access log";
    case SkipReason::kPartial:
      return "it is a piece of a wrapped line; the piece that completes it counts as the line";
    case SkipReason::kOutOfRange:
      return "its request is outside --since and --until";
    default:
      return "";
  }
}

bool IsUnparsed(LineFate fate) { return fate.kind() == LineFate::Kind::kUnparsed; }

}  // namespace

std::string_view WhyNoRecord(LineFate fate) {
  return IsUnparsed(fate) ? WhyUnparsed(fate.unparsed()) : WhySkipped(fate.skipped());
}
std::string_view KindName(LineFate fate) { return IsUnparsed(fate) ? "unparsed" : "skipped"; }
std::string_view ReasonName(LineFate fate) {
  return IsUnparsed(fate) ? UnparsedReasonName(fate.unparsed()) : SkipReasonName(fate.skipped());
}
std::string_view AdviceOn(LineFate fate) {
  return IsUnparsed(fate) ? UnparsedReasonAdvice(fate.unparsed()) : "";
}

bool Explainer::Wants(const Outcome& outcome) const {
  if (target_.line) return WantsLine(outcome.file, outcome.line);
  if (target_.count) return outcome.has_request_count && outcome.request_count == *target_.count;
  return SessionName(outcome.session) == target_.session;
}

std::string Explainer::CookieWords(const Observation& seen) const {
  if (!seen.cookies_logged) return "not logged";
  const CookieSight& cookie = seen.cookie;
  std::string text =
      !cookie.sent         ? "none sent"
      : cookie.redacted    ? "some, redacted"
      : !cookie.sticky     ? "some, none of them sticky"
      : !cookie.leaf_value ? "one that names a child service, none that names a server"
      : !cookie.in_scope   ? "a sticky one that names no server of this scope"
                           : "names " + Printable(Server(cookie.meaning.server)) + " (" +
                               std::string(Name(cookie.meaning.encoding)) + ")";
  if (cookie.differing) text += ", and came twice with different values";
  if (!cookie.upper_honoured) text += ", but a level above the server was not honoured";
  return text;
}

std::string Explainer::AdviceOn(const Outcome& outcome) const {
  return Advice(outcome.cause, {Service(outcome),
                                Server(outcome.judgement.pin),
                                Server(outcome.server),
                                {kAllLogFields & ~outcome.log_fields, !outcome.has_config}});
}

std::string_view Explainer::WhyNoBreak(const Judgement& judgement) {
  if (judgement.verdict == Verdict::kAmbiguous) {
    return "a request in another file may have been answered before it was sent";
  }
  return judgement.evidence == Evidence::kConnection
             ? "the connection that set the pin is still served by it, so this was somebody else"
             : "no request in another file came between";
}
std::vector<std::string> Explainer::Hints(const Inspection& at) {
  std::vector<std::string> hints;
  const Verdict verdict = at.ruling.judgement.verdict;
  const bool open = verdict == Verdict::kAmbiguous || verdict == Verdict::kBreak;
  if (!open) return hints;
  if (at.seen.format == LogFormat::kClf) {
    hints.emplace_back("accessLog.format=json has exact times, hosts, schemes and connections");
  }
  if (!at.seen.cookies_logged) {
    hints.emplace_back(
        "accessLog.fields.headers.names: keep Cookie, Set-Cookie, User-Agent, Sec-Fetch-Site, "
        "Sec-Fetch-Mode");
  }
  if (at.seen.route->leaf() == nullptr)
    hints.emplace_back("--traefik.snapshot (watch: --traefik.url): what Traefik's API says");
  return hints;
}

}  // namespace stickyd
