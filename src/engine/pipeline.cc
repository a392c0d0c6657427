// SPDX-License-Identifier: Apache-2.0
#include "stickyd/engine/pipeline.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "case_maker.h"
#include "memory_tables.h"
#include "open_verdicts.h"
#include "option_use.h"
#include "record_outcome.h"
#include "service_book.h"
#include "source_intake.h"
#include "stickyd/diagnose/fact_book.h"
#include "stickyd/diagnose/judge.h"
#include "stickyd/engine/inspector.h"
#include "stickyd/model/log_fields.h"
#include "stickyd/model/owned_record.h"
#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

// So many records in a row that lie far behind mean that the clock was set back, not that they
// were late.
constexpr int kRecordsToBelieveAStep = 64;
constexpr EventDuration kFar = std::chrono::minutes(5);
// With more, the numbers of their sequences would come round while they are in use.
constexpr size_t kMostOrderedSources = 8;

// A record that waits for the next one, with its text.
struct Leap {
  SourceId source;
  SourceIntake::Owned owned;
};

}  // namespace

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

  SourceId AddSource(const std::string& name) {
    sources_.push_back(std::make_unique<SourceIntake>(
        options_.max_line_bytes, identifier_->extra_fields(), *interpreter_, sequence_ids_));
    sources_.back()->stats.name = name;
    sources_.back()->sampled = options_.identifier.trusted_proxies.empty();
    sources_.back()->inspector = inspector_;
    ++open_sources_;
    return sources_.back()->id = SourceId{static_cast<uint16_t>(sources_.size() - 1)};
  }

  void AddConfig(std::shared_ptr<const TraefikConfig> config) {
    interpreter_->AddConfig(std::move(config));
  }

  Pipeline::Prepared Prepare(SourceId id, uint32_t file, const Line& line) {
    SourceIntake& source = Source(id);
    if (std::exchange(source.ended, false)) ++open_sources_;
    source.Take(line, file, [this](const AccessRecord& record) { return InRange(record); });
    return Next(id);
  }

  Pipeline::Prepared Drained(SourceId id, Pipeline::End end) {
    SourceIntake& source = Source(id);
    if (end == Pipeline::End::kForGood && !std::exchange(source.ended, true)) --open_sources_;
    source.Drained(end == Pipeline::End::kForGood ? ForgeryGuard::End::kForGood
                                                  : ForgeryGuard::End::kForNow);
    return Next(source);
  }

  Pipeline::Prepared Next(SourceId id) { return Next(Source(id)); }

  void Commit(SourceId id) {
    SourceIntake& source = Source(id);
    const SourceIntake::Front front = source.front();
    if (front.record == nullptr) return;
    const AccessRecord& record = *front.record;
    const EventTime end = record.end();
    if (leap_) SettleLeap(end >= leap_->owned.record->end() - kFar);
    if (records_ > 0 && end > now_ + kFar) {
      leap_.emplace(Leap{id, {OwnedRecord(record), front.place}});
    } else {
      source.CountParsed(record);
      Decide(source, record, front.place);
    }
    source.Pop();
  }

  // Now that the next one has come: was it the log that went on later, or just this record's times?
  void SettleLeap(bool goes_on) {
    const Leap leap = std::move(*leap_);
    leap_.reset();
    SourceIntake& source = Source(leap.source);
    if (!goes_on) return source.CountUnparsed(UnparsedReason::kInvalidTime, leap.owned.place);
    source.CountParsed(*leap.owned.record);
    Decide(source, *leap.owned.record, leap.owned.place);
  }

  void Decide(SourceIntake& source, const AccessRecord& record, const SourceIntake::Place& place) {
    Observation seen;
    interpreter_->FindRoute(record, seen);
    identifier_->FindClient(record, seen);
    tables_.FetchHeads(seen);
    facts_.Fetch(seen);
    SequenceTracker& sequence = source.SequenceOf(place);
    const uint64_t steps = sequence.stats().clock_steps;
    if (record.request_count) {
      ++source.stats.with_count;
      seen.sequence = sequence.Add(*record.request_count, record.start, record.end());
    }
    const bool stepped = sequence.stats().clock_steps != steps;
    tables_.FetchSlots(seen);
    source.stats.ambiguous_middles += record.middle_ambiguous ? 1 : 0;
    interpreter_->Interpret(record, source.traits, seen);
    identifier_->Identify(record, is_sticky_name_, seen);
    source.stats.fields |= LogFieldsOf(record);
    source.stats.NoteOrder(record.end(), record.format);
    if (!option_use_->done()) option_use_->Note(record, seen, *identifier_);
    // JSON's times are exact; the counts of CLF stand in for them.
    const bool ordered = record.format == LogFormat::kClf && open_sources_ <= kMostOrderedSources;
    if (!ordered || !Applies(Rule::kCountOrder)) seen.sequence = 0;
    FollowClock(seen, source, stepped);
    Outcome outcome = OutcomeOf(record, seen, source, place);
    outcome.id = ++records_;
    if (Judged(record, seen, source, outcome)) {
      Judge(record, seen, source.id, outcome);
    } else {
      if (sink_ != nullptr) sink_->OnRecord(outcome, false);
      if (inspector_ != nullptr && inspector_->Wants(outcome)) inspector_->OnNotJudged(outcome);
    }
    if (open_.has_heard()) open_.Settle(now_);
  }

  void SetInspector(Inspector* inspector) {
    inspector_ = inspector;
    for (const auto& source : sources_) source->inspector = inspector;
    open_.SetInspector(inspector);
  }

  void Advance(EventTime now) {
    if (leap_ && now >= leap_->owned.record->end() - kFar) SettleLeap(true);
    if (now > now_) now_ = now;
    open_.Settle(now_);
    tables_.Expire(now_, 1024);
  }

  void Finish() {
    for (const auto& source : sources_) {
      source->Drained(ForgeryGuard::End::kForGood);
      while (Next(*source).waits) Commit(source->id);
    }
    if (leap_) SettleLeap(true);
    open_.Finish(now_);
    for (const auto& source : sources_) source->FinishSequences();
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
    option_use_ = std::make_unique<OptionUse>(options);
    return {};
  }

  std::vector<ServiceConfigured> Configured() const {
    const ConfigHistory& configs = interpreter_->configs();
    if (configs.empty()) return {};
    return ConfiguredServices(configs[configs.size() - 1]);
  }

  std::vector<ChangeBook::Dated> Changes() const { return open_.Changes(); }
  EventTime now() const { return now_; }
  Interpreter& interpreter() { return *interpreter_; }

  PipelineStats Stats(Pipeline::Windows windows) {
    PipelineStats stats;
    for (const auto& source : sources_) {
      stats.sources.push_back(source->stats);
      stats.sources.back().sequences = source->SequencesOfAll();
    }
    services_.AddTo(stats,
                    {interpreter_->services(), interpreter_->servers(), tables_.sessions(), now_},
                    windows);
    stats.sessions = tables_.sessions().stats();
    stats.connections = tables_.connections().stats();
    stats.excluded = excluded_;
    stats.refused = tables_.refused();
    stats.no_server = no_server_;
    stats.records = records_;
    stats.open_cases = open_.open_cases();
    stats.decided_early = open_.decided_early();
    stats.clock_steps = clock_steps_;
    stats.services_overflowed = interpreter_->services().overflows();
    stats.has_config = !interpreter_->configs().empty();
    stats.finished = finished_;
    stats.idle_options = option_use_->Idle();
    stats.now = now_;
    return stats;
  }

 private:
  SourceIntake& Source(SourceId id) { return *sources_[static_cast<size_t>(id)]; }

  Pipeline::Prepared Next(SourceIntake& source) {
    const AccessRecord* const record = source.front().record;
    if (record == nullptr) return {};
    const bool is_json = record->format == LogFormat::kJson;
    if (!is_json) open_.NoteClf(source.id, record->end());
    return {true, record->end(), is_json};
  }

  bool InRange(const AccessRecord& record) const {
    return !(options_.since && record.start.low < *options_.since) &&
           !(options_.until && record.start.low >= *options_.until);
  }

  // The event clock follows the ends of requests. Far ahead it goes when two records in a row say
  // so: one alone, with a duration or a start out of this world, would make everybody idle
  // (Commit). It goes back only when the log's clock has been set back far, as the counts of the
  // only source tell, or many records in a row; then nothing remembered can be compared with what
  // comes.
  void FollowClock(const Observation& seen, SourceIntake& source, bool stepped) {
    source.stats.last_event = std::max(source.stats.last_event, seen.end);
    if (seen.end >= now_ - kFar) {
      behind_ = 0;
      now_ = std::max(now_, seen.end);
      clock_steps_ += stepped ? 1 : 0;
    } else if (++behind_ >= kRecordsToBelieveAStep || (stepped && sources_.size() == 1)) {
      behind_ = 0;
      ++clock_steps_;
      now_ = source.stats.last_event = seen.end;
      tables_.Clear();
      services_.ClearWindows();
      open_.ForgetOthers();
    }
    open_.Settle(now_);  // what has waited long enough does not see this record
    tables_.Tick(now_);
  }

  // Is it an assignment that counts?
  bool Judged(const AccessRecord& record, const Observation& seen, SourceIntake& source,
              Outcome& outcome) {
    if (seen.server == ServerId::kNone) {
      ++no_server_;
      source.stats.answered_without_server += record.origin_answered ? 1 : 0;
      outcome.judgement.verdict = Verdict::kNoServer;
      return false;
    }
    ++source.stats.with_server;
    if (seen.excluded == ExcludeReason::kNone ||
        (seen.excluded == ExcludeReason::kPreflight && !Applies(Rule::kPreflight))) {
      return true;
    }
    ++excluded_[seen.excluded];
    outcome.judgement.verdict = Verdict::kExcluded;
    return false;
  }

  void Judge(const AccessRecord& record, Observation& seen, SourceId source, Outcome& outcome) {
    bool new_session = false;
    const Memories memories = tables_.Recall(seen, now_, new_session);
    Ruling ruling = Weigh(seen, memories);
    break_case_.reset();
    if (NeedsConfirmation(seen, memories, ruling)) {
      const BreakSight sight = interpreter_->Examine(record, seen);
      Confirm(seen, sight, memories, ruling);
      if (RestsOnTheClient(seen, memories, ruling) && !tables_.Admit(seen, Limit::kBreaks, now_)) {
        Withhold(ruling);
      }
      if (ruling.judgement.verdict == Verdict::kBreak) {
        const CaseMaker maker{*interpreter_, *identifier_, tables_.sessions(), facts_, now_};
        break_case_.emplace(maker.Make({record, seen, memories, ruling, outcome}, sight));
      }
    }
    JudgeCookie(seen, ruling);
    const bool is_guess = memories.many && ruling.judgement.evidence == Evidence::kClient;
    if (ruling.judgement.verdict == Verdict::kHeld && !is_guess) tables_.Credit(seen, now_);
    ruling.judgement.new_session = new_session;
    const bool waits = open_.MustAwaitOthers(ruling.judgement.verdict, seen, now_);
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
    tables_.Remember(memories, outcome.service);
    facts_.Add(seen, ruling.judgement.verdict != Verdict::kHeld);
    open_.Hear(seen, memories.connection, source);  // what waited for this connection
    outcome.judgement = ruling.judgement;  // not as soon as it is written: that would stall
    if (sink_ != nullptr) sink_->OnRecord(outcome, break_case_.has_value() || waits);
    if (outcome.judgement.new_session) ++services_.StatsOf(outcome.service).sessions;
    if (waits) {
      auto waiting = break_case_ ? std::make_unique<BreakCase>(std::move(*break_case_)) : nullptr;
      const bool by_identity = outcome.judgement.evidence == Evidence::kSession;
      open_.AwaitOthers({outcome, by_identity ? seen.identity : seen.client, source, seen.status,
                         seen.start.high, std::move(waiting)});
    } else if (break_case_) {
      open_.OpenBreak(std::move(*break_case_), outcome, ruling.hold_back, now_);
      open_.Settle(now_);  // it may have come so late that it need not wait
    } else {
      services_.Count(outcome, seen.status);
    }
  }

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
  size_t open_sources_ = 0;  // sources whose log has not ended
  std::vector<std::unique_ptr<SourceIntake>> sources_;
  MemoryTables tables_;
  FactBook facts_;
  ServiceBook services_{options_.internal_services};
  std::unique_ptr<OptionUse> option_use_;
  OpenVerdicts open_;
  Tally<ExcludeReason> excluded_;
  uint64_t no_server_ = 0;
  uint64_t records_ = 0;
  uint64_t clock_steps_ = 0;
  int behind_ = 0;
  bool finished_ = false;
  std::optional<Leap> leap_;
  EventTime now_;
  // Scratch: reused for every record.
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
SourceId Pipeline::AddSource(const std::string& name) { return impl_->AddSource(name); }
void Pipeline::AddConfig(std::shared_ptr<const TraefikConfig> config) {
  impl_->AddConfig(std::move(config));
}
Pipeline::Prepared Pipeline::Prepare(SourceId source, uint32_t file, const Line& line) {
  return impl_->Prepare(source, file, line);
}
Pipeline::Prepared Pipeline::Next(SourceId source) { return impl_->Next(source); }
Pipeline::Prepared Pipeline::Drained(SourceId source, End end) {
  return impl_->Drained(source, end);
}
void Pipeline::Commit(SourceId source) { impl_->Commit(source); }
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
