// SPDX-License-Identifier: Apache-2.0
#include "stickyd/session/identifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stickyd {
namespace {

// The fields that are asked of the parser beyond those that it knows anyway.
std::vector<std::string> FieldsOf(const std::string& session) {
  IdentifierOptions options;
  options.sessions = {session};
  const auto made = Identifier::Create(options, KeyedHash({}));
  return made ? (*made)->extra_fields() : std::vector<std::string>{made.error().message};
}

TEST(IdentifierTest, NamesOfHeadersAreWrittenAsTraefikLogsThem) {
  struct Row {
    const char* session;
    const char* field;
  };
  const Row rows[] = {
      {"header:X-Session", "request_X-Session"},
      {"header:x-session", "request_X-Session"},
      {"header:X-SESSION-ID", "request_X-Session-Id"},
      {"header:x--1st_id-", "request_X--1st_id-"},
      {"request_x-session~id=(.*)", "request_X-Session"},
      {"origin_SET-token~.+", "origin_Set-Token"},
      {"downstream_x-user~.+", "downstream_X-User"},
      {"TLSVersion~.+", "TLSVersion"},  // no header
  };
  for (const Row& row : rows) {
    EXPECT_THAT(FieldsOf(row.session), testing::ElementsAre(row.field)) << row.session;
  }
}

TEST(IdentifierTest, HeadersThatAreReadAnywayAreFoundInAnyCase) {
  for (const char* session : {"header:user-agent", "header:COOKIE", "request_referer~.+"}) {
    EXPECT_THAT(FieldsOf(session), testing::IsEmpty()) << session;
  }
}

// Who sent a request with these fields, as far as addresses tell.
Observation Seen(const char* client_addr, const char* client_host, bool trusted = false) {
  IdentifierOptions options;
  if (trusted) options.trusted_proxies = {"10.0.0.0/8"};
  const auto identifier = *Identifier::Create(options, KeyedHash({}));
  AccessRecord record;
  record.client_addr = Text(client_addr);
  record.client_host = Text(client_host);
  record.user_agent = Text("agent");
  Route route;
  Observation seen;
  seen.route = &route;
  identifier->FindClient(record, seen);
  EXPECT_EQ(seen.client, identifier->ClientKeyIn(route.scope_key, record));
  seen.route = nullptr;
  return seen;
}

TEST(IdentifierTest, AClaimTouchesNobodysMemory) {
  const Observation own = Seen("1.2.3.4:5", "1.2.3.4");
  const Observation claim = Seen("10.0.0.1:5", "1.2.3.4");
  EXPECT_FALSE(own.claimed);
  EXPECT_TRUE(claim.claimed);
  EXPECT_NE(claim.client, own.client);
  EXPECT_NE(claim.group, own.group);
  // A proxy that the operator knows reports what is so.
  const Observation reported = Seen("10.0.0.1:5", "1.2.3.4", true);
  EXPECT_FALSE(reported.claimed);
  EXPECT_EQ(reported.client, Seen("1.2.3.4:5", "1.2.3.4", true).client);
}

TEST(IdentifierTest, TheAddressesThatOneMayHaveAreOneGroup) {
  EXPECT_EQ(Seen("[2001:db8::1]:5", "2001:db8::1").group,
            Seen("[2001:db8::ffff:2]:6", "2001:db8::ffff:2").group);
  EXPECT_NE(Seen("[2001:db8::1]:5", "2001:db8::1").client,
            Seen("[2001:db8::2]:5", "2001:db8::2").client);
  EXPECT_NE(Seen("[2001:db8::1]:5", "2001:db8::1").group,
            Seen("[2001:db8:0:1::1]:5", "2001:db8:0:1::1").group);
  EXPECT_NE(Seen("1.2.3.4:5", "1.2.3.4").group, Seen("1.2.3.5:5", "1.2.3.5").group);
  EXPECT_NE(Seen("[::ffff:1.2.3.4]:5", "::ffff:1.2.3.4").group,
            Seen("[::ffff:1.2.3.5]:5", "::ffff:1.2.3.5").group);
}

}  // namespace
}  // namespace stickyd
