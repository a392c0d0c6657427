// SPDX-License-Identifier: Apache-2.0
#include "reader.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "padded.h"
#include "stickyd/base/network.h"
#include "stickyd/diagnose/sequence_tracker.h"
#include "stickyd/parse/line_parser.h"
#include "stickyd/session/identifier.h"
#include "stickyd/traefik/interpreter.h"
#include "stickyd/traefik/saved_configs.h"

namespace stickyd::oracle {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The table of section 2.
Interval LearntWithin(const AccessRecord& record) {
  const bool clf = record.format == LogFormat::kClf;
  const EventTime start = record.start.low;
  const EventDuration second = clf ? seconds(1) : seconds(0);
  if (record.status == 101) return {start, start + second};
  if (record.duration > seconds(5)) return {start, start + record.duration + second};
  return {start + record.duration,
          start + record.duration + (clf ? milliseconds(1001) : milliseconds(0))};
}

struct Peer {
  std::string address, port;
};
Peer PeerOf(std::string_view client_addr) {
  const size_t colon = client_addr.rfind(':');
  if (colon == std::string_view::npos) return {std::string(client_addr), ""};
  std::string address(client_addr.substr(0, colon));
  if (address.starts_with('[')) address = address.substr(1, address.size() - 2);
  return {address, std::string(client_addr.substr(colon + 1))};
}

// The right-most entry that is no trusted proxy.
std::string ClientOf(std::string_view list, const std::vector<Network>& trusted) {
  std::vector<std::string> entries;
  ForEachPart(list, ',', [&](std::string_view part) { entries.emplace_back(part); });
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (!entry->empty() && !AnyContains(trusted, *entry)) return *entry;
  }
  return "";
}

void Identify(const AccessRecord& record, const std::vector<Network>& trusted, Seen& seen) {
  const Peer peer = PeerOf(record.client_addr.value_or(""));
  const std::string host(record.client_host.value_or(peer.address));
  const std::string client = ClientOf(host, trusted);
  if (client.empty()) return;
  const std::string agent = record.user_agent ? "+" + std::string(*record.user_agent) : "-";
  seen.client = client + " " + agent;
  seen.address = client;
  seen.agent = record.user_agent.value_or("");
  if (!peer.address.empty() && host == peer.address) seen.connection = client + " " + peer.port;
}

// Lines that come again (docs/FORMATS.md, "duplicate").
class Repeats {
 public:
  // `latest`: when the latest request ended.
  bool Has(const AccessRecord& record, EventTime latest) {
    if (!record.request_count && record.format == LogFormat::kClf) return false;
    const Request request = {record.request_count, record.start.low, record.duration,
                             std::string(record.client_host.value_or("")),
                             std::string(record.path.value_or(""))};
    if (first_ == request) again_until_ = latest - seconds(1);
    if (first_ == request || seen_.contains(request) || record.end() < again_until_) return true;
    if (!first_) first_ = request;
    again_until_ = EventTime::min();
    seen_.insert(request);
    return false;
  }

 private:
  using Request =
      std::tuple<std::optional<uint64_t>, EventTime, EventDuration, std::string, std::string>;
  std::optional<Request> first_;
  std::set<Request> seen_;
  EventTime again_until_ = EventTime::min();
};

}  // namespace

Log Read(const Settings& settings, std::string_view text) {
  const PipelineOptions& options = settings.pipeline;
  const KeyedHash hash(KeyedHash::Key{});
  auto interpreter = *Interpreter::Create(options.interpreter, hash);
  const auto identifier = *Identifier::Create(options.identifier, hash);
  if (!settings.snapshot_dir.empty()) {
    auto saved = ReadSavedConfigs(RealFileSystem(), settings.snapshot_dir);
    for (auto& config : saved->configs) interpreter->AddConfig(std::move(config));
  }
  std::vector<Network> trusted;
  for (const auto& network : options.identifier.trusted_proxies) {
    trusted.push_back(*Network::Parse(network));
  }
  LineParser parser(options.max_line_bytes, identifier->extra_fields());
  SequenceIds sequence_ids;
  SequenceTracker sequences{sequence_ids};
  SourceTraits traits;
  Log log;
  std::vector<Seen>& records = log.records;
  Repeats repeats;
  EventTime clock;
  uint64_t number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const Padded line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    AccessRecord record;
    if (!parser.Parse(line.line(++number), record).parsed()) continue;
    if (repeats.Has(record, clock)) continue;
    Observation observation;
    interpreter->FindRoute(record, observation);
    identifier->FindClient(record, observation);
    interpreter->Interpret(record, traits, observation);
    identifier->Identify(
        record,
        [&](const Route& route, std::string_view name) {
          return interpreter->IsStickyName(route, name);
        },
        observation);
    Seen seen;
    seen.line = number;
    seen.format = record.format;
    seen.start = record.start;
    seen.learnt = LearntWithin(record);
    seen.end = record.end();
    seen.count = record.request_count;
    if (seen.count) seen.sequence = sequences.Add(*seen.count, seen.start, seen.end);
    if (seen.format == LogFormat::kJson) seen.sequence = 0;  // its times are exact
    seen.scope = observation.route->scope;
    seen.server = observation.server;
    seen.excluded = observation.excluded != ExcludeReason::kNone;
    Identify(record, trusted, seen);
    seen.identity = observation.identity;
    seen.new_identity = observation.new_identity;
    seen.origin = observation.origin;
    seen.site = observation.site;
    seen.cookieless_kind = observation.cookieless_kind;
    seen.outside_cookie_path = observation.outside_cookie_path;
    seen.cookies_logged = observation.cookies_logged;
    seen.cookie = observation.cookie;
    if (observation.sticky_cookie != nullptr) seen.max_age_s = observation.sticky_cookie->max_age_s;
    seen.upgrade = observation.upgrade;
    const SetCookieSight& set = observation.set_cookie;
    seen.given = set.sticky;
    seen.given_none = observation.set_cookies_logged && record.status != 101 && !set.sticky &&
                      !set.lost && !set.redacted && !set.foreign;
    seen.gives_cookie = observation.set_cookie.sticky || !observation.set_cookies_logged;
    if (seen.judged()) {
      const BreakSight sight = interpreter->Examine(record, observation);
      seen.old_name = sight.old_name;
      seen.other_child = sight.other_child;
    }
    clock = records.empty() ? seen.end : std::max(clock, seen.end);
    seen.clock = clock;
    records.push_back(std::move(seen));
  }
  log.interpreter = std::move(interpreter);
  return log;
}

}  // namespace stickyd::oracle
