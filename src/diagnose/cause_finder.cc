// SPDX-License-Identifier: Apache-2.0
#include "stickyd/diagnose/cause_finder.h"

#include <array>

#include "causes.h"

namespace stickyd {
namespace {

constexpr std::array kRows = std::to_array<Row>({
#define CAUSE(id, name, summary, advice) {Cause::k##id, Rule::k##id, Find##id},
#define NO_CAUSE(id, name, summary, advice)
#include "stickyd/model/causes.inc"
});

Inquiry MakeInquiry(const BreakCase& at, const ScopeFacts& facts, const ConfigHistory& configs,
                    const CauseFinder::Options& options, bool final) {
  Inquiry q{at, facts, configs, options, final, {}, nullptr};
  const Route& route = *at.route;
  if (route.path.empty()) return q;
  const std::string& root = route.path.front()->name;
  if (route.leaf()->FindServer(at.pin_key) != nullptr) {
    q.pin_path = route.path;
  } else {
    for (const ServiceTree::Node& node : route.config->Path(root, "", at.pin_key)) {
      q.pin_path.push_back(node.service);
    }
  }
  for (size_t i = configs.IndexAt(at.seen.start.low); i < configs.size() && q.next == nullptr;
       ++i) {
    const TraefikConfig& config = configs[i];
    if (config.time > at.deadline) break;
    const bool read_afterwards = configs.until(i) > at.seen.start.low;
    if (read_afterwards && config.FindService(root) != nullptr) q.next = &config;
  }
  return q;
}

}  // namespace

bool Inquiry::came_without() const {
  return at.seen.cookies_logged && !at.seen.cookie.leaf_value &&
         !(at.seen.cookie.redacted && at.seen.cookie.sent);
}

bool Inquiry::pin_of_another_service() const {
  const ScopeFacts::Server* pin = facts.Find(at.judgement.pin);
  return !api() && pin != nullptr && pin->service != route().service;
}

CauseFinder::CauseFinder(const Options& options, const ConfigHistory& configs, FactsOf facts)
    : options_(options), configs_(configs), facts_(std::move(facts)) {}

std::optional<CauseFinder::Closed> CauseFinder::Try(const BreakCase& at, bool final) const {
  const Inquiry q = MakeInquiry(at, facts_(at.route->scope), configs_, options_, final);
  for (const Row& row : kRows) {
    if (!Applies(row.rule)) continue;
    const Finding finding = row.find(q);
    if (finding.answer == Answer::kYes) return Closed{at, row.cause, finding.because};
    if (finding.answer == Answer::kNotYet && !final) return std::nullopt;
  }
  return Closed{at, Cause::kUnknown, {}};
}

void CauseFinder::Open(BreakCase break_case, EventTime now, std::vector<Closed>& closed) {
  break_case.deadline = break_case.seen.end + options_.patience;
  break_case.seen.route = break_case.route.get();
  if (auto done = Try(break_case, break_case.deadline <= now)) {
    closed.push_back(std::move(*done));
    return;
  }
  if (cases_.size() >= options_.max_cases) {
    ++closed_early_;
    closed.push_back(*Try(cases_.front(), true));
    cases_.pop_front();
  }
  cases_.push_back(std::move(break_case));
}

void CauseFinder::Advance(EventTime now, std::vector<Closed>& closed) {
  while (!cases_.empty() && cases_.front().deadline <= now) {
    closed.push_back(*Try(cases_.front(), true));
    cases_.pop_front();
  }
}

void CauseFinder::Finish(std::vector<Closed>& closed) {
  for (const BreakCase& at : cases_) closed.push_back(*Try(at, true));
  cases_.clear();
}

std::vector<RowTrace> CauseFinder::Trace(const BreakCase& at) const {
  const Inquiry q = MakeInquiry(at, facts_(at.route->scope), configs_, options_, true);
  std::vector<RowTrace> rows;
  for (const Row& row : kRows) {
    const Finding finding = row.find(q);
    rows.push_back({row.cause, finding.answer, finding.because});
  }
  return rows;
}

}  // namespace stickyd
