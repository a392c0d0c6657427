#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "../log_files.h"
#include "../setup.h"
#include "commands.h"
#include "stickyd/app/app.h"
#include "stickyd/app/inspector.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/advice.h"
#include "stickyd/expose/verdict_writer.h"

namespace stickyd {
namespace {

// A tick of a history as time; histories hold the low half only, so it is taken to be near `near`.
EventTime NearTime(Tick tick, EventTime near) {
  return near + EventDuration(tick.Since(Tick(near)));
}

class Explainer : public Inspector {
 public:
  explicit Explainer(const Settings& settings) : settings_(settings) {}
  void SetNames(const Pipeline& pipeline, const std::vector<std::string>& files) {
    pipeline_ = &pipeline;
    files_ = &files;
  }
  bool found() const { return found_; }

  bool Wants(const Outcome& outcome) const override {
    if (settings_.explain_line) return outcome.line == *settings_.explain_line;
    if (settings_.explain_count) {
      return outcome.has_request_count && outcome.request_count == *settings_.explain_count;
    }
    return SessionName(outcome.session) == settings_.explain_session;
  }

  void OnNotJudged(const Outcome& outcome) override {
    Head(outcome);
    fmt::print("Not judged: {}\n", outcome.judgement.verdict == Verdict::kNoServer
                                       ? std::string("no balancer assigned it to a server")
                                       : fmt::format("excluded ({})", Name(outcome.excluded)));
  }

  void OnJudged(const Inspection& at) override {
    Head(at.outcome);
    Who(at);
    Cookies(at);
    Memory("the application's session", at.memories.identity, at);
    Memory("this client", at.memories.client, at);
    Memory("this connection", at.memories.connection, at);
    Verdicts(at);
    for (const std::string& hint : Hints(at)) fmt::print("To know more: {}\n", hint);
  }

  void OnClosed(const Outcome& outcome, const std::vector<RowTrace>& rows) override {
    fmt::print("\nRecord {} of {}, settled: {}", outcome.line, File(outcome),
               Name(outcome.judgement.verdict));
    if (outcome.judgement.verdict != Verdict::kBreak) {
      fmt::print(": {}.\n", WhyNoBreak(outcome.judgement));
      return;
    }
    fmt::print("\nCauses, in the order in which they are tried:\n");
    bool decided = false;
    for (const RowTrace& row : rows) {
      const bool wins = !decided && row.answer == Answer::kYes;
      decided = decided || wins;
      fmt::print("  {} {:<26}{}{}\n", wins ? "->" : "  ", Name(row.cause),
                 row.answer == Answer::kNo ? "no: " : "yes: ", row.because);
    }
    fmt::print("Cause: {}{}{}\n", Name(outcome.cause), outcome.because.empty() ? "" : ": ",
               outcome.because);
    if (!outcome.change.empty()) {
      fmt::print("Changed around that time: {}\n", Printable(outcome.change, 2000));
    }
    fmt::print("Advice: {}\n",
               Printable(Advice(outcome.cause, {Service(outcome), Server(outcome.judgement.pin),
                                                Server(outcome.server)}),
                         1000));
  }

 private:
  static std::string_view WhyNoBreak(const Judgement& judgement) {
    if (judgement.verdict == Verdict::kAmbiguous) {
      return "a request in another file may have been answered before it was sent";
    }
    return judgement.evidence == Evidence::kConnection
               ? "the connection that set the pin is still served by it, so this was somebody else"
               : "no request in another file came between";
  }
  const std::string& Server(ServerId id) const { return pipeline_->servers().Name(id); }
  const std::string& Service(const Outcome& outcome) const {
    return pipeline_->services().Name(outcome.service);
  }
  std::string File(const Outcome& outcome) const {
    return outcome.file < files_->size() ? Printable((*files_)[outcome.file]) : std::string();
  }

  void Head(const Outcome& outcome) {
    fmt::print("{}{}:{}  {}\n", found_ ? "\n" : "", File(outcome), outcome.line,
               FormatRfc3339(outcome.start));
    found_ = true;
    fmt::print("  service {}  scope {}  server {}\n", Printable(Service(outcome)),
               Printable(pipeline_->scopes().Name(outcome.scope)),
               Printable(Server(outcome.server)));
  }

  static void Who(const Inspection& at) {
    const Observation& seen = at.seen;
    fmt::print("  learnt between {} and {}\n", FormatRfc3339(seen.learnt.low),
               FormatRfc3339(seen.learnt.high));
    fmt::print(
        "  who: session {}{}{}{}\n", SessionName(at.outcome.session),
        seen.identity != 0 ? ", by the application's identity" : ", by address and user agent",
        seen.connection != 0
            ? fmt::format(", connection {:08x}", static_cast<uint32_t>(seen.connection))
            : "",
        seen.proxied ? ", through a proxy" : "");
  }

  void Cookies(const Inspection& at) const {
    const Observation& seen = at.seen;
    if (!seen.cookies_logged) {
      fmt::print("  cookies are not logged\n");
      return;
    }
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
    fmt::print("  cookie: {}; response {} a sticky cookie\n", text,
               seen.set_cookie.sticky ? "sets" : "does not set");
  }

  void Memory(const char* whose, const SessionMemory* memory, const Inspection& at) const {
    if (memory == nullptr) return;
    fmt::print("  memory of {}:{}\n", whose, memory->history.size == 0 ? " nothing" : "");
    for (size_t i = 0; i < memory->history.size; ++i) {
      const Run& run = memory->history.runs[i];
      fmt::print("    {}  learnt first by {}, last by {}\n", Printable(Server(run.server)),
                 FormatRfc3339(NearTime(run.high_first, at.seen.start.low)),
                 FormatRfc3339(NearTime(run.high_last, at.seen.start.low)));
    }
    const Pins pins =
        PossiblePins(memory->history, at.seen.start, {at.seen.sequence, at.seen.count});
    std::string possible = pins.none == Pins::Possible::kNo ? "" : "none";
    for (size_t i = 0; i < pins.size; ++i) {
      possible += (possible.empty() ? "" : ", ") + Printable(Server(pins.list[i].server)) +
                  (pins.list[i].sure ? "" : " (perhaps)");
    }
    fmt::print("    possible pins when the request was sent: {}{}\n", possible,
               pins.unknown ? ", and what is forgotten" : "");
  }

  void Verdicts(const Inspection& at) const {
    const Judgement& judgement = at.ruling.judgement;
    fmt::print("Verdict: {}, evidence {}", Name(judgement.verdict), Name(judgement.evidence));
    if (judgement.pin != ServerId::kNone) fmt::print(", pin {}", Printable(Server(judgement.pin)));
    if (at.ruling.hold_back)
      fmt::print("; held back until the connection that set the pin speaks again");
    if (judgement.state != StickyState::kUnknown)
      fmt::print(" (cookie: {})", Name(judgement.state));
    fmt::print("\n");
  }

  static std::vector<std::string> Hints(const Inspection& at) {
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
      hints.emplace_back("--traefik.snapshot: what Traefik's API says");
    return hints;
  }

  const Settings& settings_;
  const Pipeline* pipeline_ = nullptr;
  const std::vector<std::string>* files_ = nullptr;
  bool found_ = false;
};

}  // namespace

int RunExplain(const Settings& settings) {
  const int asked = (settings.explain_line ? 1 : 0) + (settings.explain_count ? 1 : 0) +
                    (settings.explain_session.empty() ? 0 : 1);
  if (settings.files.empty() || asked != 1) {
    fmt::print(stderr, "stickyd explain: one of --line, --count or --id, and a file\n");
    return kExitUsage;
  }
  Explainer explainer(settings);
  auto setup = SetUpPipeline(settings, nullptr);
  if (!setup) {
    Complain("explain", setup.error().message);
    return setup.error().code == ErrorCode::kInvalidInput ? kExitConfig : kExitFound;
  }
  Pipeline& pipeline = *setup->pipeline;
  pipeline.SetInspector(&explainer);
  LogFiles files(RealFileSystem(), settings.files, settings.pipeline.max_line_bytes, pipeline);
  explainer.SetNames(pipeline, files.paths());
  while (files.Step(8192)) {
  }
  pipeline.Finish();
  for (const std::string& problem : files.problems()) Complain("explain", problem);
  if (!explainer.found() && (files.problems().empty() || files.bytes_read() > 0)) {
    fmt::print(
        stderr, "stickyd explain: no such record{}\n",
        settings.explain_session.empty() ? "" : "; hashes of sessions need the same --state-dir");
  }
  return explainer.found() && files.problems().empty() ? kExitFine : kExitFound;
}

}  // namespace stickyd
