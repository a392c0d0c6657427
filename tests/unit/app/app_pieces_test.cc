// SPDX-License-Identifier: Apache-2.0
// app_pieces_test: the commands' small parts: looks at logs, examples, colours, Ctrl-C, progress.
#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <string>

#include "../../../src/app/change_log.h"
#include "../../../src/app/commands/cause_examples.h"
#include "../../../src/app/commands/log_look.h"
#include "../../../src/app/commands/progress.h"
#include "../../../src/app/interruption.h"
#include "../../../src/app/terminal.h"
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

// --- Examples.

TEST(CauseExamplesTest, CommandHasWhatExplainTakesAndNoMore) {
  Settings settings;
  settings.files = {"a.log", "b c.log", "-"};
  settings.command_line = {"--state-dir",  "/s",  "--output", "json", "--idle=5m",      "a.log",
                           "--fail-above", "0.1", "b c.log",  "-",    "--exclude.path", "it's"};
  EXPECT_EQ(ExplainCommand(settings, "a.log", 7),
            "stickyd explain --state-dir /s --idle=5m --exclude.path 'it'\\''s' a.log:7 'b c.log'");
  EXPECT_EQ(ExplainCommand(settings, "b c.log", 12),
            "stickyd explain --state-dir /s --idle=5m --exclude.path 'it'\\''s' 'b c.log:12' "
            "a.log");
  EXPECT_EQ(ExplainCommand(settings, "-", 7), "") << "it can be read only once";
}

TEST(CauseExamplesTest, BehindTwoDashesAllAreFiles) {
  Settings settings;
  settings.files = {"--idle"};
  settings.command_line = {"--state-dir", "/s", "--", "--idle", "x"};
  EXPECT_EQ(ExplainCommand(settings, "--idle", 1), "stickyd explain --state-dir /s --idle:1");
  settings.command_line = {"--state-dir"};
  EXPECT_EQ(ExplainCommand(settings, "a", 1), "stickyd explain --state-dir a:1 --idle");
}

TEST(CauseExamplesTest, NineFilesAreTypedAndTenAreNot) {
  Settings settings;
  for (int i = 0; i < 9; ++i) settings.files.push_back("f" + std::to_string(i));
  EXPECT_EQ(ExplainCommand(settings, "f0", 1), "stickyd explain f0:1 f1 f2 f3 f4 f5 f6 f7 f8");
  settings.files.emplace_back("f9");
  EXPECT_EQ(ExplainCommand(settings, "f0", 1), "stickyd explain f0:1");
}

TEST(CauseExamplesTest, FirstBreakOfEachServiceAndCauseIsKept) {
  NameTable<ServerId> servers(9);
  NameTable<ServiceId> services(9);
  NameTable<ScopeId> scopes(9);
  const std::vector<std::string> files = {"a.log", "-"};
  const OutcomeNames names{&servers, &services, &scopes, &files};
  const ServerId a = servers.Intern("http://a");
  const ServerId b = servers.Intern("http://b");
  CauseExamples examples;
  Outcome outcome{};
  outcome.service = services.Intern("shop");
  outcome.judgement.verdict = Verdict::kHeld;
  outcome.line = 1;
  examples.OnClosed(outcome);
  outcome.judgement.verdict = Verdict::kBreak;
  outcome.judgement.pin = a;
  outcome.server = b;
  outcome.cause = Cause::kServerGone;
  outcome.line = 2;
  examples.OnClosed(outcome);
  outcome.line = 3;
  examples.OnClosed(outcome);
  outcome.service = services.Intern("cart");
  outcome.file = 1;
  examples.OnClosed(outcome);
  outcome.file = 2;
  outcome.cause = Cause::kNotSticky;
  examples.OnClosed(outcome);
  Settings settings;
  settings.files = files;
  const auto found = examples.Examples(names, settings);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].service, "shop");
  EXPECT_EQ(found[0].line, 2U);
  EXPECT_EQ(found[0].file, "a.log");
  EXPECT_EQ(found[0].from, "http://a");
  EXPECT_EQ(found[0].to, "http://b");
  EXPECT_EQ(found[0].command, "stickyd explain a.log:2");
  for (const size_t i : {size_t{1}, size_t{2}}) {
    EXPECT_EQ(found[i].service, "cart");
    EXPECT_EQ(found[i].file, "") << "standard input, or none";
    EXPECT_EQ(found[i].command, "");
  }
}

// --- Terminals.

TEST(TerminalTest, ColoursAreForTerminalsUnlessSomebodySaysOtherwise) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), &std::fclose);
  EXPECT_TRUE(WantsColor(Color::kAlways, file.get()));
  EXPECT_FALSE(WantsColor(Color::kNever, file.get()));
  EXPECT_FALSE(WantsColor(Color::kAuto, file.get()));
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> terminal(std::fopen("/dev/ptmx", "r+"),
                                                                    &std::fclose);
  if (terminal == nullptr) GTEST_SKIP() << "no terminals here";
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "xterm", 1);
  EXPECT_TRUE(WantsColor(Color::kAuto, terminal.get()));
  EXPECT_FALSE(WantsColor(Color::kNever, terminal.get()));
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(WantsColor(Color::kAuto, terminal.get()));
  ::setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(WantsColor(Color::kAuto, terminal.get()));
  ::setenv("TERM", "dumb", 1);
  EXPECT_FALSE(WantsColor(Color::kAuto, terminal.get()));
  ::unsetenv("TERM");
  ::unsetenv("NO_COLOR");
}

TEST(TerminalTest, WidthIsColumnsOrEightyAndFortyAtLeast) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), &std::fclose);
  const auto width = [&](const char* columns) {
    ::setenv("COLUMNS", columns, 1);
    const size_t value = TerminalWidth(file.get());
    ::unsetenv("COLUMNS");
    return value;
  };
  EXPECT_EQ(width("132"), 132U);
  EXPECT_EQ(width("40"), 40U);
  EXPECT_EQ(width("39"), 40U);
  EXPECT_EQ(width("1"), 40U);
  EXPECT_EQ(width("0"), 80U);
  EXPECT_EQ(width("wide"), 80U);
  EXPECT_EQ(TerminalWidth(file.get()), 80U);
}

TEST(InterruptionTest, FirstCtrlCIsNotedAndCanBeWaitedFor) {
  const auto readable = [](const Interruption& interruption) {
    uint64_t value = 0;
    return ::read(interruption.descriptor(), &value, sizeof(value)) == sizeof(value);
  };
  {
    const Interruption interruption;
    EXPECT_FALSE(interruption.asked());
    EXPECT_FALSE(readable(interruption));
    errno = 77;
    std::raise(SIGINT);
    EXPECT_EQ(errno, 77) << "a signal comes between any two steps";
    EXPECT_TRUE(interruption.asked());
    EXPECT_TRUE(readable(interruption));
    struct sigaction now {};
    ::sigaction(SIGINT, nullptr, &now);
    EXPECT_EQ(now.sa_handler, SIG_DFL) << "the second one ends the process";
  }
  const Interruption again;
  EXPECT_FALSE(again.asked());
}

// --- Words and progress.

TEST(PassedOverTest, SaysHowManyChangesWereNotTold) {
  EXPECT_EQ(PassedOver(0), "");
  EXPECT_EQ(PassedOver(1), " (1 changes before were not told)");
}

TEST(ProgressBoundsTest, TimeIsLeftOnlyWhereSomethingIsLeftAndSomethingIsDone) {
  using std::chrono::milliseconds;
  const Progress::Time start{std::chrono::hours(5)};
  const auto shown = [&](uint64_t done, std::optional<uint64_t> total) {
    const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::tmpfile(), &std::fclose);
    Progress progress(true, start, file.get());
    progress.Show(start + milliseconds(250), done, total);
    std::string text(200, '\0');
    std::rewind(file.get());
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    return text;
  };
  EXPECT_EQ(shown(0, 100'000'000), "\r0 MB of 100 MB, 0 %, 0 MB/s\033[K");
  EXPECT_EQ(shown(100'000'000, 100'000'000), "\r100 MB of 100 MB, 100 %, 400 MB/s\033[K");
  EXPECT_EQ(shown(10'000'000, 0), "\r10 MB, 40 MB/s\033[K");
}

}  // namespace
}  // namespace stickyd
