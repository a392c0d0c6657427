// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "explainer.h"
#include "stickyd/expose/sinks/verdict_writer.h"

namespace stickyd {
namespace {

using Json = nlohmann::ordered_json;

class JsonExplainer : public Explainer {
 public:
  using Explainer::Explainer;

  void OnNoRecord(uint32_t file, uint64_t line, LineFate fate) override {
    Json json = Place(file, line);
    json["record"] = false;
    json["fate"] = KindName(fate);
    json["reason"] = ReasonName(fate);
    json["why"] = WhyNoRecord(fate);
    json["advice"] = stickyd::AdviceOn(fate);
    Push(std::move(json));
  }

  void OnNotJudged(const Outcome& outcome) override {
    Json json = Head(outcome);
    json["verdict"] = Name(outcome.judgement.verdict);
    if (outcome.judgement.verdict == Verdict::kExcluded) json["excluded"] = Name(outcome.excluded);
    Push(std::move(json));
  }

  void OnJudged(const Inspection& at) override {
    const Observation& seen = at.seen;
    const Judgement& judgement = at.ruling.judgement;
    Json json = Head(at.outcome);
    json["learnt"] = {{"from", FormatRfc3339(seen.learnt.low)},
                      {"to", FormatRfc3339(seen.learnt.high)}};
    json["session"] = SessionName(at.outcome.session);
    json["by_identity"] = seen.identity != 0;
    json["proxied"] = seen.proxied;
    json["cookie"] = CookieWords(seen);
    json["sets_cookie"] = seen.set_cookie.sticky;
    json["memories"] = Json::array();
    Memory("session", at.memories.identity, at, json["memories"]);
    Memory("client", at.memories.client, at, json["memories"]);
    Memory("connection", at.memories.connection, at, json["memories"]);
    json["verdict"] = Name(judgement.verdict);
    json["evidence"] = Name(judgement.evidence);
    json["pin"] = judgement.pin == ServerId::kNone ? Json() : Json(Server(judgement.pin));
    json["held_back"] = at.ruling.hold_back;
    json["state"] = judgement.state == StickyState::kUnknown ? Json() : Json(Name(judgement.state));
    json["hints"] = Hints(at);
    Push(std::move(json));
  }

  void OnClosed(const Outcome& outcome, const std::vector<RowTrace>& rows) override {
    Json closed = {{"verdict", Name(outcome.judgement.verdict)}};
    if (outcome.judgement.verdict != Verdict::kBreak) {
      closed["because"] = WhyNoBreak(outcome.judgement);
    } else {
      closed["cause"] = Name(outcome.cause);
      closed["because"] = outcome.because;
      closed["change"] = outcome.change.empty() ? Json() : Json(outcome.change);
      closed["advice"] = AdviceOn(outcome);
      closed["tried"] = Json::array();
      for (const RowTrace& row : rows) {
        closed["tried"].push_back({{"cause", Name(row.cause)},
                                   {"answer", row.answer != Answer::kNo},
                                   {"because", row.because}});
      }
    }
    const Json place = Place(outcome.file, outcome.line);
    for (Json& json : all_) {
      if (json["file"] == place["file"] && json["line"] == place["line"]) json["closed"] = closed;
    }
  }

  void Finish() override {
    fmt::print("{}\n",
               Json{{"explanations", all_}}.dump(2, ' ', false, Json::error_handler_t::replace));
  }

 private:
  Json Place(uint32_t file, uint64_t line) const { return {{"file", File(file)}, {"line", line}}; }
  Json Head(const Outcome& outcome) const {
    Json json = Place(outcome.file, outcome.line);
    json["record"] = true;
    json["time"] = FormatRfc3339(outcome.start);
    json["service"] = Service(outcome);
    json["scope"] = Scope(outcome);
    json["server"] = Server(outcome.server);
    return json;
  }
  void Memory(const char* of, const SessionMemory* memory, const Inspection& at, Json& all) const {
    if (memory == nullptr) return;
    Json runs = Json::array();
    for (size_t i = 0; i < memory->history.size; ++i) {
      const Run& run = memory->history.runs[i];
      runs.push_back({{"server", Server(run.server)},
                      {"first_by", FormatRfc3339(NearTime(run.high_first, at.seen.start.low))},
                      {"last_by", FormatRfc3339(NearTime(run.high_last, at.seen.start.low))}});
    }
    const Pins pins =
        PossiblePins(memory->history, at.seen.start, {at.seen.sequence, at.seen.count});
    Json possible = Json::array();
    for (size_t i = 0; i < pins.size; ++i) {
      possible.push_back({{"server", Server(pins.list[i].server)}, {"sure", pins.list[i].sure}});
    }
    all.push_back({{"of", of},
                   {"learnt", runs},
                   {"possible_pins", possible},
                   {"perhaps_none", pins.none != Pins::Possible::kNo},
                   {"perhaps_forgotten", pins.unknown}});
  }
  void Push(Json json) {
    found_ = true;
    all_.push_back(std::move(json));
  }

  Json all_ = Json::array();
};

}  // namespace

std::unique_ptr<Explainer> MakeJsonExplainer(ExplainTarget target) {
  return std::make_unique<JsonExplainer>(std::move(target));
}

}  // namespace stickyd
