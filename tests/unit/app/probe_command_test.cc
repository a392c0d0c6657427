// SPDX-License-Identifier: Apache-2.0
// probe_command_test: the command `probe` against sites on loopback: what it prints, how it ends,
// and what it writes.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "running.h"
#include "support/fake_api.h"
#include "support/site_server.h"

namespace stickyd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ProbeCommandTest : public Running {
 protected:
  int Probe(Arguments arguments) { return Run("probe", std::move(arguments)); }
  nlohmann::json Json() const { return nlohmann::json::parse(out_); }
  // A site of which the cookie does not come back.
  static FakeSite Forgetful() {
    const FakeSite pool = FakePool(FakeCookie{});
    return [pool](const FakeRequest& request) {
      FakeRequest other = request;
      other.cookie.clear();
      return pool(other);
    };
  }
};

TEST_F(ProbeCommandTest, AStickySiteIsFine) {
  SiteServer site(FakePool(FakeCookie{}));
  EXPECT_EQ(Probe({site.url()}), kExitFine);
  EXPECT_EQ(err_, "");
  EXPECT_THAT(out_, StartsWith(site.url() + ": sticky\n"));
  EXPECT_THAT(out_, HasSubstr("cookie _633ff = "));
  EXPECT_THAT(out_, HasSubstr("pass  made_up_value"));
  EXPECT_THAT(site.agent(), StartsWith("stickyd-probe/"));
}

TEST_F(ProbeCommandTest, ValuesAreShortenedUnlessATraceIsAskedFor) {
  auto pool = std::make_shared<FakeBalancer>(FakeServers(1), FakeCookie{});
  SiteServer site(FakePool(pool));
  for (const char* output : {"text", "json", "junit"}) {
    SCOPED_TRACE(output);
    EXPECT_EQ(Probe({site.url(), "--output", output, "--header", "X-Key: secret"}), kExitFine);
    EXPECT_THAT(out_, Not(HasSubstr(pool->Value(0))));
    EXPECT_THAT(out_, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(Probe({site.url(), "--trace", "--header", "X-Key: secret"}), kExitFine);
  EXPECT_THAT(out_, Not(HasSubstr("secret")));
  EXPECT_THAT(out_, HasSubstr("-H 'X-Key: ...'"));
  EXPECT_THAT(out_, HasSubstr("< Set-Cookie: _633ff=" + pool->Value(0) + "; Path=/\n    stored"));
  EXPECT_THAT(out_, HasSubstr("> sent _633ff=" + pool->Value(0)));
}

TEST_F(ProbeCommandTest, ABrokenSiteIsToldWithCauseFixAndProof) {
  SiteServer site(Forgetful());
  EXPECT_EQ(Probe({site.url()}), kExitFound);
  EXPECT_THAT(out_, StartsWith(site.url() + ": broken (not_honoured)\n"));
  EXPECT_THAT(out_, HasSubstr("shown by request 2\n"));
  EXPECT_THAT(out_, HasSubstr("again:\n  curl "));
  EXPECT_THAT(out_, HasSubstr("-b jar -c jar '" + site.url() + "'"));
  SiteServer direct(FakePool(FakeCookie{}));
  EXPECT_EQ(Probe({site.url(), "--direct", direct.address()}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("broken (cookie_replaced_upstream)"));
  EXPECT_THAT(out_, HasSubstr("  fix: Let one layer own session affinity"));
  SiteServer none(FakePool(std::nullopt));
  EXPECT_EQ(Probe({none.url()}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("broken (not_sticky)"));
}

TEST_F(ProbeCommandTest, JsonHasVerdictCookieChecksAndExchanges) {
  SiteServer site(FakePool(FakeCookie{.max_age_s = 3600, .http_only = true}));
  EXPECT_EQ(Probe({site.url(), "--output", "json"}), kExitFine);
  const auto sticky = Json();
  EXPECT_EQ(sticky["version"], 1);
  EXPECT_EQ(sticky["url"], site.url());
  EXPECT_EQ(sticky["verdict"], "sticky");
  EXPECT_TRUE(sticky["cause"].is_null());
  EXPECT_TRUE(sticky["advice"].is_null());
  EXPECT_EQ(sticky["cookie"]["name"], "_633ff");
  EXPECT_EQ(sticky["cookie"]["path"], "/");
  EXPECT_EQ(sticky["cookie"]["max_age"], 3600);
  EXPECT_EQ(sticky["cookie"]["http_only"], true);
  EXPECT_EQ(sticky["cookie"]["secure"], false);
  EXPECT_EQ(sticky["checks"][0]["name"], "reachable");
  EXPECT_EQ(sticky["checks"][0]["result"], "pass");
  EXPECT_EQ(sticky["exchanges"][0]["status"], 200);
  EXPECT_EQ(sticky["exchanges"][0]["cookies_set"][0]["act"], "stored");
  EXPECT_EQ(sticky["exchanges"][1]["cookies_sent"][0]["act"], "sent");
  SiteServer broken(FakePool(FakeCookie{.secure = true}));
  EXPECT_EQ(Probe({broken.url(), "--output", "json"}), kExitFound);
  EXPECT_EQ(Json()["cause"], "insecure_request");
  EXPECT_THAT(Json()["advice"].get<std::string>(), HasSubstr("Redirect http to https"));
  EXPECT_EQ(Json()["exchanges"][0]["cookies_set"][0]["why"], "it is Secure, and came over http");
}

TEST_F(ProbeCommandTest, JunitHasACaseForEachCheckAndTheVerdict) {
  SiteServer site(Forgetful());
  EXPECT_EQ(Probe({site.url("/?a=1&b=%3C"), "--output", "junit"}), kExitFound);
  EXPECT_THAT(out_, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"));
  EXPECT_THAT(out_, HasSubstr("a=1&amp;b=%3C"));
  EXPECT_THAT(out_, HasSubstr("name=\"cookie_set\"/>"));
  EXPECT_THAT(out_, HasSubstr("name=\"cookie_honoured\"><failure message=\""));
  EXPECT_THAT(out_, HasSubstr("name=\"verdict\"><failure message=\"broken (not_honoured): "));
  EXPECT_THAT(out_, HasSubstr("</testsuites>\n"));
}

TEST_F(ProbeCommandTest, UnsureCanBeAllowedAndUnreachableCannot) {
  SiteServer site([](const FakeRequest&) {
    FakeAnswer answer;
    answer.status = 401;
    return answer;
  });
  EXPECT_EQ(Probe({site.url()}), kExitFound);
  EXPECT_THAT(out_, HasSubstr(": unsure (unknown)\n"));
  EXPECT_THAT(out_, HasSubstr("--header"));
  EXPECT_EQ(Probe({site.url(), "--allow-unsure"}), kExitFine);
  std::string gone;
  {
    gone = WebServer([](WebServer::Talk&) {}).url();
  }
  EXPECT_EQ(Probe({gone, "--allow-unsure"}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("(connect)"));
}

TEST_F(ProbeCommandTest, HostsResolveAndServersNamesAreTaken) {
  SiteServer site(FakePool(FakeCookie{}));
  const std::string port = std::to_string(site.port());
  EXPECT_EQ(Probe({"http://shop.example:" + port + "/", "--resolve",
                   "shop.example:" + port + ":127.0.0.1", "--resolve",
                   "api.shop.example:" + port + ":127.0.0.1", "--host", "api.shop.example",
                   "--served-by", "X-Served-By", "--requests", "3", "--cookie", "_633ff"}),
            kExitFound);
  EXPECT_THAT(out_, HasSubstr("broken (other_host)"));
  EXPECT_THAT(out_, HasSubstr("3 visits, all served by http://10.0.0."));
}

TEST_F(ProbeCommandTest, SavedAnswersNameTheCookieAndTheServers) {
  std::filesystem::create_directory(Path("api"));
  Put("api/rawdata.json", R"api({"routers": {"shop@file": {
      "service": "shop", "rule": "Host(`127.0.0.1`)", "status": "enabled"}},
    "services": {"shop@file": {"loadBalancer": {
      "sticky": {"cookie": {"name": "lb"}},
      "servers": [{"url": "http://10.0.0.1:80"}, {"url": "http://10.0.0.2:80"}]}}}})api");
  Put("api/version.json", R"({"Version": "3.7.9"})");
  SiteServer site(FakePool(FakeCookie{.name = "lb"}, 2));
  EXPECT_EQ(Probe({site.url(), "--traefik.snapshot", Path("api")}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("the configuration names it, and stands for http://10.0.0."));
  EXPECT_THAT(out_, HasSubstr("2 of 2 servers take their clients back"));
  EXPECT_EQ(Probe({site.url(), "--traefik.snapshot", Path("none")}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("--traefik.snapshot: "));
}

// The file must fail where the site does, so it has both visits in any case.
TEST_F(ProbeCommandTest, AHurlTestHasTwoVisitsThoughTheProbeMadeOne) {
  SiteServer refused(FakePool(FakeCookie{.name = "lb", .domain = "other.example"}));
  EXPECT_EQ(Probe({refused.url(), "--replay", Path("one.hurl")}), kExitFound);
  EXPECT_THAT(ContentOf(Path("one.hurl")),
              AllOf(HasSubstr("# visit 2\nGET " + refused.url() + "\n"),
                    HasSubstr("cookie \"lb\" exists\n"), HasSubstr("cookie \"lb\" not exists\n")));
  SiteServer bare(FakePool(std::nullopt));
  EXPECT_EQ(Probe({bare.url(), "--replay", Path("none.hurl")}), kExitFound);
  EXPECT_THAT(ContentOf(Path("none.hurl")),
              AllOf(Not(HasSubstr("[Asserts]")), HasSubstr("# No sticky cookie is known")));
  EXPECT_EQ(Probe({bare.url(), "--replay", Path("named.hurl"), "--cookie", "lb"}), kExitFound);
  EXPECT_THAT(ContentOf(Path("named.hurl")), HasSubstr("[Asserts]\ncookie \"lb\" exists\n"));
}

TEST_F(ProbeCommandTest, TheRequestsAreWrittenAgain) {
  SiteServer site(FakePool(FakeCookie{}));
  EXPECT_EQ(Probe({site.url(), "--replay", Path("again.hurl"), "--header", "X-Key: a#{{b}}"}),
            kExitFine);
  const std::string hurl = ContentOf(Path("again.hurl"));
  EXPECT_THAT(hurl, HasSubstr("\nGET " + site.url() + "\nUser-Agent: stickyd-probe/"));
  EXPECT_THAT(hurl, HasSubstr("\nX-Key: a\\#\\u{7b}\\u{7b}b}}\n"));
  EXPECT_THAT(hurl, HasSubstr("HTTP 200\n[Asserts]\ncookie \"_633ff\" exists\n"));
  EXPECT_THAT(hurl, HasSubstr("# visit 2\n"));
  EXPECT_THAT(hurl, HasSubstr("cookie \"_633ff\" not exists\n"));
  EXPECT_EQ(Probe({site.url(), "--replay", Path("again.sh"), "--header", "X-Key: it's"}),
            kExitFine);
  const std::string script = ContentOf(Path("again.sh"));
  EXPECT_THAT(script, StartsWith("#!/bin/sh\n"));
  EXPECT_THAT(script, HasSubstr("-H 'X-Key: it'\\''s'"));
  EXPECT_THAT(script, HasSubstr("-H 'Cookie: _633ff=stickyd-probe'"));
  EXPECT_EQ(Probe({site.url(), "--replay", Path("no/such/folder")}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("--replay: "));
}

TEST_F(ProbeCommandTest, SeveralUrlsAreProbedAndTheWorstCounts) {
  SiteServer good(FakePool(FakeCookie{}));
  SiteServer bad(FakePool(std::nullopt));
  EXPECT_EQ(Probe({good.url(), good.url("/x")}), kExitFine);
  EXPECT_EQ(Probe({good.url(), bad.url()}), kExitFound);
  EXPECT_THAT(out_, HasSubstr(good.url() + ": sticky"));
  EXPECT_THAT(out_, HasSubstr(bad.url() + ": broken"));
}

TEST_F(ProbeCommandTest, HostileSitesEndWithAName) {
  const struct {
    const char* what;
    WebServer::Handler handler;
    const char* says;
  } rows[] = {
      {"endless body",
       [](WebServer::Talk& talk) {
         talk.Send("HTTP/1.1 200 OK\r\nSet-Cookie: _633ff=0123456789abcdef\r\n\r\n");
         while (talk.Send(std::string(4096, 'x'))) {
         }
         talk.Close();
       },
       "to the same value"},
      {"endless headers",
       [](WebServer::Talk& talk) {
         talk.Send("HTTP/1.1 200 OK\r\n");
         while (talk.Send("Set-Cookie: " + std::string(200, 'x') + "\r\n")) {
         }
         talk.Close();
       },
       "(too_long)"},
      {"no HTTP",
       [](WebServer::Talk& talk) {
         talk.Send("SSH-2.0-x\r\n");
         talk.Close();
       },
       "(broken)"},
      {"circle", [](WebServer::Talk& talk) { talk.Answer(302, "", "Location: /\r\n"); }, "circle"},
      {"10,000 cookies",
       [](WebServer::Talk& talk) {
         std::string headers;
         for (int i = 0; i < 10'000; ++i) {
           headers += "Set-Cookie: c" + std::to_string(i) + "=1\r\n";
         }
         talk.Answer(200, "", headers);
       },
       "broken (not_sticky)"},
      {"bytes for a terminal",
       [](WebServer::Talk& talk) {
         talk.Answer(302, "", "Location: http://\x1b[2J.example/\r\nSet-Cookie: \x1b[31m=1\r\n");
       },
       "no http or https URL"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    const WebServer site(row.handler);
    EXPECT_EQ(Probe({site.url(), "--trace"}), kExitFound);
    EXPECT_THAT(out_, HasSubstr(row.says));
    EXPECT_THAT(out_, Not(HasSubstr("\x1b")));
  }
  const WebServer silent([](WebServer::Talk& talk) { talk.AwaitClient(); });
  EXPECT_EQ(Probe({silent.url(), "--timeout", "100ms"}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("(timeout)"));
  std::string secure = silent.url();
  secure.insert(4, "s");
  EXPECT_EQ(Probe({secure, "--timeout", "100ms"}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("(t"));
}

TEST_F(ProbeCommandTest, WhatTraefikSaysIsKnownToTheProbe) {
  FakeApi api;
  api.Put("/api/rawdata", {200,
                           R"json({"routers":{"r@file":{"service":"s","status":"enabled",
      "rule":"PathPrefix(`/`)"}},"services":{"s@file":{"status":"enabled","loadBalancer":{
      "servers":[{"url":"http://10.0.0.1:80"},{"url":"http://10.0.0.2:80"}]}}}})json",
                           ""});
  const WebServer plain([](WebServer::Talk& talk) { talk.Answer(200, "ok"); });
  EXPECT_EQ(Probe({plain.url(), "--traefik.url", api.url()}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("not_sticky"));
  EXPECT_FALSE(api.requests().empty());
  api.Put("/api/rawdata", {401, "", ""});
  EXPECT_EQ(Probe({plain.url(), "--traefik.url", api.url()}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("answers 401"));
  EXPECT_NE(out_, "") << "it goes on without";
}

TEST_F(ProbeCommandTest, MistakesAreUsage) {
  EXPECT_EQ(Probe({}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("no URL given"));
  for (const Arguments& wrong :
       {Arguments{"shop.example"}, Arguments{"http://a/", "--requests", "1"},
        Arguments{"http://a/", "--requests", "101"},
        Arguments{"http://a/", "--header", "Cookie: a=b"}, Arguments{"http://a/", "--header", "x"},
        Arguments{"http://a/", "--direct", "traefik"}, Arguments{"http://a/", "--resolve", "a"},
        Arguments{"http://a/", "--host", "a b"}, Arguments{"http://a/", "--timeout", "1"},
        Arguments{"http://a/", "--output", "html"}}) {
    EXPECT_EQ(Probe(wrong), kExitUsage) << wrong.back();
    EXPECT_NE(err_, "");
  }
  EXPECT_EQ(Run("analyze", {"x", "--output", "junit"}), kExitUsage);
  EXPECT_EQ(Run("explain", {"x:1", "--output", "junit"}), kExitUsage);
  EXPECT_EQ(Run("decode", {"x", "--output", "junit"}), kExitUsage);
}

}  // namespace
}  // namespace stickyd
