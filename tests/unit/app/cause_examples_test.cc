// SPDX-License-Identifier: Apache-2.0
// cause_examples_test: the breaks that a report points at, and the command that explains them.
#include "../../../src/app/commands/cause_examples.h"

#include <gtest/gtest.h>

#include <string>

namespace stickyd {
namespace {

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

}  // namespace
}  // namespace stickyd
