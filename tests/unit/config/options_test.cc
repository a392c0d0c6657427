// SPDX-License-Identifier: Apache-2.0
// options_test: where settings come from, and that every mistake is named with its place.
#include "stickyd/config/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "stickyd/app/app.h"
#include "stickyd/base/text.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

class OptionsTest : public testing::Test {
 protected:
  SettingsResult Read(std::vector<std::string> arguments,
                      unsigned groups = kCommonOptions | kWatchOptions) {
    arguments.insert(arguments.end(), {"--config.file", file_});
    return ReadSettings(arguments, groups, environment_, RealFileSystem());
  }
  void File(const std::string& text) { std::ofstream(file_) << text; }
  void Variable(const std::string& name, const std::string& value) {
    environment_.variables.emplace_back(name, value);
  }
  static std::string All(const SettingsResult& result) {
    std::string all;
    for (const auto& [place, message] : result.problems) all += place + ": " + message + "\n";
    return all;
  }
  TempDir dir_;
  std::string file_ = (dir_.path() / "stickyd.conf").string();
  Environment environment_;
  void SetUp() override { File(""); }
};

TEST_F(OptionsTest, WithoutAnyEverythingHasADefault) {
  const SettingsResult result = Read({});
  EXPECT_EQ(All(result), "");
  EXPECT_THAT(result.settings.watch.logs, testing::ElementsAre("/var/log/traefik/access.log"));
  EXPECT_THAT(result.settings.watch.listen_addresses, testing::ElementsAre("127.0.0.1:10378"));
}

TEST_F(OptionsTest, WhatWasTypedIsKeptForCommandsToType) {
  File("idle = 1m\n");
  const Settings settings =
      Read({"--max-services", "7", "a.log"}, kAnalyzeOptions | kCommonOptions).settings;
  EXPECT_THAT(settings.command_line,
              testing::ElementsAre("--max-services", "7", "a.log", "--config.file", file_));
  EXPECT_THAT(settings.arguments, testing::ElementsAre("a.log"));
}

TEST_F(OptionsTest, TheCommandLineBeatsTheEnvironmentAndThatTheFile) {
  File("idle = 1m\nmax-sessions = 100\nmax-services = 10\n");
  Variable("STICKYD_IDLE", "2m");
  Variable("STICKYD_MAX_SESSIONS", "200");
  const SettingsResult result = Read({"--idle", "3m"});
  EXPECT_EQ(All(result), "");
  EXPECT_EQ(result.settings.pipeline.sessions.idle, std::chrono::minutes(3));
  EXPECT_EQ(result.settings.pipeline.sessions.max_sessions, 200U);
  EXPECT_EQ(result.settings.pipeline.interpreter.max_services, 10);
}

TEST_F(OptionsTest, RepeatableOnesAreListsInAllThreePlaces) {
  const auto logs = testing::ElementsAre("/a", "/b");
  EXPECT_THAT(Read({"--log", "/a", "--log", "/b"}).settings.watch.logs, logs);
  File("log = /a\nlog = /b\n");
  EXPECT_THAT(Read({}).settings.watch.logs, logs);
  Variable("STICKYD_LOG", "/a  /b");
  File("log = /c\n");
  EXPECT_THAT(Read({}).settings.watch.logs, logs);
}

TEST_F(OptionsTest, EveryMistakeInTheFileHasItsLineAndIsToldOnce) {
  File(
      "idle = soon\n"
      "no-such-key = 1\n"
      "stray\n"
      "log =\n"
      "max-services = 5\n"
      "max-services = 6\n"
      "[web]\n"
      "listen-address = fish\n"
      "listen-address = 127.0.0.1:1\n"
      "telemetry-path = metrics\n"
      "[exclude]\n"
      "path = (\n"
      "client = 1.2.3.4/99\n"
      "[service]\n"
      "map = (=x\n"
      "[proxy]\n"
      "trusted = fish\n");
  const SettingsResult result = Read({});
  for (const int line : {1, 2, 3, 4, 6, 8, 10, 12, 13, 15, 17}) {
    EXPECT_THAT(All(result), HasSubstr("stickyd.conf:" + std::to_string(line) + ": "));
  }
  EXPECT_EQ(result.problems.size(), 11U) << All(result);
  EXPECT_FALSE(result.usage);
}

TEST_F(OptionsTest, LinesOfTheFileMayHaveBlanksCommentsAndCarriageReturns) {
  File(
      " # all of it\r\n\t[ web ]\r\n\r\n [web.] # here\r\n telemetry-path\t=  /a=b # "
      "x\r\n[]\nidle=2m");
  const SettingsResult result = Read({});
  EXPECT_EQ(All(result), "");
  EXPECT_EQ(result.settings.watch.telemetry_path, "/a=b");
  EXPECT_EQ(result.settings.pipeline.sessions.idle, std::chrono::minutes(2));
}

TEST_F(OptionsTest, WhatIsTooLongInTheFileIsAMistakeOfABoundedLength) {
  const std::string filler(100'000, 'x');
  File("idle = " + filler + "\n[" + filler + "]\n[" + std::string(200, 'x') + "]\nidle = 1m\n");
  const SettingsResult result = Read({});
  EXPECT_EQ(result.problems.size(), 3U);
  EXPECT_LT(All(result).size(), 1000U);
}

TEST_F(OptionsTest, MistakesInTheEnvironmentAreNamed) {
  Variable("STICKYD_IDLE", "soon");
  Variable("STICKYD_NO_SUCH", "1");
  Variable("STICKYD_SESSION", "cookie:A fish");
  Variable("STICKYD_LOG", " ");
  Variable("STICKYD_FAULT", "of another command");
  const std::string all = All(Read({}));
  EXPECT_THAT(all, HasSubstr("environment STICKYD_IDLE: "));
  EXPECT_THAT(all, HasSubstr("environment STICKYD_NO_SUCH: unknown option"));
  EXPECT_THAT(all, HasSubstr("environment STICKYD_SESSION: --session: 'fish'"));
  EXPECT_THAT(all, HasSubstr("environment STICKYD_LOG: --log: has no value"));
  EXPECT_THAT(all, Not(HasSubstr("FAULT")));
}

TEST_F(OptionsTest, MistakesOnTheCommandLineAreUsage) {
  const std::vector<std::vector<std::string>> rows = {{"--no-such-option"},
                                                      {"--idle"},
                                                      {"--idle", "1h", "--idle", "2h"},
                                                      {"--idle", ""},
                                                      {"--session", "fish"},
                                                      {"--web.listen-address", "[::1"},
                                                      {"--poll=yes"},
                                                      {"--log", ""},
                                                      {"--exclude.user-agent", "["}};
  for (const auto& row : rows) {
    const SettingsResult result = Read(row);
    EXPECT_TRUE(result.usage) << row[0];
    EXPECT_THAT(All(result), HasSubstr("command line: "));
  }
}

TEST_F(OptionsTest, WordsThatThereAreNotGetASuggestion) {
  EXPECT_THAT(All(Read({"--max-session", "5"})), HasSubstr("did you mean --max-sessions?"));
  EXPECT_THAT(All(Read({"--listen-address=:1"})), HasSubstr("did you mean --web.listen-address?"));
  EXPECT_THAT(All(Read({"--output", "json"})),
              HasSubstr("it is an option of analyze, audit, explain, decode"));
  EXPECT_THAT(All(Read({"--from", "begin"})), HasSubstr("did you mean beginning?"));
  EXPECT_THAT(All(Read({"--fault", "server-gone"}, kSimulateOptions)),
              HasSubstr("did you mean server_gone?"));
  EXPECT_THAT(All(Read({"--session", "usrname"})), HasSubstr("did you mean username?"));
  EXPECT_THAT(All(Read({"--session", "cooky:A"})), HasSubstr("did you mean cookie?"));
  EXPECT_THAT(All(Read({"--log.level", "warning"})), HasSubstr("did you mean warn?"));
  EXPECT_THAT(All(Read({"--fish-and-chips"})), Not(HasSubstr("did you mean")));
  Variable("STICKYD_LISTEN_ADDRESS", ":1");
  Variable("STICKYD_IDEL", "1h");
  const std::string all = All(Read({}));
  EXPECT_THAT(all, HasSubstr("did you mean STICKYD_WEB_LISTEN_ADDRESS?"));
  EXPECT_THAT(all, HasSubstr("did you mean STICKYD_IDLE?"));
}

TEST_F(OptionsTest, OptionBelowAForeignSectionIsToldItsOwn) {
  File(
      "[web]\n"
      "idle = 5m\n"
      "trusted = 10.0.0.0/8\n"
      "exclude.path = /x\n"
      "listen-adres = :1\n"
      "fish = 1\n"
      "[wbe]\n"
      "listen-address = :1\n");
  const SettingsResult result = Read({});
  ASSERT_EQ(result.problems.size(), 6U) << All(result);
  const char* const hints[] = {
      "; idle is in no section: put it above the first [section], or below a line []",
      "; did you mean trusted below [proxy]?",
      "; did you mean path below [exclude]?",
      "; did you mean listen-address?",
      "unknown option 'web.fish'",
      "; did you mean listen-address below [web]?"};
  for (size_t i = 0; i < result.problems.size(); ++i) {
    EXPECT_TRUE(result.problems[i].message.ends_with(hints[i])) << result.problems[i].message;
  }
}

TEST_F(OptionsTest, HelpHasTheHeadingsOfTheManualPageInOrderAndNoLineIsTooWide) {
  for (const size_t width : {40U, 60U, 80U, 200U}) {
    const std::string help = OptionsHelp(~0U, width);
    size_t before = 0;
    for (const char* heading :
         {"\nWhat decides:\n", "\nFollowing and serving (watch):\n", "\nReports:\n",
          "\nDecoding (decode):\n", "\nWhat a configuration breaks (audit):\n",
          "\nHow much (simulate, probe):\n", "\nA made-up Traefik (simulate):\n",
          "\nAsking a site (probe):\n"}) {
      const size_t at = help.find(heading);
      ASSERT_NE(at, std::string::npos) << heading;
      EXPECT_GE(at, before) << heading;
      before = at;
    }
    size_t widest = 0;
    ForEachPart(help, '\n', [&](std::string_view line) { widest = std::max(widest, line.size()); });
    EXPECT_LE(widest, width);
    EXPECT_GT(widest, width * 3 / 4);
  }
  EXPECT_EQ(OptionsHelp(kSimulateOptions, 80).find("(watch)"), std::string::npos);
}

TEST_F(OptionsTest, TooManyFieldsOfTheirOwnAreAMistakeTogether) {
  std::vector<std::string> arguments;
  for (const char* name : {"A", "B", "C", "D", "E"})
    arguments.insert(arguments.end(), {"--session", std::string("header:X-") + name});
  EXPECT_THAT(All(Read(arguments)), HasSubstr("more than 4 fields"));
  arguments.resize(8);
  EXPECT_EQ(All(Read(arguments)), "");
}

TEST_F(OptionsTest, AnUnreadableFileIsAMistakeOnlyWhereItWasNamed) {
  const auto read = [&](const std::string& path) {
    return ReadSettings({"--config.file", path}, kCommonOptions, environment_, RealFileSystem());
  };
  EXPECT_THAT(All(read((dir_.path() / "missing").string())), HasSubstr("No such file"));
  EXPECT_THAT(All(read(dir_.path().string())), HasSubstr("Is a directory"));
  EXPECT_THAT(All(read("/dev/zero")), HasSubstr("is a character device, not a file"));
  EXPECT_EQ(All(read("/dev/null")), "");
}

TEST_F(OptionsTest, TheServiceManagersStateDirectoryIsTheDefault) {
  Variable("STATE_DIRECTORY", "/var/lib/stickyd");
  EXPECT_EQ(Read({}).settings.state_dir, "/var/lib/stickyd");
  EXPECT_EQ(Read({"--state-dir", "/elsewhere"}).settings.state_dir, "/elsewhere");
}

TEST(DurationTest, ReadsBackWhatItWrites) {
  for (const char* text : {"500ms", "30s", "90s", "5m", "1h", "8h", "2d"}) {
    const auto duration = ParseDuration(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_EQ(FormatDuration(*duration), text);
  }
  for (const char* text :
       {"", "5", "s", "-5s", "1.5h", "5 s", "99999999999999d", "203333333330h"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(CommandsTest, EachHasAnExampleThatItsOptionsKnow) {
  for (const Command& command : Commands()) {
    const std::string example = command.example;
    EXPECT_TRUE(example.starts_with(std::string("stickyd ") + command.name)) << example;
    for (size_t at = example.find("--"); at != std::string::npos; at = example.find("--", at + 2)) {
      const std::string option = example.substr(at + 2, example.find(' ', at) - at - 2);
      const auto known = ListOptions(command.options);
      EXPECT_TRUE(std::any_of(known.begin(), known.end(), [&](const OptionInfo& info) {
        return info.name == option;
      })) << example;
    }
  }
}

// A daemon that is told to reload says which changes have to wait.
TEST(NeedRestartTest, NamesOptionsOfTheStartThatAreSetOtherwise) {
  const auto read = [](const std::vector<std::string>& arguments) {
    return ReadSettings(arguments, OptionsOf("watch"), {}, RealFileSystem()).settings;
  };
  const Settings before = read({"--config.file", "/dev/null", "--idle", "1h", "--poll"});
  EXPECT_THAT(NeedRestart(before, before), testing::IsEmpty());
  const Settings after = read({"--config.file", "/dev/null", "--max-sessions", "16", "--log",
                               "/a.log", "--exclude.path", "^/a", "--log.level", "debug"});
  EXPECT_THAT(NeedRestart(before, after), testing::ElementsAre("idle", "max-sessions"));
}

}  // namespace
}  // namespace stickyd
