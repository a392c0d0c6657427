// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/sinks/verdict_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace stickyd {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string SessionName(uint64_t session) { return fmt::format("{:016x}", session); }

void VerdictWriter::OnRecord(const Outcome& outcome, bool open) {
  waiting_.push_back({outcome, open});
  while (!waiting_.empty() && (!waiting_.front().open || waiting_.size() > kMostWaiting))
    WriteFront();
}

void VerdictWriter::OnClosed(const Outcome& outcome) {
  if (waiting_.empty() || outcome.id < waiting_.front().outcome.id) return;
  Waiting& waiting = waiting_[outcome.id - waiting_.front().outcome.id];
  waiting = {outcome, false};
  while (!waiting_.empty() && !waiting_.front().open) WriteFront();
}

Status VerdictWriter::Finish() {
  while (!waiting_.empty()) WriteFront();
  if (auto flushed = out_.Flush(); !flushed && status_) status_ = flushed;
  return status_;
}

void VerdictWriter::WriteFront() {
  const Outcome& o = waiting_.front().outcome;
  const Judgement& j = o.judgement;
  Json json;
  json["line"] = o.line;
  json["file"] = o.file < names_.files->size() ? (*names_.files)[o.file] : "";
  json["time"] = FormatRfc3339(o.start);
  if (o.service != ServiceId::kNone) json["service"] = names_.services->Name(o.service);
  if (o.scope != ScopeId::kNone) json["scope"] = names_.scopes->Name(o.scope);
  if (o.server != ServerId::kNone) json["server"] = names_.servers->Name(o.server);
  if (o.session != 0) json["session"] = SessionName(o.session);
  json["verdict"] = Name(j.verdict);
  if (j.verdict == Verdict::kExcluded) {
    json["excluded"] = Name(o.excluded);
  } else if (j.verdict != Verdict::kNoServer) {
    json["evidence"] = Name(j.evidence);
  }
  if (j.pin != ServerId::kNone) json["pin"] = names_.servers->Name(j.pin);
  if (j.verdict == Verdict::kBreak) {
    json["cause"] = Name(o.cause);
    if (!o.because.empty()) json["because"] = o.because;
    if (!o.change.empty()) json["change"] = o.change;
  }
  if (j.state != StickyState::kUnknown) json["state"] = Name(j.state);
  if (o.has_request_count) json["request_count"] = o.request_count;
  if (auto written = out_.Write(Dump(json)); !written && status_) status_ = written;
  waiting_.pop_front();
}

}  // namespace stickyd
