// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/sinks/event_writer.h"

#include <nlohmann/json.hpp>

#include "stickyd/expose/advice.h"
#include "stickyd/model/log_fields.h"

namespace stickyd {

void EventWriter::OnRecord(const Outcome& /*outcome*/, bool /*open*/) {}  // a break is open first

void EventWriter::OnClosed(const Outcome& o) {
  if (o.judgement.verdict != Verdict::kBreak) return;
  Budget& budget = budgets_[o.service];
  const int64_t minute =
      std::chrono::floor<std::chrono::minutes>(o.start.time_since_epoch()).count();
  if (minute != budget.minute) {
    budget.minute = minute;
    budget.used = 0;
  }
  if (budget.used >= per_minute_) {
    ++budget.left_out;
    ++suppressed_;
    return;
  }
  ++budget.used;
  const std::string& service = names_.services->Name(o.service);
  const std::string& from = names_.servers->Name(o.judgement.pin);
  const std::string& to = names_.servers->Name(o.server);
  nlohmann::ordered_json json;
  json["time"] = FormatRfc3339(o.start);
  json["event"] = "sticky_break";
  json["service"] = service;
  json["from"] = from;
  json["to"] = to;
  json["cause"] = Name(o.cause);
  json["evidence"] = Name(o.judgement.evidence);
  if (o.session != 0) json["session"] = SessionName(o.session);
  if (o.has_request_count) json["request_count"] = o.request_count;
  if (!o.because.empty()) json["because"] = o.because;
  std::string advice =
      Advice(o.cause, {service, from, to, {kAllLogFields & ~o.log_fields, !o.has_config}});
  if (!o.change.empty()) {
    json["change"] = o.change;
    advice += " Changed around that time: " + std::string(o.change) + ".";
  }
  json["advice"] = advice;
  if (budget.left_out > 0) json["left_out"] = budget.left_out;
  budget.left_out = 0;
  // How that went is told by Flush, once a round.
  (void)out_.Write(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                   "\n");
}

Status EventWriter::Finish() {
  if (auto flushed = Flush(); !flushed) return flushed;
  const uint64_t lost = failed() + dropped();
  if (lost == 0) return {};
  return Fail(ErrorCode::kIo, std::to_string(lost) + " break events could not be written");
}

}  // namespace stickyd
