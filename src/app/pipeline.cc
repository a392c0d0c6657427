#include "stickyd/app/pipeline.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "stickyd/app/inspector.h"
#include "stickyd/base/text.h"
#include "stickyd/diagnose/agent_book.h"
#include "stickyd/diagnose/connection_book.h"
#include "stickyd/diagnose/held_breaks.h"
#include "stickyd/diagnose/judge.h"
#include "stickyd/diagnose/sequence_tracker.h"
#include "stickyd/model/owned_record.h"
#include "stickyd/model/rule.h"
#include "stickyd/parse/line_parser.h"

namespace stickyd {
namespace {

constexpr size_t kSamplesPerReason = 3;
constexpr size_t kSampleBytes = 200;
// So many records in a row that lie far behind mean that the clock was set back, not that they
// were late.
constexpr int kRecordsToBelieveAStep = 64;
constexpr EventDuration kFar = std::chrono::minutes(5);
constexpr uint32_t kExpirePerRecord = 4;
constexpr uint32_t kRecordsPerExpiry = 64;

struct Source {
  Source(size_t max_line_bytes, const std::vector<std::string>& extra_fields)
      : parser(max_line_bytes, extra_fields) {}
  LineParser parser;
  AccessRecord record;  // of the line that was prepared last
  uint64_t line = 0;
  bool parsed = false;
  SourceTraits traits;
  SequenceTracker sequence;
  SourceStats stats;
  std::array<uint8_t, static_cast<size_t>(UnparsedReason::kCount)> sampled{};
};

// A record that waits for the next one, with its text.
struct Leap {
  SourceId source;
  uint32_t file;
  uint64_t line;
  OwnedRecord record;
};

struct Service {
  ServiceStats stats;
  RatioWindow window;
  RecentRatios recent;
};

bool IsDeadPin(uint16_t status) { return status == 502 || status == 503 || status == 504; }

}  // namespace

class Pipeline::Impl {
 public:
  Impl(const PipelineOptions& options, OutcomeSink* sink, std::unique_ptr<Interpreter> interpreter,
       std::unique_ptr<Identifier> identifier)
      : options_(options),
        sink_(sink),
        interpreter_(std::move(interpreter)),
        identifier_(std::move(identifier)),
        sessions_(options.sessions),
        connections_({options.max_connections, std::chrono::minutes(5)}),
        agents_(options.sessions.idle),
        held_(options.causes.patience, options.causes.max_cases),
        changes_(interpreter_->configs()),
        causes_(options.causes, interpreter_->configs(),
                [this](ScopeId scope) -> const ScopeFacts& { return FactsOf(scope); }) {}

  SourceId AddSource(const std::string& name) {
    sources_.push_back(
        std::make_unique<Source>(options_.max_line_bytes, identifier_->extra_fields()));
    sources_.back()->stats.name = name;
    return SourceId{static_cast<uint16_t>(sources_.size() - 1)};
  }

  void AddConfig(std::shared_ptr<const TraefikConfig> config) {
    interpreter_->AddConfig(std::move(config));
  }

  Pipeline::Prepared Prepare(SourceId id, const Line& line) {
    Source& source = *sources_[static_cast<size_t>(id)];
    std::construct_at(&source.record);  // in place: it is half a kilobyte
    source.line = line.number;
    LineFate fate = source.parser.Parse(line, source.record);
    if (fate.parsed() && OutOfRange(source.record))
      fate = LineFate::Skipped(SkipReason::kOutOfRange);
    Count(fate, line, source);
    source.parsed = fate.parsed();
    if (!source.parsed) return {};
    return {true, source.record.end(), source.record.format == LogFormat::kJson};
  }

  void Commit(SourceId id, uint32_t file) {
    Source& source = *sources_[static_cast<size_t>(id)];
    if (!source.parsed) return;
    const EventTime end = source.record.end();
    if (leap_) SettleLeap(end >= leap_->record->end() - kFar);
    if (records_ > 0 && end > now_ + kFar) {
      leap_.emplace(Leap{id, file, source.line, OwnedRecord(source.record)});
    } else {
      Decide(source, source.record, file, source.line);
    }
  }

  // Now that the next one has come: was it the log that went on later, or just this record's times?
  void SettleLeap(bool goes_on) {
    const Leap leap = std::move(*leap_);
    leap_.reset();
    Source& source = *sources_[static_cast<size_t>(leap.source)];
    if (goes_on) return Decide(source, *leap.record, leap.file, leap.line);
    --source.stats.parsed;
    ++source.stats.unparsed[static_cast<size_t>(UnparsedReason::kInvalidTime)];
  }

  void Decide(Source& source, const AccessRecord& record, uint32_t file, uint64_t line) {
    Observation seen;
    interpreter_->FindRoute(record, seen);
    identifier_->FindClient(record, seen);
    Fetch(seen);
    if (record.request_count) {
      seen.sequence = source.sequence.Add(*record.request_count, record.start, record.end());
    }
    source.stats.ambiguous_middles += record.middle_ambiguous ? 1 : 0;
    interpreter_->Interpret(record, source.traits, seen);
    identifier_->Identify(record, is_sticky_name_, seen);
    // JSON's times are exact; the counts of CLF stand in for them.
    if (record.format == LogFormat::kJson || !Applies(Rule::kCountOrder)) seen.sequence = 0;
    FollowClock(seen, source);
    Outcome outcome = OutcomeOf(record, seen, file, line);
    if (Judged(record, seen, source, outcome)) {
      Judge(record, seen, outcome);
    } else {
      if (sink_ != nullptr) sink_->OnRecord(outcome, false);
      if (inspector_ != nullptr && inspector_->Wants(outcome)) inspector_->OnNotJudged(outcome);
    }
    Settle();
  }

  void SetInspector(Inspector* inspector) { inspector_ = inspector; }

  void Advance(EventTime now) {
    if (leap_ && now >= leap_->record->end() - kFar) SettleLeap(true);
    if (now > now_) now_ = now;
    Settle();
    sessions_.Expire(now_, 1024);
    connections_.Expire(now_, 1024);
  }

  void Finish() {
    if (leap_) SettleLeap(true);
    held_.Finish(settled_);
    SettleHeld();
    causes_.Finish(closed_);
    SettleCauses();
    for (const auto& source : sources_) source->sequence.Finish();
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
    return {};
  }

  std::vector<ServiceConfigured> Configured() const {
    std::vector<ServiceConfigured> services;
    const ConfigHistory& configs = interpreter_->configs();
    if (configs.empty()) return services;
    const TraefikConfig& config = configs[configs.size() - 1];
    for (const std::string& name : config.reachable) {
      const ServiceConfig* service = config.FindService(name);
      if (service == nullptr || service->kind == ServiceKind::kOther) continue;
      services.push_back({name, service->cookie.has_value(), service->servers.size(),
                          service->kind == ServiceKind::kLoadBalancer});
    }
    return services;
  }

  std::vector<ChangeBook::Dated> Changes() const { return changes_.All(); }
  EventTime now() const { return now_; }
  Interpreter& interpreter() { return *interpreter_; }

  PipelineStats Stats(Pipeline::Windows windows) {
    PipelineStats stats;
    for (const auto& source : sources_) {
      stats.sources.push_back(source->stats);
      stats.sources.back().sequences = source->sequence.stats();
    }
    for (size_t i = 1; i < services_.size(); ++i) {
      AddService(ServiceId{static_cast<uint16_t>(i)}, *services_[i], windows, stats);
    }
    if (overflow_.stats.requests.sum() + overflow_.stats.sessions > 0) {
      AddService(ServiceId{kOverflowId}, overflow_, windows, stats);
    }
    stats.sessions = sessions_.stats();
    stats.connections = connections_.stats();
    stats.excluded = excluded_;
    stats.no_server = no_server_;
    stats.records = records_;
    stats.open_cases = causes_.open_cases();
    stats.decided_early = causes_.closed_early() + held_.settled_early();
    stats.clock_steps = clock_steps_;
    stats.services_overflowed = interpreter_->services().overflows();
    stats.now = now_;
    return stats;
  }

 private:
  struct Slots {
    uint32_t identity = 0, new_identity = 0, client = 0, connection = 0;
  };

  bool OutOfRange(const AccessRecord& record) const {
    return (options_.since && record.start.low < *options_.since) ||
           (options_.until && record.start.low >= *options_.until);
  }

  static void Count(LineFate fate, const Line& line, Source& source) {
    SourceStats& stats = source.stats;
    ++stats.lines;
    switch (fate.kind) {
      case LineFate::Kind::kParsed:
        ++stats.parsed;
        return;
      case LineFate::Kind::kSkipped:
        ++stats.skipped[static_cast<size_t>(fate.skipped)];
        return;
      case LineFate::Kind::kUnparsed:
        break;
    }
    const auto reason = static_cast<size_t>(fate.unparsed);
    ++stats.unparsed[reason];
    if (source.sampled[reason] >= kSamplesPerReason) return;
    ++source.sampled[reason];
    stats.samples.push_back(std::string(UnparsedReasonName(fate.unparsed)) + ": " +
                            Printable(line.text, kSampleBytes));
  }

  // The event clock follows the ends of requests. Far ahead it goes when two records in a row say
  // so: one alone, with a duration or a start out of this world, would make everybody idle
  // (Commit). It goes back only when the log's clock has been set back, and then nothing remembered
  // can be compared with what comes.
  void FollowClock(const Observation& seen, Source& source) {
    source.stats.last_event = std::max(source.stats.last_event, seen.end);
    if (seen.end >= now_ - kFar) {
      behind_ = 0;
      now_ = std::max(now_, seen.end);
    } else if (++behind_ >= kRecordsToBelieveAStep) {
      behind_ = 0;
      ++clock_steps_;
      now_ = source.stats.last_event = seen.end;
      sessions_.Clear();
      connections_.Clear();
      for (const auto& service : services_) service->window = RatioWindow{};
    }
    Settle();  // what has waited long enough does not see this record
    ExpireSometimes();
  }

  // Enough at a time to keep up with one insertion or two per record.
  void ExpireSometimes() {
    if (records_ % kRecordsPerExpiry != 0) return;
    sessions_.Expire(now_, kExpirePerRecord * kRecordsPerExpiry);
    connections_.Expire(now_, kExpirePerRecord * kRecordsPerExpiry);
  }

  Outcome OutcomeOf(const AccessRecord& record, const Observation& seen, uint32_t file,
                    uint64_t line) {
    Outcome outcome;
    outcome.id = ++records_;
    outcome.file = file;
    outcome.line = line;
    outcome.start = record.start.low;
    outcome.service = seen.route->service;
    outcome.scope = seen.route->scope;
    outcome.server = seen.server;
    outcome.session = seen.identity != 0 ? seen.identity : seen.client;
    outcome.request_count = record.request_count.value_or(0);
    outcome.has_request_count = record.request_count.has_value();
    outcome.excluded = seen.excluded;
    return outcome;
  }

  // Is it an assignment that counts?
  bool Judged(const AccessRecord& record, const Observation& seen, Source& source,
              Outcome& outcome) {
    if (seen.server == ServerId::kNone) {
      ++no_server_;
      source.stats.answered_without_server += record.origin_answered ? 1 : 0;
      outcome.judgement.verdict = Verdict::kNoServer;
      return false;
    }
    if (seen.excluded == ExcludeReason::kNone ||
        (seen.excluded == ExcludeReason::kPreflight && !Applies(Rule::kPreflight))) {
      return true;
    }
    ++excluded_[seen.excluded];
    outcome.judgement.verdict = Verdict::kExcluded;
    return false;
  }

  // Memory that will be needed: all of it on its way at once.
  void Fetch(const Observation& seen) const {
    if (seen.client != 0) sessions_.Fetch(seen.client);
    if (seen.connection == 0) return;
    connections_.Fetch(seen.connection);
    connection_book_.Fetch(seen.client);
  }

  // Finds the memories of those whom the record may be from.
  Memories Recall(const Observation& seen, Slots& slots, bool& new_session) {
    Memories memories;
    bool known = false;
    const auto find = [&](SessionTable& table, uint64_t key, SessionMemory& memory, uint32_t& slot,
                          bool is_person) -> SessionMemory* {
      if (key == 0) return nullptr;
      const auto found = table.Touch(key, now_);
      slot = found.slot;
      known |= is_person && !found.created;
      table.Load(slot, memory);
      return &memory;
    };
    memories.client = find(sessions_, seen.client, client_, slots.client, true);
    memories.identity = find(sessions_, seen.identity, identity_, slots.identity, true);
    if (seen.new_identity != seen.identity && Applies(Rule::kIdentityFromSetCookie)) {
      memories.new_identity =
          find(sessions_, seen.new_identity, new_identity_, slots.new_identity, false);
    }
    memories.connection = find(connections_, seen.connection, connection_, slots.connection, false);
    new_session = !known && (seen.client != 0 || seen.identity != 0);
    return memories;
  }

  void Remember(const Memories& memories, const Slots& slots, ServiceId service) {
    if (memories.client != nullptr) sessions_.Store(slots.client, *memories.client);
    if (memories.identity != nullptr) sessions_.Store(slots.identity, *memories.identity);
    if (memories.new_identity != nullptr)
      sessions_.Store(slots.new_identity, *memories.new_identity);
    if (memories.connection != nullptr) connections_.Store(slots.connection, *memories.connection);
    const uint32_t primary = slots.identity != 0 ? slots.identity : slots.client;
    if (primary != 0) sessions_.SetService(primary, service);
  }

  void Judge(const AccessRecord& record, const Observation& seen, Outcome& outcome) {
    Slots slots;
    bool new_session = false;
    const Memories memories = Recall(seen, slots, new_session);
    Ruling ruling = Weigh(seen, memories);
    break_case_.reset();
    if (NeedsConfirmation(seen, memories, ruling)) {
      const BreakSight sight = interpreter_->Examine(record, seen);
      Confirm(seen, sight, memories, ruling);
      if (ruling.judgement.verdict == Verdict::kBreak) {
        break_case_.emplace(CaseOf(record, seen, sight, memories, ruling, outcome));
      }
    }
    JudgeCookie(seen, ruling);
    ruling.judgement.new_session = new_session;
    if (ruling.judgement.verdict == Verdict::kBreak && !ruling.hold_back) {
      MarkBroken(memories, ruling.judgement);
    }
    outcome.judgement = ruling.judgement;
    if (inspector_ != nullptr && inspector_->Wants(outcome)) {
      inspector_->OnJudged({record, seen, memories, ruling, outcome});
    }
    Learn(seen, ruling, memories);
    Remember(memories, slots, outcome.service);
    AddFacts(seen);
    held_.Hear(seen, settled_);  // what waited for this connection
    if (sink_ != nullptr) sink_->OnRecord(outcome, break_case_.has_value());
    if (outcome.judgement.new_session) ++StatsOf(outcome.service).sessions;
    if (break_case_) {
      OpenCase(std::move(*break_case_), outcome, ruling.hold_back);
    } else {
      Tell(outcome, seen.status);
    }
  }

  // The first break of a session; parallel requests are one incident.
  static void MarkBroken(const Memories& memories, Judgement& judgement) {
    SessionMemory* session = memories.session(judgement.evidence);
    if (session == nullptr) return;
    judgement.first_break = !session->facts.Has(SessionFacts::kBroken);
    session->facts.Set(SessionFacts::kBroken);
  }

  void OpenCase(BreakCase break_case, const Outcome& outcome, bool hold_back) {
    break_case.judgement = outcome.judgement;
    open_.emplace(outcome.id, outcome);
    if (hold_back) return held_.Hold(std::move(break_case), settled_);
    Tell(outcome, break_case.seen.status);
    CountBreak(break_case);
    causes_.Open(std::move(break_case), now_, closed_);
  }

  void CountBreak(const BreakCase& at) {
    MutableFacts(at.route->scope).AddBreak(at.judgement.pin, at.seen.client, at.seen.start.low);
  }

  BreakCase CaseOf(const AccessRecord& record, const Observation& seen, const BreakSight& sight,
                   const Memories& memories, const Ruling& ruling, const Outcome& outcome) {
    BreakCase at;
    at.id = outcome.id;
    at.seen = seen;
    at.route = seen.route->shared_from_this();
    if (seen.sticky_cookie != nullptr) at.cookie = *seen.sticky_cookie;
    at.seen.sticky_cookie = nullptr;
    at.has_pin_run = ruling.has_pin_run;
    at.pin_run = ruling.pin_run;
    const SessionMemory* session = memories.client != nullptr ? memories.client : memories.identity;
    if (session != nullptr) at.facts = session->facts;
    if (!at.has_pin_run && memories.client != nullptr) FindPinRun(*memories.client, ruling, at);
    at.sight = sight;
    at.pin_key = interpreter_->servers().Name(ruling.judgement.pin);
    at.renamed = interpreter_->scope(seen.route->scope).renamed;
    const std::string_view host = record.host.value_or("");
    if (at.cookie && !at.cookie->domain.empty()) {
      const std::string& domain = at.cookie->domain;
      at.domain_covers_host = EqualsIgnoreCase(host, domain) ||
                              (host.size() > domain.size() && host.ends_with(domain) &&
                               host[host.size() - domain.size() - 1] == '.');
    }
    at.entry_trusts_forwarded = interpreter_->EntryTrustsForwarded(*seen.route);
    at.rival_visited = RivalVisited(record, seen, at);
    at.many_connections = Applies(Rule::kManyConnections) && seen.connection != 0 &&
                          connection_book_.Many(seen.client, seen.end);
    at.shared_agents = Applies(Rule::kSharedAgents) && seen.address != 0 &&
                       agents_.Several(seen.address, seen.agent, seen.end);
    return at;
  }

  // A pin that a cookie named may be remembered as well: then it is known since when.
  static void FindPinRun(const SessionMemory& memory, const Ruling& ruling, BreakCase& at) {
    for (size_t i = 0; i < memory.history.size; ++i) {
      if (memory.history.runs[i].server != ruling.judgement.pin) continue;
      at.has_pin_run = true;
      at.pin_run = memory.history.runs[i];
    }
  }

  // Has the client been to another service with a cookie of the same name since it had its pin?
  bool RivalVisited(const AccessRecord& record, const Observation& seen, const BreakCase& at) {
    if (!at.has_pin_run || !at.cookie || seen.client == 0) return false;
    for (const ScopeId rival : interpreter_->Rivals(*seen.route)) {
      const uint64_t key = identifier_->ClientKeyIn(rival, record);
      const auto slot = sessions_.Find(key, now_);
      if (!slot) continue;
      sessions_.Load(*slot, rival_);
      const History& history = rival_.history;
      for (size_t i = 0; i < history.size; ++i) {
        const Run& run = history.runs[i];
        const bool since = run.high_last >= at.pin_run.low_last;
        const bool before = run.low_first <= Tick(seen.start.high);
        const bool same_host = HostOf(run.origin) == HostOf(seen.origin);
        if (since && before && same_host) return true;
      }
    }
    return false;
  }

  // What waited and can be decided now.
  void Settle() {
    held_.Advance(now_, settled_);
    if (!settled_.empty()) SettleHeld();
    causes_.Advance(now_, closed_);
    if (!closed_.empty()) SettleCauses();
  }

  void SettleHeld() {
    for (HeldBreaks::Held& held : settled_) {
      BreakCase& at = held.break_case;
      const auto open = open_.find(at.id);
      if (open == open_.end()) continue;
      Outcome& outcome = open->second;
      if (held.somebody_else) {
        outcome.judgement.verdict = Verdict::kFirst;
        outcome.judgement.evidence = Evidence::kConnection;
        outcome.judgement.pin = ServerId::kNone;
        outcome.judgement.returning = outcome.judgement.unpinned = false;
        Tell(outcome, at.seen.status);
        if (sink_ != nullptr) sink_->OnSettled(outcome);
        if (inspector_ != nullptr && inspector_->Wants(outcome)) inspector_->OnClosed(outcome, {});
        open_.erase(open);
        continue;
      }
      MarkBrokenLater(at, outcome);
      Tell(outcome, at.seen.status);
      CountBreak(at);
      causes_.Open(std::move(at), now_, closed_);
    }
    settled_.clear();
  }

  void MarkBrokenLater(const BreakCase& at, Outcome& outcome) {
    const auto slot = sessions_.Find(at.seen.client, at.seen.end);
    if (!slot) {
      outcome.judgement.first_break = true;
      return;
    }
    sessions_.Load(*slot, rival_);
    outcome.judgement.first_break = !rival_.facts.Has(SessionFacts::kBroken);
    rival_.facts.Set(SessionFacts::kBroken);
    sessions_.Store(*slot, rival_);
  }

  void SettleCauses() {
    for (const CauseFinder::Closed& closed : closed_) {
      const auto open = open_.find(closed.break_case.id);
      if (open == open_.end()) continue;
      Outcome& outcome = open->second;
      outcome.cause = closed.cause;
      outcome.because = closed.because;
      const BreakCase& at = closed.break_case;
      const auto& path = at.route->path;
      outcome.change =
          changes_.Around(outcome.start, path.empty() ? "" : path.front()->name, at.pin_key);
      ++StatsOf(outcome.service).causes[closed.cause];
      if (sink_ != nullptr) sink_->OnSettled(outcome);
      if (inspector_ != nullptr && inspector_->Wants(outcome)) {
        inspector_->OnClosed(outcome, causes_.Trace(closed.break_case));
      }
      open_.erase(open);
    }
    closed_.clear();
  }

  // Counts a verdict that is certain, once.
  void Tell(const Outcome& outcome, uint16_t status) {
    Service& service = ServiceOf(outcome.service);
    ServiceStats& stats = service.stats;
    const Judgement& judgement = outcome.judgement;
    const bool is_break = judgement.verdict == Verdict::kBreak;
    ++stats.requests[judgement.evidence];
    ++stats.states[judgement.state];
    service.window.CountServer(outcome.start, outcome.server);
    stats.total.AddServer(outcome.server, 1);
    switch (judgement.verdict) {
      case Verdict::kFirst:
        ++stats.first;
        break;
      case Verdict::kHeld:
        ++stats.held;
        break;
      case Verdict::kAmbiguous:
        ++stats.ambiguous;
        break;
      case Verdict::kUnresolved:
        ++stats.unresolved;
        break;
      default:
        break;
    }
    if (judgement.unpinned) ++stats.unpinned[judgement.evidence];
    if (!judgement.returning) return;
    ++stats.returning[judgement.evidence];
    ++stats.total.returning;
    service.window.CountReturning(outcome.start, is_break);
    if (is_break) {
      ++stats.breaks[judgement.evidence];
      ++stats.total.breaks;
      stats.broken_sessions += judgement.first_break ? 1 : 0;
    } else if (IsDeadPin(status)) {
      ++stats.dead_pins[status];
    }
  }

  Service& ServiceOf(ServiceId service) {
    const size_t index = Index(service);
    if (index == kOverflowId) return overflow_;
    while (services_.size() <= index) services_.push_back(std::make_unique<Service>());
    return *services_[index];
  }
  ServiceStats& StatsOf(ServiceId service) { return ServiceOf(service).stats; }

  void AddService(ServiceId id, Service& service, Pipeline::Windows windows, PipelineStats& stats) {
    stats.services.emplace_back(interpreter_->services().Name(id), service.stats);
    stats.sessions_active.push_back(sessions_.Active(id));
    if (windows == Pipeline::Windows::kSum) {
      service.recent = {service.window.Sum(now_, 5), service.window.Sum(now_, 60), 0};
      for (const auto& share : service.recent.five_minutes.servers) {
        service.recent.requests_5m += share.second;
      }
    }
    stats.recent.push_back(service.recent);
    auto& shares = stats.servers.emplace_back();
    for (const auto& [server, count] : service.stats.total.servers) {
      shares.emplace_back(interpreter_->servers().Name(server), count);
    }
  }

  void AddFacts(const Observation& seen) {
    ScopeFacts& facts = MutableFacts(seen.route->scope);
    facts.Add(seen);
    if (seen.address != 0) agents_.Several(seen.address, seen.agent, seen.end);
    if (seen.connection != 0) connection_book_.Add(seen.client, seen.connection, seen.end);
  }
  ScopeFacts& MutableFacts(ScopeId scope) {
    const size_t index = Index(scope) == kOverflowId ? 0 : Index(scope);
    while (facts_.size() <= index) facts_.push_back(std::make_unique<ScopeFacts>());
    return *facts_[index];
  }
  const ScopeFacts& FactsOf(ScopeId scope) { return MutableFacts(scope); }

  const PipelineOptions options_;
  OutcomeSink* const sink_;
  Inspector* inspector_ = nullptr;
  const std::unique_ptr<Interpreter> interpreter_;
  std::unique_ptr<Identifier> identifier_;
  const Identifier::IsStickyName is_sticky_name_ = [this](const Route& route,
                                                          std::string_view name) {
    return interpreter_->IsStickyName(route, name);
  };
  std::vector<std::unique_ptr<Source>> sources_;
  SessionTable sessions_;
  SessionTable connections_;
  AgentBook agents_;
  ConnectionBook connection_book_;
  HeldBreaks held_;
  ChangeBook changes_;
  CauseFinder causes_;
  std::vector<std::unique_ptr<ScopeFacts>> facts_;
  std::vector<std::unique_ptr<Service>> services_;
  Service overflow_;
  std::unordered_map<uint64_t, Outcome> open_;  // held back, or waiting for a cause
  Tally<ExcludeReason> excluded_;
  uint64_t no_server_ = 0;
  uint64_t records_ = 0;
  uint64_t clock_steps_ = 0;
  int behind_ = 0;
  std::optional<Leap> leap_;
  EventTime now_;
  // Scratch: reused for every record.
  SessionMemory client_, identity_, new_identity_, connection_, rival_;
  std::optional<BreakCase> break_case_;
  std::vector<HeldBreaks::Held> settled_;
  std::vector<CauseFinder::Closed> closed_;
};

Pipeline::Pipeline(std::unique_ptr<Impl> impl, const KeyedHash& hash)
    : hash_(hash), impl_(std::move(impl)) {}
Pipeline::~Pipeline() = default;

Result<std::unique_ptr<Pipeline>> Pipeline::Create(const PipelineOptions& options,
                                                   const KeyedHash& hash, OutcomeSink* sink) {
  auto interpreter = Interpreter::Create(options.interpreter);
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
Pipeline::Prepared Pipeline::Prepare(SourceId source, const Line& line) {
  return impl_->Prepare(source, line);
}
void Pipeline::Commit(SourceId source, uint32_t file) { impl_->Commit(source, file); }
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
