// SPDX-License-Identifier: Apache-2.0
#include "stickyd/engine/pipeline.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "case_maker.h"
#include "lane_table.h"
#include "log_clock.h"
#include "memory_tables.h"
#include "open_verdicts.h"
#include "option_use.h"
#include "peer_check.h"
#include "record_outcome.h"
#include "service_counts.h"
#include "stickyd/diagnose/fact_book.h"
#include "stickyd/diagnose/judge.h"
#include "stickyd/engine/inspector.h"
#include "stickyd/model/log_fields.h"
#include "stickyd/model/owned_record.h"
#include "stickyd/model/rule.h"

namespace stickyd {
class Pipeline::Impl {
 public:
  Impl(const PipelineOptions& options, OutcomeSink* sink, std::unique_ptr<Interpreter> interpreter,
       std::unique_ptr<Identifier> identifier)
      : options_(options),
        sink_(sink),
        interpreter_(std::move(interpreter)),
        identifier_(std::move(identifier)),
        tables_(options.sessions, {options.max_connections, std::chrono::minutes(5)}),
        facts_(options.sessions.idle),
        option_use_(std::make_unique<OptionUse>(options)),
        open_(options.causes,
              {interpreter_->configs(), facts_, services_, tables_.sessions(), sink}) {}

  LaneId AddLane(const std::string& source) {
    LaneIntake& lane = lanes_.Add(source, [this] {
      return std::make_unique<LaneIntake>(options_.max_line_bytes, identifier_->extra_fields(),
                                          *interpreter_, sequence_ids_);
    });
    lane.sampled = options_.identifier.trusted_proxies.empty();
    lane.inspector = inspector_;
    return lane.id;
  }
  void DropLane(LaneId lane) {
    if (leap_ && leap_->lane == lane) EndLeap(false);
    lanes_.Drop(lane);
  }

  void Expect(LaneId id, std::span<const ParsedLine> lines) {
    lanes_[id].ahead.Fill(lines, ahead_parts(), ahead_generation());
  }
  const std::vector<std::string>& extra_fields() const { return identifier_->extra_fields(); }

  // `line`: parsed ahead or not.
  template <class AnyLine>
  Pipeline::Prepared Prepare(LaneId id, uint32_t file, const AnyLine& line) {
    LaneIntake& lane = lanes_[id];
    lanes_.SetEnded(lane, false);
    lane.Take(line, file,
              [this](const AccessRecord& record) { return options_.InRange(record.start.low); });
    return Announce(lane);
  }

  Pipeline::Prepared Drained(LaneId id, Pipeline::End end) {
    const bool ended = end == Pipeline::End::kForGood;
    if (ended) lanes_.SetEnded(lanes_[id], true);
    lanes_[id].Drained(ended ? ForgeryGuard::End::kForGood : ForgeryGuard::End::kForNow);
    return Announce(lanes_[id]);
  }

  Pipeline::Prepared Next(LaneId id) { return Next(lanes_[id]); }
  void Commit(LaneId id) {
    LaneIntake& lane = lanes_[id];
    const LaneIntake::Front front = lane.front();
    if (front.record == nullptr) return;
    const AccessRecord& record = *front.record;
    const EventTime end = record.end();
    if (leap_) EndLeap(end >= leap_->owned.record->end() - LogClock::kFar);
    if (records_ > 0 && clock_.IsFarAhead(end)) {
      leap_.emplace(Leap{id, {OwnedRecord(record), front.place}});
    } else {
      lane.CountParsed(record);
      Process(lane, record, front.place);
    }
    lane.Pop();
    Announce(lane);
  }

  // The next one has come: did the log go on later, or were just this record's times wrong?
  void EndLeap(bool goes_on) {
    const Leap leap = std::move(*leap_);
    leap_.reset();
    LaneIntake& lane = lanes_[leap.lane];
    if (!goes_on) return lane.CountUnparsed(UnparsedReason::kInvalidTime, leap.owned.place);
    lane.CountParsed(*leap.owned.record);
    Process(lane, *leap.owned.record, leap.owned.place);
  }

  // A record's way, stage by stage.
  void Process(LaneIntake& lane, const AccessRecord& record, const LaneIntake::Place& place) {
    Observation* const ahead = lane.ahead.Take(record, ahead_parts(), ahead_generation());
    Observation& seen = ahead != nullptr ? *ahead : Look(record);
    const bool stepped = Observe(lane, record, place, seen);
    FollowClock(seen, lane, stepped);
    Outcome outcome = OutcomeOf(record, seen, lane, place);
    outcome.id = ++records_;
    if (IsJudged(record, seen, lane, outcome)) {
      Judge(record, seen, lane.id, outcome);
    } else {
      if (sink_ != nullptr) sink_->OnRecord(outcome, false);
      if (inspector_ != nullptr && inspector_->Wants(outcome)) inspector_->OnNotJudged(outcome);
    }
    if (open_.has_heard()) open_.Close(now());
  }

  Observation& Look(const AccessRecord& record) {
    Observation& seen = *std::construct_at(&seen_);
    interpreter_->FindRoute(record, seen);
    identifier_->FindClient(record, seen);
    tables_.FetchHeads(seen);
    facts_.Fetch(seen);
    return seen;
  }

  // What the record says besides. True: the counts tell that the log's clock was set back.
  bool Observe(LaneIntake& lane, const AccessRecord& record, const LaneIntake::Place& place,
               Observation& seen) {
    SequenceTracker& sequence = lane.SequenceOf(place);
    const uint64_t steps = sequence.stats().clock_steps;
    if (record.request_count) {
      ++lane.stats.with_count;
      seen.sequence = sequence.Add(*record.request_count, record.start, record.end());
      seen.process = sequence.process();
    }
    if (&seen == &seen_) tables_.FetchSlots(seen);  // nobody did ahead
    lane.stats.ambiguous_middles += record.middle_ambiguous ? 1 : 0;
    interpreter_->Interpret(record, lane.traits, seen);
    identifier_->Identify(record, is_sticky_name_, seen);
    lane.stats.fields |= LogFieldsOf(record);
    lane.stats.NoteOrder(record.end(), record.format);
    if (!option_use_->done()) option_use_->Note(record, seen, *identifier_);
    // JSON's times are exact; the counts of CLF stand in for them.
    if (record.format == LogFormat::kJson || !Applies(Rule::kCountOrder)) seen.sequence = 0;
    return sequence.stats().clock_steps != steps;
  }

  void SetInspector(Inspector* inspector) {
    inspector_ = inspector;
    lanes_.ForEach([&](LaneIntake& lane) { lane.inspector = inspector; });
    open_.SetInspector(inspector);
  }

  void Advance(EventTime now) {
    if (leap_ && now >= leap_->owned.record->end() - LogClock::kFar) EndLeap(true);
    clock_.Advance(now);
    open_.Close(clock_.now());
    tables_.Expire(clock_.now(), 1024);
  }

  void Finish() {
    lanes_.ForEach([&](LaneIntake& lane) {
      lane.Drained(ForgeryGuard::End::kForGood);
      while (Announce(lane).waits) Commit(lane.id);
    });
    if (leap_) EndLeap(true);
    open_.Finish(now());
    lanes_.ForEach([](LaneIntake& lane) { lane.FinishSequences(); });
    finished_ = true;
  }

  Status Reconfigure(const PipelineOptions& options, const KeyedHash& hash) {
    auto identifier = Identifier::Create(options.identifier, hash);
    if (!identifier) return tl::unexpected(identifier.error());
    // Parsers were told which fields to look for.
    if ((*identifier)->extra_fields() != identifier_->extra_fields()) {
      return Fail(ErrorCode::kUnsupported, "--session: other log fields need a restart");
    }
    if (auto status = interpreter_->Reconfigure(options.interpreter); !status) return status;
    identifier_ = std::move(*identifier);
    ++reconfigured_;
    option_use_ = std::make_unique<OptionUse>(options);
    return {};
  }

  std::vector<ServiceConfigured> Configured() const {
    return ConfiguredServices(interpreter_->configs());
  }
  std::vector<ChangeBook::Dated> Changes() const { return open_.Changes(); }
  EventTime now() const { return clock_.now(); }
  Interpreter& interpreter() { return *interpreter_; }

  PipelineStats Stats(Pipeline::Windows windows) {
    PipelineStats stats;
    stats.sources = lanes_.Stats();
    services_.AddTo(stats,
                    {interpreter_->services(), interpreter_->servers(), tables_.sessions(), now()},
                    windows);
    stats.sessions = tables_.sessions().stats();
    stats.connections = tables_.connections().stats();
    stats.excluded = excluded_;
    stats.refused = tables_.refused();
    stats.no_server = no_server_;
    stats.records = records_;
    stats.open_cases = open_.open_cases();
    stats.decided_early = open_.decided_early();
    stats.clock_steps = clock_.steps();
    interpreter_->AddTo(stats);
    stats.finished = finished_;
    stats.idle_options = option_use_->Idle();
    stats.now = now();
    return stats;
  }

 private:
  Lookahead::Parts ahead_parts() const { return {*interpreter_, *identifier_, tables_, facts_}; }
  uint64_t ahead_generation() const { return interpreter_->route_generation() + reconfigured_; }

  static Pipeline::Prepared Next(const LaneIntake& lane) {
    const AccessRecord* const record = lane.front().record;
    if (record == nullptr) return {};
    return {true, record->end(), record->format == LogFormat::kJson};
  }
  // What waits in the lane now. Verdicts of other lanes may have to wait for it.
  Pipeline::Prepared Announce(const LaneIntake& lane) {
    const Pipeline::Prepared next = Next(lane);
    if (next.waits && !next.exact) open_.NoteClf(lane.id, next.end);
    return next;
  }

  void FollowClock(const Observation& seen, LaneIntake& lane, bool stepped) {
    lane.stats.last_event = std::max(lane.stats.last_event, seen.end);
    if (clock_.Follow(seen.end, stepped, lanes_.open() == 1)) {  // nothing remembered counts
      lane.stats.last_event = now();
      tables_.Clear();
      services_.ClearWindows();
      open_.ForgetOthers();
    }
    open_.Close(now());  // what has waited long enough does not see this record
    tables_.Tick(now());
  }

  bool IsJudged(const AccessRecord& record, const Observation& seen, LaneIntake& lane,
                Outcome& outcome) {
    if (seen.server == ServerId::kNone) {
      ++no_server_;
      lane.stats.answered_without_server += record.origin_answered ? 1 : 0;
      outcome.judgement.verdict = Verdict::kNoServer;
      return false;
    }
    ++lane.stats.with_server;
    if (seen.excluded == ExcludeReason::kNone ||
        (seen.excluded == ExcludeReason::kPreflight && !Applies(Rule::kPreflight))) {
      return true;
    }
    ++excluded_[seen.excluded];
    outcome.judgement.verdict = Verdict::kExcluded;
    return false;
  }

  void Judge(const AccessRecord& record, Observation& seen, LaneId lane, Outcome& outcome) {
    bool new_session = false;
    Memories memories = tables_.Recall(seen, now(), new_session);
    ForgetSharedConnection(facts_, seen, memories);
    Ruling ruling = Weigh(seen, memories);
    break_case_.reset();
    if (NeedsConfirmation(seen, memories, ruling)) {
      const BreakSight sight = interpreter_->Examine(record, seen);
      Confirm(seen, sight, memories, ruling);
      if (RestsOnTheClient(seen, memories, ruling) && !tables_.Admit(seen, Limit::kBreaks, now())) {
        Withhold(ruling);
      }
      if (ruling.judgement.verdict == Verdict::kBreak) {
        const CaseMaker maker{*interpreter_, *identifier_, tables_.sessions(), facts_, now()};
        break_case_.emplace(maker.Make({record, seen, memories, ruling, outcome}, sight));
        ruling.hold_back |= break_case_->awaits_peer;
      }
    }
    JudgeCookie(seen, ruling);
    const bool is_guess = memories.many && ruling.judgement.evidence == Evidence::kClient;
    if (ruling.judgement.verdict == Verdict::kHeld && !is_guess) tables_.Credit(seen, now());
    ruling.judgement.new_session = new_session;
    const bool waits = open_.MustAwaitOthers(ruling.judgement.verdict, seen, now());
    if (ruling.judgement.verdict == Verdict::kBreak && !ruling.hold_back && !waits) {
      MarkBroken(memories.session(ruling.judgement.evidence), ruling.judgement);
    }
    if (inspector_ != nullptr) {
      outcome.judgement = ruling.judgement;
      if (inspector_->Wants(outcome)) {
        inspector_->OnJudged({record, seen, memories, ruling, outcome});
      }
    }
    Learn(seen, ruling, memories);
    tables_.Store(memories, outcome.service);
    facts_.Add(seen, ruling.judgement.verdict != Verdict::kHeld);
    open_.Hear(seen, memories.connection, lane);  // what waited for this connection
    outcome.judgement = ruling.judgement;         // not as soon as it is written: that would stall
    if (sink_ != nullptr) sink_->OnRecord(outcome, break_case_.has_value() || waits);
    services_.NoteBalancers(seen, outcome.service);
    if (outcome.judgement.new_session) ++services_.StatsOf(outcome.service).sessions;
    if (waits) {
      auto waiting = break_case_ ? std::make_unique<BreakCase>(std::move(*break_case_)) : nullptr;
      const bool by_identity = outcome.judgement.evidence == Evidence::kSession;
      open_.AwaitOthers({outcome, by_identity ? seen.identity : seen.client, lane, seen.status,
                         seen.start.high, std::move(waiting)});
    } else if (break_case_) {
      open_.OpenBreak(std::move(*break_case_), outcome, ruling.hold_back, now());
      open_.Close(now());  // it may have come so late that it need not wait
    } else {
      services_.Count(outcome, seen.status);
    }
  }

  struct Leap {  // a record that waits for the next one, with its text
    LaneId lane;
    LaneIntake::Owned owned;
  };

  const PipelineOptions options_;
  OutcomeSink* const sink_;
  Inspector* inspector_ = nullptr;
  const std::unique_ptr<Interpreter> interpreter_;
  std::unique_ptr<Identifier> identifier_;
  const Identifier::IsStickyName is_sticky_name_ = [this](const Route& route,
                                                          std::string_view name) {
    return interpreter_->IsStickyName(route, name);
  };
  SequenceIds sequence_ids_;
  LaneTable lanes_;
  MemoryTables tables_;
  FactBook facts_;
  ServiceCounts services_{options_.internal_services};
  std::unique_ptr<OptionUse> option_use_;
  OpenVerdicts open_;
  Tally<ExcludeReason> excluded_;
  uint64_t no_server_ = 0;
  uint64_t records_ = 0;
  uint64_t reconfigured_ = 0;
  bool finished_ = false;
  std::optional<Leap> leap_;
  LogClock clock_;
  // Scratch: reused for every record.
  Observation seen_;
  std::optional<BreakCase> break_case_;
};

Pipeline::Pipeline(std::unique_ptr<Impl> impl, const KeyedHash& hash)
    : hash_(hash), impl_(std::move(impl)) {}
Pipeline::~Pipeline() = default;

Result<std::unique_ptr<Pipeline>> Pipeline::Create(const PipelineOptions& options,
                                                   const KeyedHash& hash, OutcomeSink* sink) {
  auto interpreter = Interpreter::Create(options.interpreter, hash);
  if (!interpreter) return tl::unexpected(interpreter.error());
  auto identifier = Identifier::Create(options.identifier, hash);
  if (!identifier) return tl::unexpected(identifier.error());
  auto impl =
      std::make_unique<Impl>(options, sink, std::move(*interpreter), std::move(*identifier));
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(impl), hash));
}

void Pipeline::SetInspector(Inspector* inspector) { impl_->SetInspector(inspector); }
LaneId Pipeline::AddLane(const std::string& source) { return impl_->AddLane(source); }
void Pipeline::DropLane(LaneId lane) { impl_->DropLane(lane); }
void Pipeline::AddConfig(std::shared_ptr<const TraefikConfig> config) {
  impl_->interpreter().AddConfig(std::move(config));
}
void Pipeline::ConfirmConfig(EventTime time) { impl_->interpreter().ConfirmConfig(time); }
bool Pipeline::TakeUnknown() { return impl_->interpreter().TakeUnknown(); }
Pipeline::Prepared Pipeline::Prepare(LaneId lane, uint32_t file, const Line& line) {
  return impl_->Prepare(lane, file, line);
}
Pipeline::Prepared Pipeline::Prepare(LaneId lane, uint32_t file, const ParsedLine& line) {
  return impl_->Prepare(lane, file, line);
}
void Pipeline::Expect(LaneId lane, std::span<const ParsedLine> lines) {
  impl_->Expect(lane, lines);
}
const std::vector<std::string>& Pipeline::extra_fields() const { return impl_->extra_fields(); }
Pipeline::Prepared Pipeline::Next(LaneId lane) { return impl_->Next(lane); }
Pipeline::Prepared Pipeline::Drained(LaneId lane, End end) { return impl_->Drained(lane, end); }
void Pipeline::Commit(LaneId lane) { impl_->Commit(lane); }
void Pipeline::Advance(EventTime now) { impl_->Advance(now); }
void Pipeline::Finish() { impl_->Finish(); }
Status Pipeline::Reconfigure(const PipelineOptions& options) {
  return impl_->Reconfigure(options, hash_);
}
std::vector<ServiceConfigured> Pipeline::Configured() const { return impl_->Configured(); }
std::vector<ChangeBook::Dated> Pipeline::Changes() const { return impl_->Changes(); }
EventTime Pipeline::now() const { return impl_->now(); }
PipelineStats Pipeline::Stats(Windows windows) { return impl_->Stats(windows); }
const NameTable<ServerId>& Pipeline::servers() const { return impl_->interpreter().servers(); }
const NameTable<ServiceId>& Pipeline::services() const { return impl_->interpreter().services(); }
const NameTable<ScopeId>& Pipeline::scopes() const { return impl_->interpreter().scopes(); }

}  // namespace stickyd
