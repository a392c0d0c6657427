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

}  // namespace
}  // namespace stickyd
