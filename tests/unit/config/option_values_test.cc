// SPDX-License-Identifier: Apache-2.0
// option_values_test: defaults as the help tells them, and values that an option refuses because of
// their shape.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stickyd/base/text.h"
#include "stickyd/config/options.h"
#include "support/memory_file_system.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

SettingsResult ReadAll(std::vector<std::string> arguments, const Environment& environment = {}) {
  arguments.insert(arguments.begin(), {"--config.file", "/dev/null"});
  return ReadSettings(arguments, ~0U, environment, RealFileSystem());
}

std::string HelpOf(const std::string& name) {
  for (const OptionInfo& option : ListOptions(~0U)) {
    if (option.name == name) return option.description;
  }
  return "no such option";
}

TEST(DefaultsTest, HelpTellsWhatIsTrueWhereNothingIsSet) {
  const Settings s = ReadAll({}).settings;
  const SimulatorOptions& made_up = s.simulate.options;
  const auto seconds = [](auto duration) {
    return FormatDuration(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
  };
  const std::pair<const char*, std::string> rows[] = {
      {"log.level", s.log_level},
      {"log", s.watch.logs.at(0)},
      {"web.listen-address", s.watch.listen_addresses.at(0)},
      {"web.telemetry-path", s.watch.telemetry_path},
      {"events.per-minute", std::to_string(s.watch.events_per_minute)},
      {"session", s.pipeline.identifier.sessions.at(0)},
      {"idle", seconds(s.pipeline.sessions.idle)},
      {"max-sessions", std::to_string(s.pipeline.sessions.max_sessions)},
      {"max-connections", std::to_string(s.pipeline.max_connections)},
      {"max-services", std::to_string(s.pipeline.interpreter.max_services)},
      {"line.max-bytes", std::to_string(s.pipeline.max_line_bytes)},
      {"cause.patience", seconds(s.pipeline.causes.patience)},
      {"requests", std::to_string(made_up.requests)},
      {"rate", std::to_string(static_cast<int>(made_up.rate))},
      {"clients", std::to_string(made_up.clients)},
      {"services", std::to_string(made_up.services)},
      {"servers", std::to_string(made_up.servers)},
      {"nat", std::to_string(static_cast<int>(made_up.nat))},
      {"seed", std::to_string(made_up.seed)},
      {"log-file", s.simulate.log},
      {"fault", made_up.fault ? "some" : "none"},
      {"speed", s.simulate.speed == 0 ? "max" : "some"},
  };
  for (const auto& [option, value] : rows) {
    EXPECT_THAT(HelpOf(option), HasSubstr("(default " + value + ")")) << option;
  }
  EXPECT_THAT(HelpOf("sockets"), HasSubstr("(default 0.02)"));
  EXPECT_EQ(made_up.sockets, 0.02);
  EXPECT_THAT(HelpOf("start"), HasSubstr("(default 2026-01-05T09:00:00Z)"));
  EXPECT_EQ(made_up.start_ns, 1'767'603'600'000'000'000);
  EXPECT_EQ(s.simulate.rotate_bytes, 0U);
  EXPECT_TRUE(s.analyze.progress);
}

struct ShapeRow {
  const char* option;
  std::vector<std::string> fine, wrong;
};

TEST(ShapesTest, ValuesThatCannotBeMeantAreRefused) {
  const ShapeRow rows[] = {
      {"--cause.pages",
       {"https://a/b", "http://a", "https://a/{cause}"},
       {"ftp://a", "a/b", "https://a b", "https://a\"", "https://a<", "https://a>"}},
      {"--web.telemetry-path",
       {"/", "/a/b-c_d.e"},
       {"", "a", "/a b", "/a?b", "/a#b", "/a%20", "/a<b", "/a>b", "/a\"b"}},
      {"--service.map", {"a=b", "a=b=c", "^a.*$=b"}, {"a", "=b", "a=", "="}},
      {"--start", {"now", "2026-04-17T14:22:01Z"}, {"then", "2026-04-17", ""}},
      {"--since", {"2h", "2026-04-17"}, {"then", ""}},
      {"--until", {"2h", "2026-04-17"}, {"then", ""}},
      {"--fault", {"none", "server_gone"}, {"all", ""}},
      {"--session", {"cookie:A", "none", "auto", "username"}, {"cookie:", "fish:A", ""}},
      {"--nat", {"0", "0.5", "1"}, {"-0.1", "1.1", "x", "nan"}},
      {"--sockets", {"0", "1"}, {"-0.1", "1.1"}},
      {"--rotate", {"0", "1"}, {"-1", "x"}},
      {"--seed", {"0", "18446744073709551615"}, {"-1", "18446744073709551616"}},
      {"--requests", {"0"}, {"-1", "x"}},
      {"--log.format", {"json", "logfmt"}, {"xml"}},
      {"--from", {"end"}, {"middle"}},
  };
  for (const ShapeRow& row : rows) {
    for (const auto& value : row.fine) {
      EXPECT_TRUE(ReadAll({std::string(row.option) + "=" + value}).problems.empty())
          << row.option << " " << value;
    }
    for (const auto& value : row.wrong) {
      const SettingsResult read = ReadAll({std::string(row.option) + "=" + value});
      ASSERT_EQ(read.problems.size(), 1U) << row.option << " " << value;
      EXPECT_TRUE(read.usage);
      EXPECT_THAT(read.problems[0].message, HasSubstr(value));
    }
  }
}

TEST(ShapesTest, ServiceIsBehindTheLastEqualsSign) {
  const auto map =
      ReadAll({"--service.map", "a=b=c", "--service.map", "d=e"}).settings.pipeline.interpreter;
  ASSERT_EQ(map.service_map.size(), 2U);
  EXPECT_EQ(map.service_map[0].router, "a=b");
  EXPECT_EQ(map.service_map[0].name, "c");
  EXPECT_EQ(map.service_map[1].router, "d");
}

TEST(ShapesTest, SwitchIsOnOrOffInWords) {
  const auto polls = [](const std::string& value) {
    Environment environment;
    environment.variables = {{"STICKYD_POLL", value}};
    const SettingsResult read = ReadAll({}, environment);
    return !read.problems.empty() ? "refused" : read.settings.watch.poll ? "on" : "off";
  };
  for (const char* value : {"true", "yes", "1"}) EXPECT_STREQ(polls(value), "on") << value;
  for (const char* value : {"false", "no", "0", ""}) EXPECT_STREQ(polls(value), "off") << value;
  for (const char* value : {"on", "2", "True"}) EXPECT_STREQ(polls(value), "refused") << value;
}

TEST(ShapesTest, EveryWrongValueOfAListIsNamed) {
  const SettingsResult read = ReadAll(
      {"--exclude.client", "fish", "--exclude.client", "10.0.0.0/8", "--exclude.client", "chips"});
  ASSERT_EQ(read.problems.size(), 1U);
  EXPECT_THAT(read.problems[0].message,
              testing::AllOf(HasSubstr("'fish'"), HasSubstr("; "), HasSubstr("'chips'"),
                             Not(HasSubstr("'10.0.0.0/8'"))));
}

TEST(CommandLineMistakeTest, OnlyItIsToldUntilItIsMended) {
  Environment environment;
  environment.variables = {{"STICKYD_IDLE", "soon"}};
  const SettingsResult read = ReadAll({"--no-such-option"}, environment);
  EXPECT_TRUE(read.usage);
  EXPECT_EQ(read.problems.size(), 1U);
  EXPECT_EQ(ReadAll({}, environment).problems.size(), 1U);
  EXPECT_FALSE(ReadAll({}, environment).usage);
}

TEST(CommandLineMistakeTest, WordsBetweenOptionsAreArgumentsAndNoOptionIsCalledSo) {
  const Settings settings = ReadAll({"a", "--poll", "b", "--", "--c"}).settings;
  EXPECT_THAT(settings.arguments, ElementsAre("a", "b", "--c"));
  EXPECT_THAT(settings.files, ElementsAre("a", "b", "--c"));
  EXPECT_TRUE(settings.watch.poll);
  EXPECT_TRUE(ReadAll({"--argument", "a"}).usage);
}

TEST(StateFolderTest, ItsPlaceIsTheEnvironmentOfTheServiceManager) {
  Environment environment;
  environment.variables = {{"STATE_DIRECTORY", "/state"}};
  EXPECT_EQ(ReadAll({}, environment).settings.PlaceOf("state-dir"), "environment STATE_DIRECTORY");
  EXPECT_EQ(ReadAll({"--state-dir", "/own"}, environment).settings.PlaceOf("state-dir"),
            "command line");
  EXPECT_EQ(environment.Get("STATE_DIRECTORY"), "/state");
  EXPECT_EQ(environment.Get("STATE"), "");
}

TEST(EnvironmentTest, HasWhatTheProcessHas) {
  ::setenv("STICKYD_TEST_OF_THIS", "a=b", 1);
  EXPECT_EQ(Environment::OfProcess().Get("STICKYD_TEST_OF_THIS"), "a=b");
  ::unsetenv("STICKYD_TEST_OF_THIS");
  EXPECT_EQ(Environment::OfProcess().Get("STICKYD_TEST_OF_THIS"), "");
}

// Where the text about options begins: two fifths of a narrow terminal, 36 columns of a wide one.
TEST(HelpColumnsTest, TextStandsBesideNamesWhereThereIsRoom) {
  const auto column = [](size_t width) {
    const std::string help = OptionsHelp(~0U, width);
    const size_t line = help.find("  --poll ");
    return help.find("look at files") - line;
  };
  EXPECT_EQ(column(40), 16U);
  EXPECT_EQ(column(60), 24U);
  EXPECT_EQ(column(80), 32U);
  EXPECT_EQ(column(90), 36U);
  EXPECT_EQ(column(200), 36U);
}

TEST(HelpColumnsTest, OptionStandsOnceBelowTheHeadingOfItsCommands) {
  const std::string help = OptionsHelp(~0U, 200);
  for (const OptionInfo& option : ListOptions(~0U)) {
    const std::string head =
        "\n  --" + option.name + (option.argument.empty() ? " " : " " + option.argument);
    const size_t at = help.find(head);
    ASSERT_NE(at, std::string::npos) << option.name;
    EXPECT_EQ(help.find(head + " ", at + 1), std::string::npos) << option.name;
  }
  const auto below = [&](const char* option, const char* heading, const char* next) {
    const size_t at = help.find(std::string("\n  --") + option + " ");
    return at > help.find(heading) && at < help.find(next);
  };
  EXPECT_TRUE(below("idle", "\nWhat decides", "\nFollowing"));
  EXPECT_TRUE(below("poll", "\nFollowing", "\nChecking"));
  EXPECT_TRUE(below("as", "\nChecking", "\nReports"));
  EXPECT_TRUE(below("since", "\nReports", "\nA made-up"));
  EXPECT_TRUE(below("line", "\nReports", "\nA made-up"));
  for (const char* heading :
       {"\nWhat decides:\n", "\nFollowing and serving (watch):\n", "\nChecking (check):\n",
        "\nReports:\n", "\nA made-up Traefik (simulate):\n"}) {
    EXPECT_EQ(help.find(heading), help.rfind(heading)) << heading;
    EXPECT_NE(help.find(heading), std::string::npos) << heading;
  }
  EXPECT_THAT(help, HasSubstr(HelpOf("log.format") + "\n"));
  EXPECT_THAT(help, HasSubstr(HelpOf("root") + " [repeatable]\n"));
}

}  // namespace
}  // namespace stickyd
