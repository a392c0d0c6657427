// SPDX-License-Identifier: Apache-2.0
// command_line_test: help, versions, mistakes, causes, and what check and simulate do.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

#include "running.h"
#include "stickyd/app/version.h"
#include "support/fake_api.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;
using CommandLineTest = Running;

TEST_F(CommandLineTest, HelpNamesEveryCommand) {
  for (const Arguments& how : {Arguments{"--help"}, Arguments{"-h"}, Arguments{"help"}}) {
    EXPECT_EQ(Call(how), kExitFine);
    EXPECT_THAT(out_, HasSubstr("usage: stickyd COMMAND [OPTION...]"));
    for (const Command& command : Commands()) {
      EXPECT_THAT(out_, HasSubstr(std::string("\n  ") + command.name));
    }
    EXPECT_THAT(out_, HasSubstr("\n\nstickyd COMMAND --help has the options of a command.\n"));
  }
  EXPECT_EQ(Call({}), kExitUsage);
  EXPECT_THAT(out_, HasSubstr("usage: stickyd COMMAND"));
}

TEST_F(CommandLineTest, EachCommandHasItsHelp) {
  for (const Command& command : Commands()) {
    for (const Arguments& how : {Arguments{command.name, "--help"}, Arguments{command.name, "-h"},
                                 Arguments{"help", command.name}}) {
      EXPECT_EQ(Call(how), kExitFine);
      EXPECT_THAT(out_, HasSubstr(std::string("usage: stickyd ") + command.name));
      EXPECT_THAT(out_, HasSubstr(std::string("Example:\n  ") + command.example));
      EXPECT_EQ(out_.find("Options, also as STICKYD_") != std::string::npos, command.options != 0);
      EXPECT_THAT(out_, HasSubstr("Exit codes: 0 fine"));
    }
  }
  EXPECT_EQ(Call({"cause", "--", "--help"}), kExitUsage);
}

TEST_F(CommandLineTest, LinesOfHelpAreAsLongAsTheTerminalIsWide) {
  const auto longest = [&] {
    size_t most = 0;
    for (size_t at = 0, end = 0; (end = out_.find('\n', at)) != std::string::npos; at = end + 1) {
      most = std::max(most, end - at);
    }
    return most;
  };
  const auto with = [&](const char* columns) {
    ::setenv("COLUMNS", columns, 1);
    EXPECT_EQ(Call({"--help"}), kExitFine);
    ::unsetenv("COLUMNS");
    return longest();
  };
  EXPECT_LE(with("60"), 60U);
  EXPECT_GT(with("60"), 50U);
  EXPECT_LE(with("41"), 41U);
  EXPECT_EQ(with("1"), with("40")) << "40 at least";
  EXPECT_NE(with("41"), with("60"));
  EXPECT_EQ(with("0"), with("80")) << "80 where nothing is known";
  EXPECT_EQ(with("x"), with("80"));
}

TEST_F(CommandLineTest, VersionIsToldWhateverElseIsSaid) {
  for (const Arguments& how :
       {Arguments{"--version"}, Arguments{"version"}, Arguments{"analyze", "--version"},
        Arguments{"--version", "anything"}}) {
    EXPECT_EQ(Call(how), kExitFine);
    EXPECT_EQ(out_, VersionText());
  }
  EXPECT_EQ(Call({"version", "x"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("'x' is no option"));
}

TEST_F(CommandLineTest, UnknownCommandsAreNamedWithWhatWasMeant) {
  EXPECT_EQ(Call({"anlyze"}), kExitUsage);
  EXPECT_EQ(err_, "stickyd: there is no command 'anlyze'; did you mean analyze?\n");
  EXPECT_EQ(Call({"--hlep"}), kExitUsage);
  EXPECT_EQ(err_, "stickyd: there is no option '--hlep'; did you mean --help?\n");
  EXPECT_EQ(Call({"frobnicate"}), kExitUsage);
  EXPECT_EQ(err_, "stickyd: there is no command 'frobnicate'; see stickyd --help\n");
}

TEST_F(CommandLineTest, MistakesOfUsageAndOfConfigurationHaveTheirCodes) {
  const std::string log = Put("a.log", BrokenLog());
  EXPECT_EQ(Run("analyze", {log, "--no-such-option"}), kExitUsage);
  const std::string config = Put("conf", "no.such.key = 1\n");
  EXPECT_EQ(Call({"analyze", "--config.file", config, log}), kExitConfig);
  EXPECT_THAT(err_, HasSubstr("stickyd analyze: " + config));
  EXPECT_EQ(Call({"cause", "not_sticky", "other"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("stickyd cause: 'other' is no option"));
}

TEST_F(CommandLineTest, CausesAreListedAndHavePages) {
  EXPECT_EQ(Call({"cause"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("\nserver_gone               "));
  EXPECT_THAT(out_, HasSubstr("\nnot_honoured"));
  EXPECT_EQ(Call({"cause", "server_gone"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("server_gone"));
  EXPECT_THAT(out_, Not(HasSubstr("not_honoured  ")));
  EXPECT_EQ(Call({"cause", "server_gon"}), kExitUsage);
  EXPECT_EQ(out_, "");
  EXPECT_THAT(err_, HasSubstr("there is no cause 'server_gon'; did you mean server_gone?"));
  EXPECT_EQ(Call({"cause", "frobnicate"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("'frobnicate'; without an argument all are listed"));
}

// --- check

TEST_F(CommandLineTest, CheckSaysWhatTheLogsHold) {
  const std::string json = Put("a.log", BrokenLog());
  EXPECT_EQ(Run("check", {"--log", json}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("/dev/null: fine\n"));
  EXPECT_THAT(out_, HasSubstr(json + ": 6 of the last 6 lines are records, JSON\n  no record has "
                                     "the Sec-Fetch-Site header"));
  EXPECT_EQ(out_.find("seen as root") != std::string::npos, ::geteuid() == 0);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(Call({"check", "--config.file", Path("no.conf"), "--log", json}), kExitConfig);
}

TEST_F(CommandLineTest, CheckFailsWhereALogIsAbsentOrHoldsNoRecord) {
  const std::string fine = Put("a.log", ClfLine(0, 1, 1));
  EXPECT_EQ(Run("check", {"--log", fine, "--log", Path("none")}), kExitFound);
  EXPECT_THAT(out_, HasSubstr(fine + ": 1 of the last 1 lines are records, CLF"));
  EXPECT_THAT(err_, HasSubstr("none: No such file or directory; does Traefik write there"));
  EXPECT_EQ(Run("check", {"--log", Path("none"), "--log.optional"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("none: No such file"));
  const std::string words = Put("words.log", "words\n");
  EXPECT_EQ(Run("check", {"--log", words, "--log", fine}), kExitFound);
  EXPECT_THAT(err_, HasSubstr(words + ": none of the last 1 lines is a record; most are "
                                      "not_access_log: is this Traefik's access log?"));
  const std::string empty = Put("empty.log", "");
  EXPECT_EQ(Run("check", {"--log", empty}), kExitFine);
  EXPECT_THAT(out_, HasSubstr(empty + ": no line yet\n"));
  EXPECT_EQ(Run("check", {"--log", folder_.path().string()}), kExitFound);
}

TEST_F(CommandLineTest, CheckTriesWhatTheDaemonWouldUse) {
  const std::string log = Put("a.log", BrokenLog());
  EXPECT_EQ(Run("check", {"--log", log, "--events", Path("no/events")}), kExitConfig);
  EXPECT_THAT(err_, HasSubstr("command line: --events: "));
  EXPECT_EQ(Run("check", {"--log", log, "--state-dir", Path("none")}), kExitConfig);
  EXPECT_THAT(err_, HasSubstr("--state-dir: "));
  EXPECT_EQ(Run("check", {"--log", log, "--web.listen-address", "192.0.2.1:80"}), kExitConfig);
  EXPECT_THAT(err_, HasSubstr("--web.listen-address: cannot listen on 192.0.2.1:80"));
  EXPECT_EQ(Run("check", {"--log", log, "--traefik.snapshot", Path("none")}), kExitConfig);
  EXPECT_THAT(err_, HasSubstr("--traefik.snapshot: "));
  EXPECT_EQ(Run("check", {"--log", log, "--events", Path("events")}), kExitFine);
  EXPECT_FALSE(std::filesystem::exists(Path("events"))) << "nothing is made";
}

TEST_F(CommandLineTest, CheckAsksEveryApi) {
  const std::string log = Put("a.log", BrokenLog());
  FakeApi fine;
  fine.PutConfig({"http://10.0.0.1:80"});
  FakeApi other;
  EXPECT_EQ(Run("check", {"--log", log, "--traefik.url", fine.url()}), kExitFine);
  EXPECT_THAT(out_, HasSubstr(fine.url() + ": Traefik 3.7.9, 1 routers, 1 services\n"));
  EXPECT_EQ(Run("check", {"--log", log, "--traefik.url", other.url()}), kExitFound);
  EXPECT_THAT(err_, HasSubstr(other.url() + "/api/rawdata answers 404"));
  EXPECT_EQ(Run("check", {"--log", log, "--traefik.url", other.url(), "--traefik.url", fine.url()}),
            kExitFound);
  EXPECT_THAT(out_, HasSubstr(fine.url() + ": Traefik 3.7.9"));
  EXPECT_EQ(Run("check", {"--log", Path("none"), "--traefik.url", fine.url()}), kExitFound);
}

TEST_F(CommandLineTest, CheckLooksAsAnotherUser) {
  const std::string log = Put("a.log", BrokenLog());
  EXPECT_EQ(Run("check", {"--log", log, "--as", "no-such-user-here"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("--as: there is no user 'no-such-user-here'"));
  EXPECT_EQ(Run("check", {"--log", log, "--as", "root:no-such-group"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("there is no group 'no-such-group'"));
  if (::geteuid() != 0) {
    EXPECT_EQ(Run("check", {"--log", log, "--as", "root"}), kExitFound);
    EXPECT_THAT(err_, HasSubstr("only root can look as another user"));
    return;
  }
  EXPECT_EQ(Run("check", {"--log", log, "--as", "root"}), kExitFine);
  EXPECT_THAT(out_, Not(HasSubstr("seen as root")));
  EXPECT_EQ(Run("check", {"--log", log, "--as", "nobody"}), kExitFound) << "the folder is root's";
  EXPECT_THAT(err_, HasSubstr("a.log: Permission denied"));
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  EXPECT_EQ(Run("check", {"--log", log, "--as", "nobody"}), kExitFine) << err_;
  EXPECT_THAT(out_, HasSubstr("a.log: 6 of the last 6 lines are records"));
}

// --- simulate

TEST_F(CommandLineTest, SimulateWritesLogTruthAndAnswers) {
  EXPECT_EQ(Run("simulate", {"--requests", "200", "--log-file", Path("s.log"), "--truth",
                             Path("truth"), "--api", Path("api")}),
            kExitFine);
  const std::string log = ContentOf(Path("s.log"));
  const std::string truth = ContentOf(Path("truth"));
  EXPECT_GE(std::count(log.begin(), log.end(), '\n'), 200);
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), std::count(truth.begin(), truth.end(), '\n'));
  EXPECT_FALSE(std::filesystem::is_empty(Path("api/0000")));
  EXPECT_EQ(Run("analyze", {Path("s.log"), "--traefik.snapshot", Path("api")}), kExitFine);
}

TEST_F(CommandLineTest, SimulatedLogIsRotatedAtItsSize) {
  const Arguments simulate = {"--requests", "100", "--log-file", Path("s.log")};
  EXPECT_EQ(Run("simulate", simulate), kExitFine);
  const std::string whole = ContentOf(Path("s.log"));
  Arguments rotating = simulate;
  rotating.insert(rotating.end(), {"--rotate", std::to_string(whole.size() / 2)});
  EXPECT_EQ(Run("simulate", rotating), kExitFine) << err_;
  EXPECT_EQ(ContentOf(Path("s.log.1")) + ContentOf(Path("s.log")), whole);
  EXPECT_GE(ContentOf(Path("s.log.1")).size(), whole.size() / 2);
  EXPECT_LT(ContentOf(Path("s.log.1")).size(), whole.size() / 2 + 1000);
}

TEST_F(CommandLineTest, SimulateSaysWhatCannotBe) {
  EXPECT_EQ(Run("simulate", {"--log-file", Path("no/s.log")}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("stickyd simulate: "));
  EXPECT_EQ(Run("simulate", {"--log-file", Path("s.log"), "--truth", Path("no/truth")}),
            kExitFound);
  EXPECT_EQ(
      Run("simulate", {"--log-file", Path("s.log"), "--traefik", "v1.7", "--api", Path("api")}),
      kExitUsage);
  EXPECT_THAT(err_, HasSubstr("--api: the API of v1.7 is not simulated"));
}

}  // namespace
}  // namespace stickyd
