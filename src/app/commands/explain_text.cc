// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "explainer.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/sinks/verdict_writer.h"

namespace stickyd {
namespace {

class TextExplainer : public Explainer {
 public:
  using Explainer::Explainer;

  void OnNoRecord(uint32_t file, uint64_t line, LineFate fate) override {
    const std::string_view why = WhyNoRecord(fate);
    const std::string_view advice = stickyd::AdviceOn(fate);
    fmt::print("{}{}:{}  no record\n  {}, {}{}{}\n", found_ ? "\n" : "", Printable(File(file)),
               line, KindName(fate), ReasonName(fate), why.empty() ? "" : ": ", why);
    if (!advice.empty()) fmt::print("  What to do: {}\n", advice);
    found_ = true;
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
    fmt::print("\nRecord {} of {}, closed: {}", outcome.line, Printable(File(outcome.file)),
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
    fmt::print("Advice: {}\n", Printable(AdviceOn(outcome), 1000));
  }

 private:
  void Head(const Outcome& outcome) {
    fmt::print("{}{}:{}  {}\n", found_ ? "\n" : "", Printable(File(outcome.file)), outcome.line,
               FormatRfc3339(outcome.start));
    found_ = true;
    fmt::print("  service {}  scope {}  server {}\n", Printable(Service(outcome)),
               Printable(Scope(outcome)), Printable(Server(outcome.server)));
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
    fmt::print("  cookie: {}; response {} a sticky cookie\n", CookieWords(seen),
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
    if (at.ruling.hold_back) {
      fmt::print("; held back{}", at.ruling.fresh
                                      ? " until the connection that set the pin speaks again"
                                      : ": is the address one person's, or a proxy's?");
    }
    if (judgement.state != StickyState::kUnknown)
      fmt::print(" (cookie: {})", Name(judgement.state));
    fmt::print("\n");
  }
};

}  // namespace

std::unique_ptr<Explainer> MakeTextExplainer(ExplainTarget target) {
  return std::make_unique<TextExplainer>(std::move(target));
}

}  // namespace stickyd
