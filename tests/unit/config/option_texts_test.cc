// SPDX-License-Identifier: Apache-2.0
// option_texts_test: durations, times, names of variables and folded help: their values and bounds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "stickyd/base/text.h"
#include "stickyd/config/help_text.h"
#include "stickyd/config/option_hints.h"
#include "stickyd/config/options.h"
#include "support/memory_file_system.h"

namespace stickyd {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::HasSubstr;

TEST(DurationBoundsTest, EachUnitHasItsLength) {
  EXPECT_EQ(ParseDuration("7ms"), milliseconds(7));
  EXPECT_EQ(ParseDuration("7s"), milliseconds(7000));
  EXPECT_EQ(ParseDuration("7m"), milliseconds(420'000));
  EXPECT_EQ(ParseDuration("7h"), hours(7));
  EXPECT_EQ(ParseDuration("7d"), hours(168));
  EXPECT_EQ(ParseDuration("0s"), milliseconds(0));
  EXPECT_EQ(ParseDuration("366000d"), hours(24) * 366'000) << "a thousand years";
  for (const char* text : {"366001d", "7w", "7M", "7 d", "7ss", "d", "7d ", "+7d"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(DurationBoundsTest, IsWrittenInTheLargestUnitThatFits) {
  EXPECT_EQ(FormatDuration(milliseconds(0)), "0ms");
  EXPECT_EQ(FormatDuration(milliseconds(999)), "999ms");
  EXPECT_EQ(FormatDuration(milliseconds(1000)), "1s");
  EXPECT_EQ(FormatDuration(milliseconds(61'000)), "61s");
  EXPECT_EQ(FormatDuration(milliseconds(60'000)), "1m");
  EXPECT_EQ(FormatDuration(hours(24)), "1d");
  EXPECT_EQ(FormatDuration(hours(25)), "25h");
}

TEST(TimeBoundsTest, TimesAreDatesMomentsOrBackFromNow) {
  const EventTime now = EventTimeFromUnixNanoseconds(1'767'700'000'000'000'000);
  const EventTime nine = EventTimeFromUnixNanoseconds(1'767'603'600'000'000'000);
  EXPECT_EQ(ParseTime("2026-01-05T09:00:00Z", now), nine);
  EXPECT_EQ(ParseTime("2026-01-05T09:00:00", now), nine);
  EXPECT_EQ(ParseTime("2026-01-05T10:00:00+01:00", now), nine);
  EXPECT_EQ(ParseTime("2026-01-05", now), nine - hours(9));
  EXPECT_EQ(ParseTime("2h", now), now - hours(2));
  for (const char* text : {"", "now", "2026-01-5", "2026-01-05T09:00", "2026-13-05", "2"}) {
    EXPECT_FALSE(ParseTime(text, now)) << text;
  }
}

TEST(VariableTest, NamesAreInCapitalsWithLines) {
  EXPECT_EQ(VariableName("web.listen-address"), "STICKYD_WEB_LISTEN_ADDRESS");
  EXPECT_EQ(VariableName("az09"), "STICKYD_AZ09");
}

TEST(FoldedTest, TextStandsInItsColumnAndNoLineIsTooWide) {
  EXPECT_EQ(Folded({"  head", "one two three"}, 8, 15), "  head  one two\n        three\n");
  EXPECT_EQ(Folded({"  head", "one two three"}, 8, 14),
            "  head  one\n        two\n        three\n");
  EXPECT_EQ(Folded({"  longer", "one"}, 8, 40), "  longer\n        one\n");
  EXPECT_EQ(Folded({"  head", "one"}, 7, 40), "  head\n       one\n");
  EXPECT_EQ(Folded("one two", 7), "one two\n");
  EXPECT_EQ(Folded("one two", 6), "one\ntwo\n");
  EXPECT_EQ(Folded("averylongword", 5), "averylongword\n");
}

TEST(FileBoundsTest, LongestLineAndSectionAreRead) {
  MemoryFileSystem files;
  const auto problems = [&](const std::string& text) {
    files.Remove("/conf");
    files.Append("/conf", text);
    std::string all;
    for (const SettingsProblem& problem :
         ReadSettings({"--config.file", "/conf"}, OptionsOf("watch"), {}, files).problems) {
      all += problem.place + ": " + problem.message + "\n";
    }
    return all;
  };
  const std::string key = "log = ";
  EXPECT_EQ(problems(key + std::string(4096 - key.size(), 'x')), "");
  EXPECT_EQ(problems(key + std::string(4097 - key.size(), 'x')),
            "/conf:1: has more than 4096 bytes\n");
  EXPECT_THAT(problems("[" + std::string(64, 's') + "]\na = 1"),
              HasSubstr("'" + std::string(64, 's') + ".a'"));
  EXPECT_THAT(problems("[" + std::string(65, 's') + "]\na = 1"),
              HasSubstr("'[a section of a long name].a'"));
  EXPECT_EQ(problems("idle"), "/conf:1: is neither key = value nor [section]: 'idle'\n");
  EXPECT_EQ(problems("idle = 1h\n\nidle = 2h"), "/conf:3: idle: was given before\n");
}

TEST(FileBoundsTest, OnlyTheFirstMistakesGetASuggestion) {
  MemoryFileSystem files;
  std::string text;
  for (int i = 0; i < 30; ++i) text += "idel = 1h\n";
  files.Append("/conf", text);
  const auto problems =
      ReadSettings({"--config.file", "/conf"}, OptionsOf("watch"), {}, files).problems;
  ASSERT_EQ(problems.size(), 30U);
  EXPECT_THAT(problems[19].message, HasSubstr("did you mean idle?"));
  EXPECT_EQ(problems[20].message, "unknown option 'idel'");
}

TEST(PlacesTest, EachValueHasItsPlace) {
  MemoryFileSystem files;
  files.Append("/conf", "log = /a\n\nlog = /b\nidle = 1h\n");
  const Settings settings =
      ReadSettings({"--config.file", "/conf", "--idle", "2h"}, OptionsOf("watch"), {}, files)
          .settings;
  EXPECT_EQ(settings.PlaceOf("log", 0), "/conf:1");
  EXPECT_EQ(settings.PlaceOf("log", 1), "/conf:3");
  EXPECT_EQ(settings.PlaceOf("log", 2), "default");
  EXPECT_EQ(settings.PlaceOf("idle", 0), "command line");
  EXPECT_EQ(settings.PlaceOf("events", 0), "default");
  EXPECT_EQ(settings.config_file, "/conf");
}

TEST(FileBoundsTest, DefaultFileThatIsNotThereIsNoMistake) {
  const MemoryFileSystem files;
  EXPECT_THAT(ReadSettings({}, OptionsOf("watch"), {}, files).problems, testing::IsEmpty());
}

}  // namespace
}  // namespace stickyd
