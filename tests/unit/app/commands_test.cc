// SPDX-License-Identifier: Apache-2.0
// commands_test: the commands that end by themselves: what they print, and their exit codes.
#include <gmock/gmock.h>

#include "running.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

class CommandsTest : public Running {
 protected:
  void SetUp() override {
    // With a key of its own, so that sessions have the same names every time.
    std::filesystem::create_directory(Path("state"));
    Put("state/hash.key", "0123456789abcdef");
    log_ = Put("a.log", BrokenLog());
  }
  int Explain(Arguments arguments) {
    arguments.insert(arguments.end(), {"--state-dir", Path("state")});
    return Run("explain", arguments);
  }
  std::string log_;
};

// --- analyze

TEST_F(CommandsTest, AnalyzeCountsAndNamesAnExample) {
  EXPECT_EQ(Run("analyze", {log_}), kExitFine);
  EXPECT_EQ(err_, "");
  for (const char* part :
       {"Lines: 6 read = 6 parsed + 0 unparsed + 0 skipped", "\nshop@file\n",
        "  requests: 6, of which first 3, returning 3, ambiguous 0, unresolved 0\n",
        "  breaks: 1 = 33.33 % of returning (surely above 6.15 %; 44.44 % if nothing were sticky; "
        "index 0.75)\n",
        "  sessions: 3, of which broken 1\n", "         1  unknown: the log cannot tell\n",
        "     66.7 %  http://10.0.0.b:80\n     33.3 %  http://10.0.0.a:80\n"}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
  EXPECT_THAT(out_, HasSubstr("for example line 4 of " + log_ +
                              ", 2026-01-05T09:00:03.000000Z: from http://10.0.0.a:80 to "
                              "http://10.0.0.b:80\n"));
  EXPECT_THAT(out_, HasSubstr("stickyd explain --config.file /dev/null " + log_ + ":4\n"));
  EXPECT_THAT(out_, Not(HasSubstr("\033")));  // no terminal, no colours
}

TEST_F(CommandsTest, AnalyzeFailsAboveItsLimitOnly) {
  EXPECT_EQ(Run("analyze", {log_, "--fail-above", "0.3"}), kExitFound);
  EXPECT_EQ(Run("analyze", {log_, "--fail-above", "0.34"}), kExitFine);
  const std::string none = Put("none.log", "");
  EXPECT_EQ(Run("analyze", {none}), kExitFine);
  EXPECT_EQ(Run("analyze", {none, "--fail-above", "0.3"}), kExitFound) << "no numbers at all";
  EXPECT_THAT(err_, HasSubstr("stickyd analyze: "));
}

TEST_F(CommandsTest, AnalyzeSaysWhatCannotBeTrusted) {
  const std::string log = Put("b.log", BrokenLog() + "words\n");
  EXPECT_EQ(Run("analyze", {log}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("1 of 7 lines gave no record, mostly not_access_log"));
  EXPECT_THAT(out_, HasSubstr("  unparsed, not_access_log: 1\n"));
}

TEST_F(CommandsTest, AnalyzeSaysWhatExcludesAllRequests) {
  EXPECT_EQ(Run("analyze", {log_, "--exclude.path", ".", "--fail-above", "0.5"}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("6 by --exclude.path (leave it out to keep them)"));
  std::string own = BrokenLog();
  for (size_t at = 0; (at = own.find("Browser", at)) != std::string::npos;) {
    own.replace(at, 7, "stickyd-probe/0.1.0");
  }
  const std::string log = Put("own.log", own);
  EXPECT_EQ(Run("analyze", {log, "--fail-above", "0.5"}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("6 as stickyd's own probes"));
}

TEST_F(CommandsTest, AnalyzeWritesVerdictsAndEvents) {
  const std::string verdicts = Put("verdicts", "what was there before\n");
  const std::string events = Put("events", "what was there before\n");
  EXPECT_EQ(Run("analyze", {log_, "--verdicts", verdicts, "--events", events}), kExitFine);
  const std::string text = ContentOf(verdicts);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
  EXPECT_THAT(text, HasSubstr("\"cause\":\"unknown\""));
  EXPECT_THAT(text, HasSubstr("shop@file"));
  const std::string told = ContentOf(events);
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1);
  EXPECT_THAT(told, HasSubstr("http://10.0.0.b:80"));
}

TEST_F(CommandsTest, VerdictsOnStandardOutputPutTheReportElsewhere) {
  for (const char* option : {"--verdicts", "--events"}) {
    EXPECT_EQ(Run("analyze", {log_, option, "-"}), kExitFine);
    EXPECT_TRUE(out_.starts_with('{')) << out_;
    EXPECT_THAT(err_, HasSubstr("breaks: 1"));
  }
}

TEST_F(CommandsTest, AnalyzeSaysWhichFileItCannotUse) {
  EXPECT_EQ(Run("analyze", {Path("no.log")}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("no.log: No such file"));
  EXPECT_EQ(Run("analyze", {log_, Path("no.log")}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("breaks: 1"));
  EXPECT_EQ(Run("analyze", {log_, "--verdicts", Path("no/verdicts")}), kExitFound);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(Run("analyze", {log_, "--events", Path("no/events")}), kExitFound);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(Run("analyze", {}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("no files given"));
  Put("state/hash.key", "short");
  EXPECT_EQ(Run("analyze", {log_, "--state-dir", Path("state")}), kExitConfig);
  EXPECT_THAT(err_, HasSubstr("--state-dir: "));
}

TEST_F(CommandsTest, AnalyzeReportsInJsonToo) {
  EXPECT_EQ(Run("analyze", {log_, "--output", "json"}), kExitFine);
  for (const char* part : {"\"breaks\": 1,", "\"interrupted\": false", "\"returning\": 3,",
                           "\"bytes\": ", "\"to\": \"http://10.0.0.b:80\"",
                           "\"from\": \"http://10.0.0.a:80\"", "\"line\": 4,"}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
  EXPECT_THAT(out_, HasSubstr("\"bytes\": " + std::to_string(BrokenLog().size())));
}

TEST_F(CommandsTest, ColoursComeWhereTheyAreAskedFor) {
  EXPECT_EQ(Run("analyze", {log_, "--color", "always"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("\033["));
  EXPECT_EQ(Run("analyze", {log_, "--color", "never"}), kExitFine);
  EXPECT_THAT(out_, Not(HasSubstr("\033[")));
}

// --- explain

TEST_F(CommandsTest, ExplainSaysWhyARecordIsABreak) {
  EXPECT_EQ(Explain({log_ + ":4"}), kExitFine);
  EXPECT_TRUE(out_.starts_with(log_ + ":4  2026-01-05T09:00:03.000000Z\n")) << out_;
  for (const char* part :
       {"  service shop@file  scope shop@file  server http://10.0.0.b:80\n",
        "  learnt between 2026-01-05T09:00:03.005000Z and 2026-01-05T09:00:03.005000Z\n",
        ", by address and user agent, connection ",
        "  cookie: names http://10.0.0.a:80 (raw_url); response sets a sticky cookie\n",
        "  memory of this client:\n    http://10.0.0.a:80  learnt first by "
        "2026-01-05T09:00:01.005000Z, last by 2026-01-05T09:00:02.005000Z\n    possible pins when "
        "the request was sent: http://10.0.0.a:80\n",
        "Verdict: break, evidence cookie, pin http://10.0.0.a:80 (cookie: refused)\n",
        "To know more: --traefik.snapshot (watch: --traefik.url): what Traefik's API says\n",
        ", closed: break\nCauses, in the order in which they are tried:\n",
        "\n     failover                  no: without the API, no tree is known\n",
        "\nCause: unknown\nAdvice: Keep the headers Sec-Fetch-Site"}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
  EXPECT_THAT(out_, HasSubstr("\nRecord 4 of " + log_ + ", closed: break"));
  EXPECT_THAT(out_, Not(HasSubstr("->")));  // no cause was found
  EXPECT_THAT(out_, Not(HasSubstr("Changed around")));
}

TEST_F(CommandsTest, ExplainSaysWhatIsNotKnown) {
  EXPECT_EQ(Explain({log_ + ":1"}), kExitFine);
  for (const char* part :
       {"  cookies are not logged\n",
        "  memory of this client: nothing\n    possible pins when the request was sent: none\n",
        "Verdict: first, evidence client\n"}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
  EXPECT_THAT(out_, Not(HasSubstr("closed")));
  EXPECT_THAT(out_, Not(HasSubstr("To know more")));
}

// Seven connections, each used twice: no browser has so many to one host.
TEST_F(CommandsTest, ExplainSaysWhyABreakOfALoneAddressWaits) {
  std::string log;
  uint64_t count = 0;
  for (int i = 0; i < 14; ++i) {
    log += JsonLine({.start_ms = 100 * i, .port = 1 + i % 7}, ++count);
  }
  log += JsonLine({.start_ms = 2000, .server = 'b', .port = 1}, ++count);
  EXPECT_EQ(Explain({Put("lone.log", log) + ":15"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("; held back: is the address one person's, or a proxy's?"));
}

TEST_F(CommandsTest, ExplainFindsRecordsByLineCountAndSession) {
  for (const Arguments& how :
       {Arguments{log_ + ":2"}, Arguments{"--line", "2", log_}, Arguments{"--count", "2", log_}}) {
    EXPECT_EQ(Explain(how), kExitFine);
    EXPECT_TRUE(out_.starts_with(log_ + ":2 ")) << out_;
    EXPECT_THAT(out_, HasSubstr("  cookie: none sent; response sets a sticky cookie\n"));
    EXPECT_THAT(out_, HasSubstr("Verdict: first, evidence client (cookie: first)\n"));
  }
  const std::string session = out_.substr(out_.find("who: session ") + 13, 16);
  EXPECT_EQ(Explain({"--id", session, log_}), kExitFine);
  for (const char* line : {":2  ", ":3  ", ":4  "}) EXPECT_THAT(out_, HasSubstr(log_ + line));
  for (const char* line : {":1  ", ":5  ", ":6  "}) EXPECT_THAT(out_, Not(HasSubstr(log_ + line)));
  EXPECT_THAT(out_, HasSubstr("\n\n" + log_ + ":3  "));  // an empty line between them
}

TEST_F(CommandsTest, LineIsOfTheFileThatWasNamed) {
  const std::string other = Put("b.log", BrokenLog());
  EXPECT_EQ(Explain({log_, other + ":2"}), kExitFine);
  EXPECT_TRUE(out_.starts_with(other + ":2 ")) << out_;
  EXPECT_THAT(out_, Not(HasSubstr(log_ + ":2 ")));
  EXPECT_EQ(Explain({"--line", "2", log_, other}), kExitFine);
  EXPECT_THAT(out_, HasSubstr(log_ + ":2 "));
  EXPECT_THAT(out_, HasSubstr(other + ":2 "));
  const std::string odd = Put("c:3", BrokenLog());  // a file of that very name comes first
  EXPECT_EQ(Explain({odd}), kExitUsage);
  EXPECT_EQ(Explain({odd + ":2"}), kExitFine);
}

TEST_F(CommandsTest, ExplainSaysThatThereIsNoSuchRecord) {
  EXPECT_EQ(Explain({log_ + ":7"}), kExitFound);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_, "stickyd explain: no such record: there is no such line\n");
  EXPECT_EQ(Explain({"--count", "77", log_}), kExitFound);
  EXPECT_EQ(err_, "stickyd explain: no such record\n");
  EXPECT_EQ(Explain({"--id", "0123456789abcdef", log_}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("hashes of sessions need the same --state-dir"));
  EXPECT_EQ(Explain({"--line", "1", Path("no.log")}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("No such file"));
  EXPECT_THAT(err_, Not(HasSubstr("no such record")));
  EXPECT_EQ(Explain({log_ + ":2", Path("no.log")}), kExitFound);
  EXPECT_THAT(out_, HasSubstr(":2 "));
}

TEST_F(CommandsTest, ExplainTakesOneQuestionAndAFile) {
  for (const Arguments& how :
       {Arguments{log_}, Arguments{"--line", "2"}, Arguments{"--line", "2", "--count", "2", log_},
        Arguments{"--line", "2", log_ + ":2"}, Arguments{"--id", "x", "--count", "2", log_},
        Arguments{log_ + ":2", log_ + ":3"}, Arguments{log_ + ":0"}, Arguments{log_ + ":x"}}) {
    EXPECT_EQ(Explain(how), kExitUsage);
    EXPECT_THAT(err_, HasSubstr("one of FILE:N, --line, --count or --id"));
  }
  Put("state/hash.key", "short");
  EXPECT_EQ(Explain({log_ + ":2"}), kExitConfig);
}

TEST_F(CommandsTest, ExplainSaysWhyALineIsNoRecord) {
  const std::string log =
      Put("b.log", "words\n\n{\"a\":\n" + BrokenLog() + "2026-04-17T14:22:01Z INF up\n");
  EXPECT_EQ(Explain({log + ":1"}), kExitFine);
  EXPECT_EQ(out_, log +
                      ":1  no record\n  unparsed, not_access_log: it is neither a JSON object with "
                      "Traefik's fields nor CLF that ends as Traefik ends it (count, router, "
                      "server, duration)\n  What to do: is this Traefik's access log?\n");
  EXPECT_EQ(Explain({log + ":2"}), kExitFine);
  EXPECT_EQ(out_, log + ":2  no record\n  skipped, empty: it is empty\n");
  EXPECT_EQ(Explain({log + ":3"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("unparsed, invalid_json: it begins like JSON and is none"));
  EXPECT_EQ(Explain({log + ":10"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("skipped, traefik_log: it is of Traefik's own log"));
  EXPECT_EQ(Explain({log + ":1", "--output", "json"}), kExitFine);
  for (const char* part : {"\"record\": false", "\"fate\": \"unparsed\"", "\"line\": 1,",
                           "\"reason\": \"not_access_log\"", "\"why\": \"it is neither",
                           "\"advice\": \"is this Traefik's access log?\""}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
}

TEST_F(CommandsTest, ExplainSaysWhyARecordWasNotJudged) {
  const std::string log = Put("b.log", JsonLine({.server = '-'}, 1) + JsonLine({}, 2));
  EXPECT_EQ(Explain({log + ":1"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("\nNot judged: no balancer assigned it to a server\n"));
  EXPECT_EQ(Explain({log + ":2", "--exclude.path", "^/$"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("\nNot judged: excluded (path)\n"));
  EXPECT_EQ(Explain({log + ":2", "--exclude.path", "^/$", "--output", "json"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("\"verdict\": \"excluded\",\n      \"excluded\": \"path\""));
  EXPECT_EQ(Explain({log + ":1", "--output", "json"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("\"verdict\": \"no_server\""));
  EXPECT_THAT(out_, Not(HasSubstr("\"excluded\"")));
}

TEST_F(CommandsTest, ExplainInJsonSaysTheSame) {
  EXPECT_EQ(Explain({"--line", "4", log_, "--output", "json"}), kExitFine);
  for (const char* part : {"\"line\": 4,",
                           "\"record\": true",
                           "\"time\": \"2026-01-05T09:00:03.000000Z\"",
                           "\"service\": \"shop@file\"",
                           "\"scope\": \"shop@file\"",
                           "\"server\": \"http://10.0.0.b:80\"",
                           "\"from\": \"2026-01-05T09:00:03.005000Z\"",
                           "\"to\": \"2026-01-05T09:00:03.005000Z\"",
                           "\"by_identity\": false",
                           "\"proxied\": false",
                           "\"cookie\": \"names http://10.0.0.a:80 (raw_url)\"",
                           "\"sets_cookie\": true",
                           "\"of\": \"client\"",
                           "\"of\": \"connection\"",
                           "\"first_by\": \"2026-01-05T09:00:01.005000Z\"",
                           "\"last_by\": \"2026-01-05T09:00:02.005000Z\"",
                           "\"sure\": true",
                           "\"perhaps_none\": false",
                           "\"perhaps_forgotten\": false",
                           "\"verdict\": \"break\"",
                           "\"evidence\": \"cookie\"",
                           "\"pin\": \"http://10.0.0.a:80\"",
                           "\"held_back\": false",
                           "\"state\": \"refused\"",
                           "\"hints\": [\n        \"--traefik.snapshot",
                           "\"closed\": {\n        \"verdict\": \"break\"",
                           "\"cause\": \"unknown\"",
                           "\"change\": null",
                           "\"cause\": \"failover\",\n            \"answer\": false"}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
  EXPECT_EQ(Explain({"--line", "1", log_, "--output", "json"}), kExitFine);
  for (const char* part : {"\"pin\": null", "\"state\": null", "\"hints\": []",
                           "\"perhaps_none\": true", "\"cookie\": \"not logged\""}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
  EXPECT_THAT(out_, Not(HasSubstr("closed")));
}

TEST_F(CommandsTest, RecordsOfOtherSessionsAreNotMarkedAsClosed) {
  EXPECT_EQ(Explain({"--line", "4", log_}), kExitFine);
  const std::string session = out_.substr(out_.find("who: session ") + 13, 16);
  EXPECT_EQ(Explain({"--id", session, log_, "--output", "json"}), kExitFine);
  size_t closed = 0;
  for (size_t at = out_.find("\"closed\""); at != std::string::npos;
       at = out_.find("\"closed\"", at + 1)) {
    ++closed;
  }
  EXPECT_EQ(closed, 1U) << "of three records, one was open";
}

}  // namespace
}  // namespace stickyd
