// SPDX-License-Identifier: Apache-2.0
// change_rules_test: rules that compare two configurations.
#include "auditing.h"

namespace stickyd {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

AuditInput Steps(const std::vector<Answers>& all) {
  AuditInput input;
  for (Answers answers : all) {
    answers.second = 100 + 10 * static_cast<int>(input.configs.size());
    input.configs.push_back(Configure(answers));
  }
  return input;
}

Answers Pool(std::string_view cookie, const std::vector<std::string>& urls) {
  Answers answers = OneService("-");
  answers.services = Lb("shop@file", cookie, urls);
  return answers;
}

TEST(ChangeRulesTest, NothingChanged) {
  EXPECT_THAT(Ask("A19", Steps({OneService("")})), IsEmpty());
  EXPECT_THAT(Ask("A19", Steps({OneService(""), OneService(""), OneService("")})), IsEmpty());
}

TEST(ChangeRulesTest, ServersThatCameAndWentAreForInformation) {
  const AuditInput input = Steps({Pool(R"("name": "lb")", kTwo),
                                  Pool(R"("name": "lb")", {"http://10.0.0.1:80", "http://x:80"})});
  const auto found = Ask("A19", input);
  EXPECT_THAT(found, Contains(Says("info", "shop@file", "http://10.0.0.2:80 left")));
  for (const Finding& finding : found) EXPECT_EQ(finding.level, FindingLevel::kInfo);
}

TEST(ChangeRulesTest, RouterThatLeadsToOtherServersMovesEverybody) {
  Answers before = OneService(R"("name": "lb")");
  before.services += "," + Lb("green@file", R"("name": "lb")", kOthers);
  Answers after = before;
  after.routers = Route("r@file", "green", "Host(`a.example.com`)");
  EXPECT_THAT(Ask("A19", Steps({before, after})),
              Contains(Says("warning", "green@file", "from shop@file to green@file")));
  after.services = Lb("shop@file", R"("name": "lb")") + "," + Lb("green@file", R"("name": "lb")");
  for (const Finding& finding : Ask("A19", Steps({before, after}))) {
    EXPECT_EQ(finding.level, FindingLevel::kInfo) << "the servers are the same: " << finding.text;
  }
}

TEST(ChangeRulesTest, CookieThatIsCalledOtherwiseMovesEverybody) {
  EXPECT_THAT(Ask("A19", Steps({OneService(R"("name": "a")"), OneService(R"("name": "b")")})),
              Contains(Says("warning", "shop@file", "went from a to b")));
  Answers renamed = OneService("");
  renamed.routers = Route("r@file", "shop-v2", "Host(`a.example.com`)");
  renamed.services = Lb("shop-v2@file", "");
  EXPECT_THAT(Ask("A19", Steps({OneService(""), renamed})),
              Contains(Says("warning", "shop-v2@file", "balanced anew once")))
      << "the default name hangs on the service";
}

TEST(ChangeRulesTest, VersionThatWritesCookiesOtherwise) {
  Answers old = OneService(R"("name": "lb")");
  old.version = "2.11.53";
  EXPECT_THAT(Ask("A19", Steps({old, OneService(R"("name": "lb")")})),
              Contains(Says("warning", "", "from 2.11.53 to 3.7.9")));
  old.version = "3.7.0";
  for (const Finding& finding : Ask("A19", Steps({old, OneService(R"("name": "lb")")}))) {
    EXPECT_EQ(finding.level, FindingLevel::kInfo);
  }
}

TEST(ChangeRulesTest, OneNameDefinedTwice) {
  Answers answers;
  answers.routers = Route("r@kubernetescrd", "a", "Host(`a`)");
  answers.services = Weighted("a@kubernetescrd", {"ns-app-80"}) + "," +
                     Weighted("b@kubernetescrd", {"ns-app-80"}) + "," +
                     Lb("ns-app-80@kubernetescrd", R"("name": "lb")");
  EXPECT_THAT(Ask("S7", answers), ElementsAre(Says("warning", "ns-app-80@kubernetescrd", "last")));
  answers.services = Weighted("a@kubernetescrd", {"ns-app-80"}) + "," +
                     Weighted("b@kubernetescrd", {"ns-api-80"}) + "," +
                     Lb("ns-app-80@kubernetescrd", R"("name": "lb")");
  EXPECT_THAT(Ask("S7", answers), IsEmpty());
}

TEST(ChangeRulesTest, CookieThatWentWhileTheServersStayed) {
  EXPECT_THAT(Ask("S7", Steps({OneService(R"("name": "lb")"), OneService("-")})),
              ElementsAre(Says("warning", "shop@file", "lost its sticky cookie")));
  EXPECT_THAT(Ask("S7", Steps({OneService(R"("name": "lb")"), Pool("-", kOthers)})), IsEmpty())
      << "another deployment";
}

TEST(ChangeRulesTest, WeightThatWentToZeroMovesItsUsers) {
  const auto with = [](const char* canary, const char* sticky) {
    Answers answers;
    answers.routers = Route("r@file", "shop", "Host(`a`)");
    answers.services = Weighted("shop@file", {"stable=60", canary}, sticky) + "," +
                       Lb("stable@file", R"("name": "x")") + "," +
                       Lb("canary@file", R"("name": "x")", kOthers);
    return answers;
  };
  constexpr const char* kSticky = R"("sticky": {"cookie": {"name": "outer"}})";
  EXPECT_THAT(Ask("S15", Steps({with("canary=40", kSticky), with("canary=0", kSticky)})),
              ElementsAre(Says("warning", "shop@file", "from 40 to 0")));
  EXPECT_THAT(Ask("S15", Steps({with("canary=40", kSticky), with("canary=1", kSticky)})),
              IsEmpty());
  EXPECT_THAT(Ask("S15", Steps({with("canary=40", ""), with("canary=0", "")})), IsEmpty());
}

TEST(ChangeRulesTest, ReplicasThatKnowOtherAddresses) {
  AuditInput input = Steps({Pool(R"("name": "lb")", kTwo)});
  input.replicas.push_back(Configure(Pool(R"("name": "lb")", kTwo)));
  EXPECT_THAT(Ask("S11", input), IsEmpty());
  input.replicas.push_back(Configure(Pool(R"("name": "lb")", kOthers)));
  EXPECT_THAT(Ask("S11", input), ElementsAre(Says("error", "shop@file", "replicas")));
  input.replicas = {Configure(Pool(R"("name": "lb")", {"http://10.0.0.1:80", "http://x:80"}))};
  EXPECT_THAT(Ask("S11", input), IsEmpty()) << "a deployment that one has seen first";
}

TEST(ChangeRulesTest, AnEventIsOneFindingHoweverOftenItHappened) {
  const Answers with = OneService(R"("name": "lb")");
  const Answers without = OneService("-");
  const auto once = Ask("S7", Steps({with, without}));
  const auto often = Ask("S7", Steps({with, without, with, without}));
  ASSERT_EQ(once.size(), 1U);
  ASSERT_EQ(often.size(), 1U);
  EXPECT_EQ(once[0].fingerprint, often[0].fingerprint) << "times are not in it";
}

}  // namespace
}  // namespace stickyd
