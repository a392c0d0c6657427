// SPDX-License-Identifier: Apache-2.0
// prober_report_test: everything that is told of a probe: each check in its order, its result and
// the exchange that shows it, then the verdict with its cause.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "probing.h"

namespace stickyd {
namespace {

class ProberReportTest : public Probing {
 protected:
  // Checks as "+name #exchange" (+ pass, - fail, ? skip), then the verdict, the exchange that
  // proves it, and how many there were.
  std::string Report() {
    static constexpr const char* kSigns[] = {"+", "-", "?"};
    Run();
    std::string text;
    for (const ProbeCheck& check : result_.checks) {
      // Nobody else's cookies are here; edge_test has those that are.
      if (check.name == "other_balancers" && check.result == CheckResult::kPass) continue;
      text += fmt::format("{}{}{} #{}", text.empty() ? "" : ", ",
                          kSigns[static_cast<size_t>(check.result)], check.name, check.exchange);
    }
    return text + fmt::format(": {}{}{} #{} of {}", Name(result_.verdict), result_.cause ? " " : "",
                              result_.cause ? Name(*result_.cause) : "", result_.exchange,
                              result_.exchanges.size());
  }
};

TEST_F(ProberReportTest, ASiteThatIsStickyThroughout) {
  edge_ = FakePool(FakeCookie{.name = "lb", .domain = "shop.example"});
  direct_ = edge_;
  options_.direct = "10.0.0.9:80";
  options_.hosts = {"api.shop.example"};
  options_.served_by = "X-Served-By";
  options_.visits = 3;
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, +cookie_honoured #5, "
            "+made_up_value #6, +servers #8, +served_by #5, +path #0, +other_scheme #9, "
            "+host api.shop.example #10, ?cross_site #12, ?websocket #13, +http/1.1 #14, "
            "+http/2 #15, +lifetime #0, +direct #2: sticky #0 of 15");
  EXPECT_EQ(DetailOf("cookie_stored"), "a browser keeps lb for *.shop.example and /");
  EXPECT_EQ(DetailOf("cookie_honoured"), "2 more visits sent it, and none was given another");
  EXPECT_EQ(DetailOf("servers"), "3 clients got 2 servers");
  EXPECT_EQ(DetailOf("served_by"), "3 visits, all served by http://10.0.0.1:80");
  EXPECT_EQ(DetailOf("websocket"), "HTTP 200: there is none at this path");
  EXPECT_EQ(DetailOf("lifetime"), "it lasts until the browser is closed");
  EXPECT_EQ(result_.why, "lb is set once, kept, sent back and honoured");
}

TEST_F(ProberReportTest, ACookieThatIsSetAnew) {
  edge_ = FakePool(FakeCookie{});
  const FakeSite pool = FakePool(FakeCookie{});
  edge_ = [pool](const FakeRequest& request) {
    FakeRequest other = request;
    other.cookie.clear();
    return pool(other);
  };
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, -cookie_honoured #2: broken "
            "not_honoured #2 of 6");
}

TEST_F(ProberReportTest, NoCookie) {
  edge_ = FakePool(std::nullopt);
  EXPECT_EQ(Report(), "+reachable #1, -cookie_set #1: broken not_sticky #1 of 1");
}

TEST_F(ProberReportTest, RedirectsBeforeEachVisit) {
  edge_ = WithHttpRedirected(FakePool(FakeCookie{.max_age_s = 90, .secure = true}));
  options_.url = "http://shop.example/ws";
  options_.timeout = std::chrono::seconds(200);
  EXPECT_EQ(Report(),
            "+reachable #2, +cookie_set #2, +cookie_stored #2, +cookie_honoured #8, "
            "+made_up_value #10, +servers #14, +path #0, +other_scheme #0, ?cross_site #15, "
            "+websocket #16, +http/1.1 #17, +http/2 #18, -lifetime #20: broken "
            "cookie_expired #20 of 20");
  EXPECT_EQ(DetailOf("other_scheme"), "http redirects to https");
  EXPECT_EQ(DetailOf("websocket"), "opened on the server of the session");
  EXPECT_EQ(DetailOf("lifetime"),
            "_633ff ends after 90 s, and a new one is set: longer sessions break");
}

TEST_F(ProberReportTest, AMadeUpValueThatIsTaken) {
  edge_ = [n = 0](const FakeRequest& request) mutable {
    FakeAnswer answer;
    if (request.cookie.empty()) {
      answer.Add("Set-Cookie", fmt::format("_12345={:016x}; Path=/", n++ % 3));
    }
    return answer;
  };
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, +cookie_honoured #4, "
            "-made_up_value #5: unsure unknown #5 of 5");
  EXPECT_EQ(result_.fix, "Name Traefik's cookie: --cookie NAME.");
}

TEST_F(ProberReportTest, NobodyAnswers) {
  failure_ = HttpFailure{HttpFault::kConnect, "connection refused"};
  EXPECT_EQ(Report(), "-reachable #1: unsure unknown #1 of 1");
  EXPECT_EQ(DetailOf("reachable"), "connection refused (connect)");
}

TEST_F(ProberReportTest, LaterVisitsThatNoServerAnswers) {
  edge_ = [pool = FakePool(FakeCookie{}), n = 0](const FakeRequest& request) mutable {
    FakeAnswer answer;
    if (n++ < 1) return pool(request);
    answer.status = 503;
    return answer;
  };
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, ?cookie_honoured #4: unsure "
            "unknown #4 of 4");
}

TEST_F(ProberReportTest, LaterVisitsThatFail) {
  edge_ = [pool = FakePool(FakeCookie{}), n = 0](const FakeRequest& request) mutable {
    FakeAnswer answer;
    if (n++ < 2) return pool(request);
    answer.status = 0;
    return answer;
  };
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, +cookie_honoured #2, "
            "?made_up_value #0: unsure unknown #0 of 4");
}

TEST_F(ProberReportTest, TheSameValueEachTime) {
  const FakeSite one = FakePool(FakeCookie{}, 1);
  edge_ = [one](const FakeRequest& request) {
    FakeRequest other = request;
    other.cookie.clear();
    return one(other);
  };
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, -cookie_honoured #4: unsure "
            "unknown #4 of 4");
}

TEST_F(ProberReportTest, ACookieThatEndsSoon) {
  edge_ = FakePool(FakeCookie{.max_age_s = 10});
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, +cookie_honoured #4, "
            "+made_up_value #5, +servers #7, +path #0, +other_scheme #8, ?cross_site #9, "
            "?websocket #10, +http/1.1 #11, +http/2 #12, -lifetime #13: broken "
            "cookie_expired #13 of 13");
}

TEST_F(ProberReportTest, OneServer) {
  edge_ = FakePool(FakeCookie{}, 1);
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, +cookie_honoured #4, "
            "+made_up_value #5, ?servers #7, +path #0, +other_scheme #8, ?cross_site #9, "
            "?websocket #10, +http/1.1 #11, +http/2 #12, +lifetime #0: sticky #0 of 12");
}

TEST_F(ProberReportTest, APathThatIsNotCovered) {
  edge_ = FakePool(FakeCookie{.path = "/app"});
  options_.url = "https://shop.example/app/page";
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, +cookie_honoured #4, "
            "+made_up_value #5, +servers #7, -path #8: broken cookie_path #8 of 8");
}

TEST_F(ProberReportTest, AHostThatIsNotCovered) {
  edge_ = FakePool(FakeCookie{});
  options_.hosts = {"api.shop.example"};
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, +cookie_honoured #4, "
            "+made_up_value #5, +servers #7, +path #0, +other_scheme #8, -host "
            "api.shop.example #9: broken other_host #9 of 9");
}

TEST_F(ProberReportTest, NoServer) {
  edge_ = [](const FakeRequest&) {
    FakeAnswer answer;
    answer.status = 503;
    return answer;
  };
  EXPECT_EQ(Report(), "+reachable #1, -cookie_set #1: unsure unknown #1 of 1");
}

TEST_F(ProberReportTest, TwoLevels) {
  edge_ = FakeNested(FakeCookie{.name = "lvl1"}, FakeCookie{.name = "_aaaaa"},
                     FakeCookie{.name = "_bbbbb"});
  options_.cookies = {"lvl1", "_aaaaa", "_bbbbb"};
  EXPECT_EQ(Report(),
            "+reachable #1, +cookie_set #1, +cookie_stored #1, +cookie_honoured #4, "
            "+made_up_value #6, +servers #7, +path #0, +other_scheme #9, ?cross_site #10, "
            "?websocket #11, +http/1.1 #12, +http/2 #13, +lifetime #0: sticky #0 of 13");
}

}  // namespace
}  // namespace stickyd
