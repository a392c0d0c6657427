// SPDX-License-Identifier: Apache-2.0
// log_look_test: what `check` sees in the last lines of a log.
#include "../../../src/app/commands/log_look.h"

#include <gmock/gmock.h>

#include <string>

#include "stickyd/model/log_fields.h"
#include "support/json_line.h"
#include "support/log_text.h"
#include "support/memory_file_system.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using Found = LogLook::Found;

class LogLookTest : public testing::Test {
 protected:
  LogLook Look(const std::string& path = "/log") {
    const std::vector<LogLook> looks = LookAtLogs(files_, path, 1000);
    EXPECT_EQ(looks.size(), 1U);
    return looks[0];
  }
  MemoryFileSystem files_;
};

TEST_F(LogLookTest, RecordsAndOthersAreCounted) {
  files_.Append("/log", ClfLine(0, 1, 1) + "words\n" + ClfLine(1, 2, 1) + "\n");
  const LogLook look = Look();
  EXPECT_EQ(look.found, Found::kRecords);
  EXPECT_EQ(look.lines, 4U);
  EXPECT_EQ(look.records, 2U);
  EXPECT_FALSE(look.json);
  EXPECT_EQ(look.fields, kLogsServer | kLogsCount);
  EXPECT_EQ(look.reason, "not_access_log: is this Traefik's access log?");
  EXPECT_THAT(LookText(look), HasSubstr("/log: 2 of the last 4 lines are records, CLF; others are "
                                        "not_access_log: is this Traefik's access log?\n"));
}

TEST_F(LogLookTest, WhatNoRecordHasIsNamedWithItsWorth) {
  LogLook look;
  look.path = "/log";
  look.found = Found::kRecords;
  look.lines = look.records = 5;
  look.json = true;
  look.fields = kAllLogFields;
  EXPECT_EQ(LookText(look), "/log: 5 of the last 5 lines are records, JSON; nothing is missing");
  const std::pair<unsigned, const char*> rows[] = {
      {kLogsServer, "no record has ServiceURL ("},
      {kLogsJson, "no record has JSON ("},
      {kLogsCount, "no record has RequestCount ("},
      {kLogsCookie, "no record has the Cookie header ("},
      {kLogsSetCookie, "no record has the Set-Cookie header ("},
      {kLogsUserAgent, "no record has the User-Agent header ("},
      {kLogsSecFetchSite, "no record has the Sec-Fetch-Site header ("}};
  for (const auto& [field, text] : rows) {
    look.fields = kAllLogFields & ~field;
    EXPECT_THAT(LookText(look), HasSubstr(text));
    EXPECT_EQ(LookText(look).find('\n'), LookText(look).rfind('\n')) << "only one is missing";
  }
}

TEST_F(LogLookTest, MostFrequentReasonIsNamed) {
  files_.Append("/log", "a\nb\n2026-04-17T14:22:01Z INF up\nat x\nat y\nat z\n");
  const LogLook look = Look();
  EXPECT_EQ(look.found, Found::kNoRecords);
  EXPECT_EQ(look.lines, 6U);
  EXPECT_THAT(LookText(look), HasSubstr("/log: none of the last 6 lines is a record; most are "
                                        "traefik_log: Traefik's own log"));
}

TEST_F(LogLookTest, NothingPipesAndWhatIsAbsentAreToldApart) {
  files_.Create("/log");
  EXPECT_EQ(Look().found, Found::kNothing);
  EXPECT_EQ(LookText(Look()), "/log: no line yet");
  files_.MakeFifo("/fifo");
  EXPECT_EQ(Look("/fifo").found, Found::kNotTouched);
  EXPECT_THAT(LookText(Look("/fifo")), HasSubstr("/fifo: a pipe, which is not read here"));
  EXPECT_EQ(Look("/none").found, Found::kAbsent);
  EXPECT_THAT(LookText(Look("/none")), HasSubstr("does Traefik write there"));
  EXPECT_EQ(Look("/n*").found, Found::kAbsent);
  EXPECT_THAT(LookText(Look("/n*")), HasSubstr("/n*: nothing matches"));
  files_.Append("/log2", ClfLine(0, 1, 1));
  const auto looks = LookAtLogs(files_, "/log*", 1000);
  ASSERT_EQ(looks.size(), 2U);
  EXPECT_EQ(looks[0].found, Found::kNothing);
  EXPECT_EQ(looks[1].found, Found::kRecords);
}

TEST_F(LogLookTest, OfALongLogTheEndIsLookedAtFromItsFirstWholeLine) {
  std::string log;
  uint64_t count = 0;
  while (log.size() < 3 * LogLook::kMostBytes) log += ClfLine(0, ++count, 1);
  files_.Append("/log", log);
  const LogLook look = Look();
  const uint64_t bytes_per_line = log.size() / count;
  EXPECT_EQ(look.records, look.lines) << "the rest of a line is no line";
  EXPECT_GT(look.lines, LogLook::kMostBytes / (bytes_per_line + 2));
  EXPECT_LE(look.lines, LogLook::kMostBytes / (bytes_per_line - 2));
  MemoryFileSystem exact;
  std::string whole(LogLook::kMostBytes - 2, 'x');
  exact.Append("/log", "\n" + whole + "\n");
  EXPECT_EQ(LookAtLogs(exact, "/log", 1000)[0].lines, 2U) << "nothing is cut off";
}

}  // namespace
}  // namespace stickyd
