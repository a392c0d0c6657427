// SPDX-License-Identifier: Apache-2.0
// route_rule_test: hosts and paths of rules, and what must stay unknown.
#include "stickyd/traefik/route_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace stickyd {
namespace {

// "host path" of each alternative: * is any, ? is unknown, = before an exact path.
std::string ReadWays(std::string_view rule) {
  const RouteMatch match = ReadRouteRule(rule);
  if (!match.readable) return "unreadable";
  using Is = RouteAlternative::Is;
  std::string out;
  for (const RouteAlternative& one : match.alternatives) {
    if (!out.empty()) out += ", ";
    out += one.host_is == Is::kAny ? "*" : one.host_is == Is::kUnknown ? "?" : one.host;
    out += " ";
    out += one.path_is == Is::kAny ? "*" : one.path_is == Is::kUnknown ? "?" : one.path;
    if (one.exact_path) out += "=";
  }
  return out;
}

TEST(RouteRuleTest, RulesAsPeopleWriteThem) {
  const std::pair<const char*, const char*> cases[] = {
      {"Host(`a.example.com`)", "a.example.com *"},
      {"Host(\"a.example.com\") && PathPrefix(\"/\")", "a.example.com *"},
      {"Host(`A.Example.com`, `b`)", "a.example.com *, b *"},
      {"Host(`a`) || Host(`b`)", "a *, b *"},
      {"(Host(`a`) || Host(`b`)) && PathPrefix(`/x`)", "a /x, b /x"},
      {"Host(`a`) && (PathPrefix(`/x`) || Path(`/y`))", "a /x, a /y="},
      {"Host(`a`) && PathPrefix(`/x`) || Host(`b`)", "a /x, b *"},
      {"PathPrefix(`/x`, `/y`)", "* /x, * /y"},
      {"HostHeader(`a`)", "a *"},
      {"HostRegexp(`^.+\\.example\\.com$`)", "? *"},
      {"HostRegexp(`{sub:[a-z]+}.example.com`)", "? *"},
      {"Host(`a`) && HostRegexp(`.*`)", "a *"},
      {"PathRegexp(`^/x`)", "* ?"},
      {"Path(`/users/{id}`)", "* ?"},
      {"Host(`a`) && Method(`GET`) && Headers(`X-Y`, `z`)", "a *"},
      {"ClientIP(`10.0.0.0/8`)", "* *"},
      {"Host(`a`) && !PathPrefix(`/api`)", "a *"},
      {"!Host(`a`)", "* *"},
      {"Host(`a`) && Host(`b`)", ""},
      {"Path(`/x`) && PathPrefix(`/x`)", "* /x="},
      {"PathPrefix(`/x/y`) && PathPrefix(`/x`)", "* /x/y"},
      {"PathPrefix(`/x`) && PathPrefix(`/y`)", ""},
      {"PathPrefix(`/x`) && PathRegexp(`y$`)", "* ?"},
      {"Host(`xn--kche-0ra.example.com`)\n  && PathPrefix(`/x`)", "xn--kche-0ra.example.com /x"},
      {"host(`a`)", "a *"},
      {"Host(`*.example.com`)", "? *"},
      {"Host(``)", "? *"},
      {"Host(`a`, ``, `b`)", "a *, ? *, b *"},
      {"Host(`az.AZ-09_:[]`)", "az.az-09_:[] *"},
      {"Host(`a@b`) || Host(`a{b`) || Host(`a/b`) || Host(`a^b`)", "? *, ? *, ? *, ? *"},
      {"Path(`/*`) || Path(`/{a`) || Path(`/a}`) || Path(`x`)", "* ?, * ?, * ?, * ?"},
  };
  for (const auto& [rule, wanted] : cases) EXPECT_EQ(ReadWays(rule), wanted) << rule;
}

TEST(RouteRuleTest, WhatIsNoRuleIsNotGuessed) {
  for (const char* rule :
       {"", "Host", "Host(", "Host(`a`", "Host(`a)", "Host()", "Host(a)", "Host(`a`) &&",
        "Host(`a`) Host(`b`)", "(Host(`a`)", "Host(`a`))", "Host(`a`) & Host(`b`)",
        "Host:a.example.com;PathPrefix:/x", "Host(\"a\\\"b\")", "|| Host(`a`)", "!"}) {
    EXPECT_EQ(ReadWays(rule), "unreadable") << rule;
  }
}

// Host(`h1`) || ... of so many.
std::string Hosts(int count, const std::string& matcher = "Host") {
  std::string rule;
  for (int i = 0; i < count; ++i) {
    rule += (i == 0 ? "" : " || ") + matcher + "(`/h" + std::to_string(i) + "`)";
  }
  return rule;
}

TEST(RouteRuleTest, LimitsAreWhereTheyAre) {
  const auto ways = [](const std::string& rule) { return ReadRouteRule(rule).alternatives.size(); };
  EXPECT_EQ(ways(Hosts(256)), 256U);
  EXPECT_EQ(ReadWays(Hosts(257)), "unreadable");
  std::string list = "`h0`";
  for (int i = 1; i < 256; ++i) list += ", `h" + std::to_string(i) + "`";
  EXPECT_EQ(ways("Host(" + list + ")"), 256U);
  EXPECT_EQ(ReadWays("Host(" + list + ", `one`)"), "unreadable");
  EXPECT_EQ(ways("(" + Hosts(8) + ") && (" + Hosts(8, "Path") + ")"), 64U);
  EXPECT_EQ(ReadWays("(" + Hosts(13) + ") && (" + Hosts(5, "Path") + ")"), "unreadable");
  EXPECT_EQ(ReadWays(std::string(32, '(') + "Host(`a`)" + std::string(32, ')')), "a *");
  EXPECT_EQ(ReadWays(std::string(33, '(') + "Host(`a`)" + std::string(33, ')')), "unreadable");
  EXPECT_EQ(ReadWays(std::string(32, '!') + "Host(`a`)"), "* *");
  EXPECT_EQ(ReadWays(std::string(33, '!') + "Host(`a`)"), "unreadable");
  EXPECT_EQ(ReadWays("Host(`a`)" + std::string(16'384 - 9, ' ')), "a *");
  EXPECT_EQ(ReadWays("Host(`a`)" + std::string(16'385 - 9, ' ')), "unreadable");
  std::string combined = "(" + Hosts(256) + ")";
  for (int i = 0; i < 16; ++i) combined += " && Method(`GET`)";
  EXPECT_EQ(ways(combined), 256U) << "4096 in all";
  EXPECT_EQ(ReadWays(combined + " && Method(`GET`)"), "unreadable");
}

TEST(RouteRuleTest, HostileRulesEnd) {
  EXPECT_EQ(ReadWays(std::string(5000, '(')), "unreadable");
  EXPECT_EQ(ReadWays(std::string(5000, '!') + "Host(`a`)"), "unreadable");
  EXPECT_EQ(ReadWays(std::string(100'000, 'a')), "unreadable");
  std::string many = "(Host(`a`) || Host(`b`))";
  for (int i = 0; i < 20; ++i) many += " && (PathPrefix(`/a`) || PathPrefix(`/a/b`))";
  EXPECT_EQ(ReadWays(many), "unreadable") << "too many alternatives";
  std::string hosts = "(Host(`h`)";
  for (int i = 0; i < 200; ++i) hosts += " || Host(`h" + std::to_string(i) + "`)";
  hosts += ")";
  EXPECT_EQ(ReadRouteRule(hosts + " && PathPrefix(`/x`)").alternatives.size(), 201U);
  for (int i = 0; i < 500; ++i) hosts += " && Method(`GET`)";
  EXPECT_EQ(ReadWays(hosts), "unreadable") << "too much to combine";
}

}  // namespace
}  // namespace stickyd
