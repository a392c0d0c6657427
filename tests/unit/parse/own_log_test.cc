// SPDX-License-Identifier: Apache-2.0
// own_log_test: what Traefik's process writes beside its access log, and what only looks like it.
#include "own_log.h"

#include <gtest/gtest.h>

#include <string>

namespace stickyd {
namespace {

TEST(OwnLogTest, EachLoggerOfTraefikIsKnown) {
  for (const std::string text :
       {"time=\"2026-01-05T09:00:00Z\" level=info msg=\"up\"", "2026-04-17T14:22:01Z INF up",
        "2026-04-17T14:22:01+02:00 TRC up", "2026-04-17T14:22:01 DBG x",
        "2026-04-17T14:22:01.123456789+02:00 PNC x", "2026-04-17T14:22:01Z WRN x",
        "2026-04-17T14:22:01Z ERR x", "2026-04-17T14:22:01Z FTL ", "2026/04/17 14:22:01 x",
        "\x1b[90m2026\x1b[0m up", "\x1b[9mx\x1b[0m", "\x1b[1;31mx\x1b[0m"}) {
    EXPECT_TRUE(IsTraefikLog(text)) << text;
  }
}

TEST(OwnLogTest, WhatIsAlmostOneIsNone) {
  for (const std::string text : {"time=\"2026-01-05T09:00:00Z\" msg=\"up\"",
                                 "time=2026 level=info",
                                 " level=info",
                                 "2026-04-17T14:22:01Z INFO up",
                                 "2026-04-17T14:22:01Z inf up",
                                 "2026-04-17T14:22:01Z NF  up",
                                 "2026-04-17T14:22:01Z RC up",
                                 "2026-04-17T14:22:01Z INF",
                                 "2026-04-17 14:22:01Z INF up",
                                 "2026-04-17T14:22 INF up",
                                 "2026-04-17T14:22:0x INF up",
                                 "2026-04-17T14:22:01.1234567890123+02:00 INF up",
                                 "x026-04-17T14:22:01Z INF up",
                                 "2026-04-17T14:22:01Z",
                                 "",
                                 "2026/04/17 14:22:01 ",
                                 "2026/04/17 14:22:01x y",
                                 "2026/04-17 14:22:01 x",
                                 "2026-04/17 14:22:01 x",
                                 "2026/04/17T14:22:01 x",
                                 "2026/04/17 14-22:01 x",
                                 "2026/04/17 14:22-01 x",
                                 "2026/04/17 1x:22:01 x",
                                 "[90m2026\x1b[0m up",
                                 "\x1b[mx\x1b[0m",
                                 "\x1b[90x2026\x1b[0m",
                                 "\x1b[90m2026",
                                 "\x1b[90",
                                 "\x1b["}) {
    EXPECT_FALSE(IsTraefikLog(text)) << text;
  }
}

TEST(OwnLogTest, LevelAndEndOfColourStandNearTheBeginning) {
  const std::string time = "time=\"";
  EXPECT_TRUE(IsTraefikLog(time + std::string(256 - 6 - 7, 'x') + " level=info"));
  EXPECT_FALSE(IsTraefikLog(time + std::string(256 - 6 - 6, 'x') + " level=info"));
  const std::string colour = "\x1b[90m";
  EXPECT_TRUE(IsTraefikLog(colour + std::string(64 - 5, 'x') + "\x1b[0m"));
  EXPECT_FALSE(IsTraefikLog(colour + std::string(64 - 4, 'x') + "\x1b[0m"));
}

TEST(OwnLogTest, BehindAPrefixItIsFoundAtABlankOfTheBeginning) {
  const std::string own = "time=\"2026\" level=error msg=x";
  EXPECT_TRUE(HoldsTraefikLog("x " + own));
  EXPECT_TRUE(HoldsTraefikLog("x\t" + own));
  EXPECT_TRUE(HoldsTraefikLog("Jan 05 09:00:00 edge1 traefik[8]: " + own));
  EXPECT_FALSE(HoldsTraefikLog(own));  // no prefix
  EXPECT_FALSE(HoldsTraefikLog("x:" + own));
  EXPECT_TRUE(HoldsTraefikLog(std::string(255, 'x') + " " + own));
  EXPECT_FALSE(HoldsTraefikLog(std::string(256, 'x') + " " + own));
}

TEST(OwnLogTest, PluginsNameALevelOrAMiddleware) {
  for (const std::string text :
       {"INFO: Name: text", "[DEBUG] text", "[WARNING] x", "WARN: x", "TRACE: x", "ERROR: x",
        "FATAL: x", "[PANIC] x", "crowdsec@docker: text", "a@b: x", "A-b_c.9@Z0: x", "z@a: x"}) {
    EXPECT_TRUE(IsPluginLine(text)) << text;
    EXPECT_TRUE(HoldsPluginLine("edge1 " + text)) << text;
    EXPECT_FALSE(HoldsPluginLine("edge1:" + text.substr(0, text.find(' ')))) << text;
  }
}

TEST(OwnLogTest, OtherWordsAreNoPlugins) {
  for (const std::string text :
       {"INFO:",       "INFO",         "INFO text", "[DEBUG]", "[DEBUG text",
        "DEBUG] text", "[debug] text", "[] x",      "Info: x", "NOTE: x",
        "@docker: x",  "a@: x",        "@: x",      "a@b x",   "a b@c: x",
        "a/b@c: x",    "a:b@c: x",     "a[@c: x",   "a`@c: x", "a{@c: x",
        ": x",         "x: y",         "",          " "}) {
    EXPECT_FALSE(IsPluginLine(text)) << text;
  }
}

TEST(OwnLogTest, TextHasNoControlBytesButTabsAndColours) {
  EXPECT_TRUE(IsText("a\tb\x1b[0m ~\xff"));
  EXPECT_TRUE(IsText(""));
  for (const char c : {'\0', '\x01', '\n', '\r', '\x1f', '\x7f'}) {
    EXPECT_FALSE(IsText(std::string("a") + c)) << static_cast<int>(c);
  }
}

}  // namespace
}  // namespace stickyd
