// SPDX-License-Identifier: Apache-2.0
// remarks_test: each remark comes where it should, and not where one thing is otherwise.
#include "stickyd/expose/report/remarks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "stickyd/model/log_fields.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A log of which there is nothing to say.
PipelineStats Fine() {
  PipelineStats stats;
  SourceStats& source = stats.sources.emplace_back();
  source.name = "a.log";
  source.lines = source.parsed = source.with_server = source.with_count = 10'000;
  source.of_clients = 10'000;
  source.of_first_client = 100;
  source.fields = kAllLogFields;
  ServiceStats& service = stats.services.emplace_back("shop", ServiceStats{}).second;
  service.sessions = 20;
  service.breaks[Evidence::kCookie] = 50;
  service.top_break_share = 0.5;
  stats.records = 10'000;
  return stats;
}

std::vector<std::string> Texts(const PipelineStats& stats) {
  std::vector<std::string> texts;
  for (const Remark& remark : Remarks(stats)) texts.push_back(remark.text);
  return texts;
}

uint64_t& Skipped(SourceStats& source, SkipReason reason) {
  return source.skipped[static_cast<size_t>(reason)];
}

using Change = std::function<void(PipelineStats&, SourceStats&, ServiceStats&)>;

struct Situation {
  const char* text;  // part of the only remark
  Change comes;
  Change comes_not;  // though it is close
};

// What is wrong with lines and records.
const Situation kOfLines[] = {
    {"a.log: 3 requests never appeared",
     [](auto&, auto& source, auto&) { source.sequences.missing = 3; },
     [](auto&, auto& source, auto&) { source.sequences.restarts = 3; }},
    {"a.log: the newest line comes first",
     [](auto&, auto& source, auto&) { source.steps_back = 5; },
     [](auto&, auto& source, auto&) { source.steps_back = 4; }},
    {"a.log: the newest line comes first",
     [](auto&, auto& source, auto&) { source.steps_back = 401, source.steps_on = 100; },
     [](auto&, auto& source, auto&) { source.steps_back = 400, source.steps_on = 100; }},
    {"a.log: 1 lines came again",
     [](auto&, auto& source, auto&) { Skipped(source, SkipReason::kDuplicate) = 1; },
     [](auto&, auto& source, auto&) { Skipped(source, SkipReason::kEmpty) = 1; }},
    {"a.log: the log lacks StartUTC, RouterName and ServiceName",
     [](auto&, auto& source, auto&) { source.dropped = kDroppedStart | kDroppedNames; },
     [](auto&, auto& source, auto&) { source.dropped = 0; }},
    {"a.log: none of the 100 requests names a server: keep ServiceURL",
     [](auto&, auto& source, auto&) { source.parsed = 100, source.with_server = 0; },
     [](auto&, auto& source, auto&) { source.parsed = 99, source.with_server = 0; }},
    {"a.log: none of the 50 requests names a server: keep ServiceURL",
     [](auto&, auto& source, auto&) {
       source.parsed = 50, source.with_server = 0, source.answered_without_server = 20;
     },
     [](auto&, auto& source, auto&) {
       source.parsed = 50, source.with_server = 0, source.answered_without_server = 19;
     }},
    {"a.log: none of the 50 requests names a server: keep ServiceURL",
     [](auto&, auto& source, auto&) {
       source.parsed = 50, source.with_server = 0, source.answered_without_server = 20;
     },
     [](auto&, auto& source, auto&) {
       source.parsed = 50, source.with_server = 1, source.answered_without_server = 49;
     }},
    {"a.log: none of the 100 requests has a RequestCount",
     [](auto&, auto& source, auto&) { source.parsed = 100, source.with_count = 0; },
     [](auto&, auto& source, auto&) { source.parsed = 99, source.with_count = 0; }},
};

// What is wrong with who sent them.
const Situation kOfClients[] = {
    {"a.log: 2501 of 10000 requests have a list of addresses as their client",
     [](auto&, auto& source, auto&) { source.client_lists = 2501; },
     [](auto&, auto& source, auto&) { source.client_lists = 2500; }},
    {"a.log: all 10 requests have a list of addresses as their client",
     [](auto&, auto& source, auto&) { source.client_lists = source.of_clients = 10; },
     [](auto&, auto& source, auto&) { source.client_lists = source.of_clients = 9; }},
    {"a.log: 2501 of 10000 requests have a client that is no address",
     [](auto&, auto& source, auto&) { source.odd_clients = 2501; },
     [](auto&, auto& source, auto&) { source.odd_clients = 2500; }},
    {"a.log: all 50 requests come from one address",
     [](auto&, auto& source, auto&) { source.of_first_client = source.of_clients = 50; },
     [](auto&, auto& source, auto&) { source.of_first_client = source.of_clients = 49; }},
    {"shop: 51 % of the breaks come from one address",
     [](auto&, auto&, auto& service) { service.top_break_share = 0.51; },
     [](auto&, auto&, auto& service) { service.top_break_share.reset(); }},
    {"shop: 90 % of the breaks come from one address",
     [](auto&, auto&, auto& service) { service.top_break_share = 0.9; },
     [](auto&, auto&, auto& service) { service.top_break_share = 0.9, service.sessions = 19; }},
    {"shop: 90 % of the breaks come from one address",
     [](auto&, auto&, auto& service) { service.top_break_share = 0.9; },
     [](auto&, auto&, auto& service) {
       service.top_break_share = 0.9, service.breaks[Evidence::kCookie] = 49;
     }},
    {"may have: 4 for more connections (",
     [](auto& stats, auto&, auto&) { stats.refused[Limit::kConnections] = 4; },
     [](auto& stats, auto&, auto&) { stats.refused[Limit::kConnections] = 0; }},
};

// What is wrong behind or beside a service.
void Serve(PipelineStats& stats, std::vector<std::pair<std::string, uint64_t>> servers) {
  stats.servers.push_back(std::move(servers));
}
void Twin(PipelineStats& stats, const char* second_server, uint64_t hits) {
  stats.services[0].second.states[StickyState::kHit] = 1;
  Serve(stats, {{"http://10.0.0.1:80", 1}, {"http://10.0.0.2:80", 1}});
  stats.services.emplace_back("api", ServiceStats{}).second.states[StickyState::kHit] = hits;
  Serve(stats, {{second_server, 1}, {"http://10.0.0.1:80", 1}});
}
void HaveBalancers(ServiceStats& service, uint64_t requests, BalancerCookies set) {
  service.requests[Evidence::kCookie] = 200;
  service.set_cookies_logged = true;
  service.other_balancers = {BalancerCookieOf("AWSALB") | BalancerCookieOf("SERVERID"), set,
                             requests};
}
const Situation kOfServices[] = {
    {"shop: its only server is a name, http://app:80",
     [](auto& stats, auto&, auto& service) {
       service.requests[Evidence::kCookie] = 100;
       Serve(stats, {{"http://app:80", 100}});
     },
     [](auto& stats, auto&, auto& service) {
       service.requests[Evidence::kCookie] = 100;
       Serve(stats, {{"http://10.0.0.1:80", 100}});
     }},
    {"shop: its only server is a name",
     [](auto& stats, auto&, auto& service) {
       service.requests[Evidence::kCookie] = 100;
       Serve(stats, {{"http://app:80", 100}});
     },
     [](auto& stats, auto&, auto& service) {
       service.requests[Evidence::kCookie] = 100;
       Serve(stats, {{"http://app:80", 50}, {"http://app2:80", 50}});
     }},
    {"shop: its only server is a name",
     [](auto& stats, auto&, auto& service) {
       service.requests[Evidence::kCookie] = 100;
       Serve(stats, {{"http://app:80", 100}});
     },
     [](auto& stats, auto&, auto& service) {
       service.requests[Evidence::kCookie] = 99;
       Serve(stats, {{"http://app:80", 99}});
     }},
    {"shop: 20 of 200 requests that came with a session of the application were given another one",
     [](auto&, auto&, auto& service) { service.own_sessions = 200, service.new_own_sessions = 20; },
     [](auto&, auto&, auto& service) {
       service.own_sessions = 201, service.new_own_sessions = 20;
     }},
    {"shop: 20 of 20 requests that came with a session",
     [](auto&, auto&, auto& service) { service.own_sessions = service.new_own_sessions = 20; },
     [](auto&, auto&, auto& service) { service.own_sessions = service.new_own_sessions = 19; }},
    {"shop: 20 of 200 requests bring a cookie of another load balancer: AWSALB and SERVERID of one "
     "in "
     "front of Traefik, which sets none. Which layer",
     [](auto&, auto&, auto& service) { HaveBalancers(service, 20, 0); },
     [](auto&, auto&, auto& service) { HaveBalancers(service, 19, 0); }},
    {"shop: 30 of 200 requests bring a cookie of another load balancer: AWSALB of one in front of "
     "Traefik, which sets none; SERVERID of one behind Traefik. Which layer",
     [](auto&, auto&, auto& service) { HaveBalancers(service, 30, BalancerCookieOf("SERVERID")); },
     [](auto&, auto&, auto& service) {
       HaveBalancers(service, 30, BalancerCookieOf("SERVERID"));
       service.requests[Evidence::kCookie] = 301;
     }},
    {"AWSALB and SERVERID of one in front of Traefik or behind it. Which layer",
     [](auto&, auto&, auto& service) {
       HaveBalancers(service, 20, 0), service.set_cookies_logged = false;
     },
     [](auto&, auto&, auto& service) { HaveBalancers(service, 0, 0); }},
    {"shop and api have the same servers, and each pins clients by a cookie of its own",
     [](auto& stats, auto&, auto&) { Twin(stats, "http://10.0.0.2:80", 1); },
     [](auto& stats, auto&, auto&) { Twin(stats, "http://10.0.0.3:80", 1); }},
    {"shop and api have the same servers",
     [](auto& stats, auto&, auto&) { Twin(stats, "http://10.0.0.2:80", 1); },
     [](auto& stats, auto&, auto&) { Twin(stats, "http://10.0.0.2:80", 0); }},
    {"web: Traefik answered 90 requests with 503 and no server, while it served others",
     [](auto& stats, auto&, auto&) {
       stats.turnaways.emplace_back("web", Turnaways{90, 10});
     },
     [](auto& stats, auto&, auto&) {
       stats.turnaways.emplace_back("web", Turnaways{90, 9});
     }},
};

// What is wrong with what it was started with.
void HaveNoCause(PipelineStats& stats, uint64_t breaks) {
  stats.services[0].second.causes[Cause::kUnknown] = breaks;
  stats.services[0].second.causes[Cause::kServerGone] = 7;
}
const Situation kOfOptions[] = {
    {"20 of 27 breaks have no cause that the log alone tells. Traefik's API tells more: watch "
     "--traefik.url",
     [](auto& stats, auto&, auto&) { HaveNoCause(stats, 20); },
     [](auto& stats, auto&, auto&) { HaveNoCause(stats, 19); }},
    {"20 of 27 breaks have no cause", [](auto& stats, auto&, auto&) { HaveNoCause(stats, 20); },
     [](auto& stats, auto&, auto&) { HaveNoCause(stats, 20), stats.has_config = true; }},
    {"the log's clock went back 2 times; 7 sessions were forgotten",
     [](auto& stats, auto&, auto&) { stats.clock_steps = 2, stats.sessions.evicted_clock = 7; },
     [](auto& stats, auto&, auto&) { stats.sessions.evicted_idle = 7; }},
    {"8 sessions were forgotten for want of room (--max-sessions)",
     [](auto& stats, auto&, auto&) { stats.sessions.evicted_full = 8; },
     [](auto& stats, auto&, auto&) { stats.connections.evicted_full = 8; }},
    {"--root x does nothing: none of the 10000 requests in the log has what it names",
     [](auto& stats, auto&, auto&) { stats.idle_options = {"--root x"}; },
     [](auto& stats, auto&, auto&) { stats.idle_options = {"--root x"}, stats.records = 9999; }},
    {"--root x does nothing: none of the 1 requests in the log has what it names",
     [](auto& stats, auto&, auto&) {
       stats.idle_options = {"--root x"}, stats.records = 1, stats.finished = true;
     },
     [](auto& stats, auto&, auto&) {
       stats.idle_options = {"--root x"}, stats.records = 0, stats.finished = true;
     }},
    {"--session cookie:x does nothing: the log has no cookies",
     [](auto& stats, auto& source, auto&) {
       stats.idle_options = {"--session cookie:x"}, source.fields = kLogsJson;
     },
     [](auto&, auto& source, auto&) { source.fields = kLogsJson; }},
    {"--session cookie:x does nothing: none of the 10000 requests in the log has what it names",
     [](auto& stats, auto& source, auto&) {
       stats.idle_options = {"--session cookie:x"}, source.fields = kLogsSetCookie;
     },
     [](auto&, auto& source, auto&) { source.fields = kLogsSetCookie; }},
};

std::vector<std::string> After(const Change& change) {
  PipelineStats stats = Fine();
  change(stats, stats.sources[0], stats.services[0].second);
  return Texts(stats);
}

TEST(RemarksTest, EachComesWhereItShouldAndNotNextToIt) {
  const auto check = [](const Situation& row) {
    SCOPED_TRACE(row.text);
    EXPECT_THAT(After(row.comes), ElementsAre(HasSubstr(row.text)));
    EXPECT_THAT(After(row.comes_not), IsEmpty());
  };
  EXPECT_THAT(Texts(Fine()), IsEmpty());
  for (const Situation& row : kOfLines) check(row);
  for (const Situation& row : kOfClients) check(row);
  for (const Situation& row : kOfServices) check(row);
  for (const Situation& row : kOfOptions) check(row);
}

// Every reason for which something is to be done says what; of the others nothing is said.
TEST(RemarksTest, LinesWithoutARecordAreNamedWithWhatIsToBeDone) {
  struct Wanted {
    UnparsedReason reason;
    const char* text;  // "": nothing
  };
  const Wanted rows[] = {
      {UnparsedReason::kNotAccessLog, "not_access_log: is this Traefik's access log?"},
      {UnparsedReason::kInvalidJson, ""},
      {UnparsedReason::kInvalidValue, ""},
      {UnparsedReason::kInvalidTime, ""},
      {UnparsedReason::kAmbiguousLine, "ambiguous_line: a client's words can be read as Traefik's"},
      {UnparsedReason::kFragment, "fragment: a user name with a line feed split"},
      {UnparsedReason::kForged, "forged: somebody forges the log"},
      {UnparsedReason::kCutLine, ""},
      {UnparsedReason::kGenericClf, "generic_clf: format genericCLF has no server"},
      {UnparsedReason::kForeignClf, "foreign_clf: another web server writes"},
      {UnparsedReason::kFieldsDropped, "fields_dropped: needed fields are dropped"},
      {UnparsedReason::kTooLong, "too_long: longer than --line.max-bytes"},
      {UnparsedReason::kBrokenWrapper, "broken_wrapper: is the container runtime's"},
      {UnparsedReason::kMessageNull, "message_null: journalctl leaves long lines out"},
      {UnparsedReason::kJsonArray, "json_array: several records on one line"},
      {UnparsedReason::kCsv, "csv: a table: mlr"},
  };
  ASSERT_EQ(std::size(rows), static_cast<size_t>(UnparsedReason::kCount));
  for (const Wanted& row : rows) {
    SCOPED_TRACE(UnparsedReasonName(row.reason));
    PipelineStats stats = Fine();
    stats.sources[0].unparsed[static_cast<size_t>(row.reason)] = 6;
    if (*row.text == '\0') {
      EXPECT_THAT(Texts(stats), IsEmpty());
    } else {
      EXPECT_THAT(Texts(stats), ElementsAre(HasSubstr("a.log: 6 lines " + std::string(row.text))));
    }
  }
}

}  // namespace
}  // namespace stickyd
