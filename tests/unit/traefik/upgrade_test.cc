// SPDX-License-Identifier: Apache-2.0
// upgrade_test: which requests asked for a WebSocket.
#include "routing.h"

namespace stickyd {
namespace {

constexpr const char* kSocketServer = "http://10.0.0.1:80";
constexpr const char* kOtherServer = "http://10.0.0.2:80";

class UpgradeTest : public Routing {
 protected:
  UpgradeTest() { traits_.cookies = true; }
  // Empty: not logged.
  Observation Ask(uint16_t status, const char* path = "/ws", const char* header = "",
                  const char* proto = "", const std::string& cookie = "") {
    AccessRecord record = RecordOf("shop@file", "shop@file", kSocketServer);
    record.status = status;
    if (*path != '\0') record.path = Text(path);
    if (*header != '\0') record.upgrade = Text(header);
    if (*proto != '\0') record.forwarded_proto = Text(proto);
    if (!cookie.empty()) record.cookie = Text(cookie);
    return See(record);
  }
  bool Refused(const char* path, uint16_t status = 404) { return Ask(status, path).upgrade; }
};

TEST_F(UpgradeTest, WhoAskedForAWebSocketIsToldByStatusHeaderOrScheme) {
  for (const char* path : {"/a", ""}) {
    EXPECT_TRUE(Ask(101, path).upgrade);
    EXPECT_TRUE(Ask(200, path, "websocket").upgrade);
    EXPECT_TRUE(Ask(404, path, "WebSocket").upgrade);
    EXPECT_TRUE(Ask(502, path, "", "ws").upgrade);
    EXPECT_TRUE(Ask(502, path, "", "wss").upgrade);
  }
  EXPECT_FALSE(Ask(200, "/b").upgrade);
  EXPECT_FALSE(Ask(200, "/b", "h2c", "https").upgrade);
  EXPECT_FALSE(Ask(100, "/b").upgrade);
}

TEST_F(UpgradeTest, WhereNoCookiesAreLoggedNobodyAsks) {
  traits_.cookies = false;
  EXPECT_FALSE(Ask(101).upgrade);
}

TEST_F(UpgradeTest, WhatWasRefusedWhereOthersWereUpgradedIsOneToo) {
  EXPECT_FALSE(Refused("/ws")) << "nobody was";
  EXPECT_TRUE(Ask(101, "/ws?id=1").upgrade);
  EXPECT_TRUE(Refused("/ws"));
  EXPECT_TRUE(Refused("/ws?id=2", 400));
  EXPECT_FALSE(Refused("/ws", 399));
  EXPECT_FALSE(Refused("/ws", 200));
  EXPECT_FALSE(Refused("/ws/x"));
  EXPECT_FALSE(Refused("/other"));
  EXPECT_FALSE(Refused("/other")) << "refusals teach no path";
  EXPECT_FALSE(Refused("")) << "no path is logged";
}

// Anybody can ask for a WebSocket anywhere.
TEST_F(UpgradeTest, AskingInVainTeachesNoPath) {
  EXPECT_TRUE(Ask(404, "/page", "websocket").upgrade);
  EXPECT_TRUE(Ask(200, "/page", "websocket").upgrade);
  EXPECT_FALSE(Refused("/page"));
}

TEST_F(UpgradeTest, WhoWasRefusedWithTheCookieMayHaveAskedForSomethingElse) {
  Ask(101);
  const std::string good = "lb=" + EncodeCookie(CookieEncoding::kSha256, kSocketServer);
  EXPECT_FALSE(Ask(404, "/ws", "", "", good).upgrade);
  EXPECT_TRUE(Ask(404, "/ws", "", "", "other=x").upgrade);
  EXPECT_TRUE(Ask(101, "/ws", "", "", good).upgrade) << "that is plain";
  EXPECT_TRUE(Ask(404, "/ws", "websocket", "", good).upgrade);
}

TEST_F(UpgradeTest, PathsAreOfTheirScopeAndBounded) {
  const auto paths = [&] { return interpreter_->scope(Ask(200).route->scope).upgraded.size(); };
  for (int i = 0; i < 3; ++i) Ask(101);
  EXPECT_EQ(paths(), 1U);
  AccessRecord record = RecordOf("cart@file", "cart@file", kOtherServer);
  record.path = Text("/ws");
  record.status = 404;
  EXPECT_FALSE(See(record).upgrade);
  for (int i = 0; i < 200; ++i) Ask(101, fmt::format("/{}", i).c_str());
  EXPECT_EQ(paths(), 64U);
  EXPECT_TRUE(Refused("/ws"));
  EXPECT_TRUE(Refused("/0"));
  EXPECT_FALSE(Refused("/199"));
}

}  // namespace
}  // namespace stickyd
