// SPDX-License-Identifier: Apache-2.0
// config_reader_test: Traefik's answers become a configuration, or are refused with a reason.
#include "stickyd/traefik/config_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "stickyd/traefik/cookie_codec.h"
#include "stickyd/traefik/saved_configs.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* kTree = R"api({
  "routers": {
    "shop@docker": {"service": "shop", "rule": "Host(`a`)", "entryPoints": ["web"],
                    "middlewares": ["pages@file"], "status": "enabled"},
    "off@docker": {"service": "unused", "status": "disabled"},
    "parent@file": {"rule": "Host(`b`)"}},
  "middlewares": {
    "pages@file": {"errors": {"service": "errors", "status": ["500"]}},
    "clean@file": {"headers": {"customResponseHeaders": {"set-cookie": ""}}}},
  "services": {
    "shop@docker": {"weighted": {"services": [{"name": "blue", "weight": 3}, {"name": "over@file"}],
                                 "sticky": {"cookie": {"name": "outer"}}}},
    "blue@docker": {"loadBalancer": {
        "sticky": {"cookie": {"secure": true, "sameSite": "none", "maxAge": 60, "path": "/x",
                              "domain": ".Example.com"}},
        "servers": [{"url": "http://A:80/p"}, {"url": "http://b:80", "weight": 0},
                    {"url": "http://c:80", "fenced": true}],
        "healthCheck": {}},
      "serverStatus": {"http://A:80/p": "DOWN", "http://b:80": "UP"}},
    "over@file": {"failover": {"service": "main", "fallback": "spare"}},
    "main@file": {"loadBalancer": {"sticky": {}, "passiveHealthCheck": {},
        "servers": [{"url": "http://m:80"}]}},
    "spare@file": {"mirroring": {"service": "mirror"}},
    "mirror@file": {"loadBalancer": {"servers": [], "strategy": "hrw"}},
    "errors@file": {"loadBalancer": {"servers": []}},
    "unused@docker": {"loadBalancer": {"sticky": {"cookie": {"name": "a b"}}}}}})api";

TraefikConfig Read(std::string rawdata) {
  auto config = ReadConfig({std::move(rawdata), "", "", {}});
  EXPECT_TRUE(config.has_value()) << config.error().message;
  return config ? std::move(*config) : TraefikConfig{};
}

TEST(ConfigReaderTest, TreeIsWalkedFromEnabledRoutersThroughEveryKindOfService) {
  const TraefikConfig config = Read(kTree);
  EXPECT_THAT(config.reachable,
              UnorderedElementsAre("shop@docker", "blue@docker", "over@file", "main@file",
                                   "spare@file", "mirror@file", "errors@file"));
  EXPECT_THAT(config.roots_of.at("mirror@file"), ElementsAre("shop@docker"));
  EXPECT_EQ(config.Path("shop@docker", "mirror@file", "").size(), 4U);
  EXPECT_EQ(config.Path("shop@docker", "", "http://m:80").back().service->name, "main@file");
  EXPECT_TRUE(config.middlewares.at("clean@file").changes_set_cookie);
}

TEST(ConfigReaderTest, CookiesAndServersAreReadWithTheirStates) {
  const TraefikConfig config = Read(kTree);
  const ServiceConfig& blue = *config.FindService("blue@docker");
  EXPECT_EQ(blue.cookie->name, DefaultCookieName("blue@docker")) << "v2 does not show it";
  EXPECT_TRUE(blue.cookie->secure);
  EXPECT_EQ(blue.cookie->same_site, SameSite::kNone);
  EXPECT_EQ(blue.cookie->max_age_s, 60);
  EXPECT_EQ(blue.cookie->path, "/x");
  EXPECT_EQ(blue.cookie->domain, "example.com");
  EXPECT_TRUE(blue.health_check);
  EXPECT_FALSE(blue.passive_health_check);
  EXPECT_TRUE(config.FindService("main@file")->passive_health_check);
  EXPECT_FALSE(config.FindService("main@file")->health_check);
  ASSERT_EQ(blue.servers.size(), 3U);
  EXPECT_EQ(blue.servers[0].key, "http://a:80/p");
  EXPECT_EQ(blue.servers[0].url, "http://A:80/p") << "what Traefik hashes";
  EXPECT_EQ(blue.servers[0].status, ServerStatus::kDown);
  EXPECT_EQ(blue.servers[1].status, ServerStatus::kUp);
  EXPECT_EQ(blue.servers[1].weight, 0);
  EXPECT_EQ(blue.servers[2].status, ServerStatus::kUnknown);
  EXPECT_TRUE(blue.servers[2].fenced);
  EXPECT_TRUE(config.FindService("main@file")->sticky_without_cookie);
  EXPECT_FALSE(config.FindService("main@file")->cookie);
  EXPECT_EQ(config.FindService("unused@docker")->cookie->name, "a_b");
}

TEST(ConfigReaderTest, ForwardAuthKeepsTheCookiesThatItDoesNotName) {
  const TraefikConfig config = Read(R"({"services": {}, "routers": {}, "middlewares": {
    "a@file": {"forwardAuth": {"address": "http://me:secret@auth.internal:9000/check?x=1"}},
    "b@file": {"forwardAuth": {"address": "https://other", "addAuthCookiesToResponse": ["lb"]}},
    "c@file": {"forwardAuth": {"address": "no URL"}}}})");
  EXPECT_TRUE(config.KeepsAuthCookie("auth.internal", "/check", "lb"));
  EXPECT_FALSE(config.KeepsAuthCookie("auth.internal", "/check/x", "lb"));
  EXPECT_FALSE(config.KeepsAuthCookie("auth", "/check", "lb"));
  EXPECT_FALSE(config.KeepsAuthCookie("other", "/", "lb")) << "it is handed on";
  EXPECT_TRUE(config.KeepsAuthCookie("other", "/", "lb2"));
  EXPECT_FALSE(config.KeepsAuthCookie("", "", "lb"));
  EXPECT_EQ(config.middlewares.at("a@file").auth_path, "/check") << "and nothing of the rest";
}

TEST(ConfigReaderTest, CircleOfServicesEnds) {
  const TraefikConfig config = Read(R"({"routers": {"r@file": {"service": "a"}}, "services": {
    "a@file": {"weighted": {"services": [{"name": "b"}, {"name": "a"}]}},
    "b@file": {"weighted": {"services": [{"name": "a"}]}}}})");
  EXPECT_EQ(config.reachable.size(), 2U);
  EXPECT_TRUE(config.Tree("a@file")->leaves().empty());
}

TEST(ConfigReaderTest, BrokenPartialAndHostileAnswersAreRefusedWithThePlace) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "rawdata"},
      {"null", "object"},
      {"[]", "object"},
      {"{}", "rawdata"},
      {R"({"message": "not found"})", "rawdata"},
      {std::string(kTree).substr(0, 900), "rawdata"},
      {R"({"services": []})", "services"},
      {R"({"services": {"a@file": 1}})", "a@file"},
      {R"({"services": {"a@file": {"loadBalancer": []}}})", "loadBalancer"},
      {R"({"services": {"a@file": {"loadBalancer": {"servers": {}}}}})", "servers"},
      {R"({"services": {"a@file": {"loadBalancer": {"servers": ["http://a"]}}}})", "servers"},
      {R"({"services": {"a@file": {"loadBalancer": {"servers": [{"url": 7}]}}}})", "url"},
      {R"({"services": {"a@file": {"loadBalancer": {"sticky": {"cookie": {"name": []}}}}}})",
       "name"},
      {R"({"services": {"a@file": {"loadBalancer": {"sticky": {"cookie": {"maxAge": 1e99}}}}}})",
       "maxAge"},
      {R"({"services": {}, "routers": {"r@file": {"service": {}}}})", "service"},
      // What refers to nobody is completed with the referrer's provider.
      {R"({"services": {"a@)" + std::string(200, 'p') + R"(": {}}})", "shorter names"},
      {R"({"services": {}, "routers": {")" + std::string(2000, 'r') + R"(@f": {}}})",
       "shorter names"},
      {R"({"services": {)" + std::string(5000, '['), "rawdata"},
      {std::string(100'000, '['), "rawdata"},
  };
  for (const auto& [rawdata, place] : cases) {
    const auto config = ReadConfig({rawdata, "", "", {}});
    ASSERT_FALSE(config.has_value()) << rawdata.substr(0, 80);
    EXPECT_THAT(config.error().message, HasSubstr(place)) << rawdata.substr(0, 80);
  }
  EXPECT_FALSE(ReadConfig({kTree, "{}", "", {}}).has_value()) << "entry points are a list";
  EXPECT_FALSE(ReadConfig({kTree, "", "[", {}}).has_value()) << "version cut short";
}

TEST(ConfigReaderTest, NamesWithControlBytesDoNotReachAnErrorAsTheyAre) {
  const auto config = ReadConfig({R"({"services": {"\u001b[2J": 1}})", "", "", {}});
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().message.find('\x1b'), std::string::npos);
}

TEST(ConfigReaderTest, VersionsWithAndWithoutTheirLetter) {
  for (const char* version : {"v3.7.9", "3.7.9"}) {
    const auto config = ReadConfig(
        {kTree,
         "",
         fmt::format(R"({{"Version": "{}", "startDate": "2026-01-05T09:00:00Z"}})", version),
         {}});
    ASSERT_TRUE(config.has_value());
    EXPECT_EQ(config->version, "3.7.9");
    EXPECT_EQ(config->encoding, CookieEncoding::kSha256);
    EXPECT_EQ(FormatRfc3339(*config->started), "2026-01-05T09:00:00.000000Z");
  }
}

class SavedConfigsTest : public testing::Test {
 protected:
  void Save(const std::string& name, std::string_view rawdata, int64_t seconds) {
    const auto folder = folder_.path() / name;
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "rawdata.json") << rawdata;
    std::ofstream(folder / "time.json")
        << fmt::format(R"({{"time_unix_ns": {}}})", seconds * 1'000'000'000);
  }
  Result<SavedConfigs> ReadAll() { return ReadSavedConfigs(RealFileSystem(), folder_.path()); }

  const TempDir folder_;
};

TEST_F(SavedConfigsTest, FoldersComeInOrderOfTheirTimeNotOfTheirName) {
  Save("a", kTree, 200);
  Save("b", kTree, 100);
  const auto saved = ReadAll();
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  ASSERT_EQ(saved->configs.size(), 2U);
  EXPECT_EQ(UnixNanoseconds(saved->configs[0]->time), 100'000'000'000);
}

TEST_F(SavedConfigsTest, BrokenOneIsRefusedWithItsFolderAndTheOthersStay) {
  Save("00", kTree, 100);
  Save("01", R"({"services": {"a@file": )", 200);
  Save("02", kTree, 0);  // no time
  const auto saved = ReadAll();
  ASSERT_TRUE(saved.has_value());
  EXPECT_EQ(saved->configs.size(), 1U);
  std::string reasons;
  for (const Error& refused : saved->refused) reasons += refused.message + "\n";
  EXPECT_THAT(reasons, HasSubstr("/01: rawdata"));
  EXPECT_THAT(reasons, HasSubstr("/02: time: time: time_unix_ns"));
}

TEST_F(SavedConfigsTest, WhatIsNoFileIsRefusedAndNeitherWaitedForNorReadWithoutEnd) {
  Save("00", kTree, 100);
  for (const char* name : {"rawdata.json", "time.json"}) {
    SCOPED_TRACE(name);
    Save("01", kTree, 200);
    const auto path = folder_.path() / "01" / name;
    std::filesystem::remove(path);
    std::filesystem::create_symlink("/dev/zero", path);
    auto saved = ReadAll();
    ASSERT_TRUE(saved.has_value());
    ASSERT_EQ(saved->refused.size(), 1U);
    EXPECT_THAT(saved->refused[0].message, HasSubstr("is a character device"));
    std::filesystem::remove(path);
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    saved = ReadAll();
    ASSERT_TRUE(saved.has_value());
    ASSERT_EQ(saved->refused.size(), 1U);
    EXPECT_THAT(saved->refused[0].message, HasSubstr("is a FIFO or pipe, not a regular file"));
    std::filesystem::remove(path);
  }
}

TEST_F(SavedConfigsTest, WhatHelpsIsReadIfItIsNoLongerThanItCanBe) {
  Save("00", kTree, 100);
  const std::string version = R"({"Version": "3.7.9"})";
  const auto write = [&](const char* name, const std::string& text, size_t bytes) {
    std::ofstream(folder_.path() / "00" / name) << text << std::string(bytes - text.size(), ' ');
  };
  write("version.json", version, 4096);
  write("entrypoints.json", R"([{"name": "web"}])", 100);
  auto saved = ReadAll();
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  EXPECT_EQ(saved->configs[0]->version, "3.7.9");
  EXPECT_EQ(saved->configs[0]->entry_points.size(), 1U);
  write("version.json", version, 4097);
  saved = ReadAll();
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  EXPECT_EQ(saved->configs[0]->version, "");
}

TEST_F(SavedConfigsTest, NothingUsableIsAnError) {
  EXPECT_THAT(ReadAll().error().message, HasSubstr("no saved answers"));
  Save("00", "{", 100);
  EXPECT_THAT(ReadAll().error().message, HasSubstr("/00"));
}

TEST(ConfigReaderTest, LongestNamesAndProvidersAreRead) {
  const auto read = [](size_t name, size_t provider) {
    const std::string at = "@" + std::string(provider - 1, 'p');
    return ReadConfig({R"({"services": {")" + std::string(name - at.size(), 's') + at +
                           R"(": {"loadBalancer": {"servers": []}}}, "routers": {}})",
                       "",
                       "",
                       {}})
        .has_value();
  };
  EXPECT_TRUE(read(1024, 128));
  EXPECT_FALSE(read(1025, 128));
  EXPECT_FALSE(read(1024, 129));
}

TEST(ConfigReaderTest, EntryPointSaysWhetherItHasTlsAndWhomItTrusts) {
  const auto config = ReadConfig({kTree,
                                  R"([
      {"name": "bare"}, {"name": "http", "http": {}}, {"name": "tls", "http": {"tls": {}}},
      {"name": "all", "forwardedHeaders": {"insecure": true}},
      {"name": "some", "forwardedHeaders": {"trustedIPs": ["10.0.0.0/8"]}},
      {"name": "nobody", "forwardedHeaders": {"trustedIPs": []}}])",
                                  "",
                                  {}});
  ASSERT_TRUE(config.has_value()) << config.error().message;
  const struct {
    const char* name;
    bool tls, trusts;
  } rows[] = {{"bare", false, false}, {"http", false, false}, {"tls", true, false},
              {"all", false, true},   {"some", false, true},  {"nobody", false, false}};
  EXPECT_EQ(config->entry_points.size(), std::size(rows));
  for (const auto& row : rows) {
    const EntryPointConfig& entry = config->entry_points.at(row.name);
    EXPECT_EQ(entry.tls, row.tls) << row.name;
    EXPECT_EQ(entry.trusts_forwarded, row.trusts) << row.name;
  }
}

TEST(ConfigReaderTest, ADocumentMayHaveSixtyFourMegabytes) {
  std::string text = R"({"services": {}, "routers": {}})";
  text.resize(size_t{64} << 20U, ' ');
  const auto whole = ReadConfig({text, "", "", {}});
  EXPECT_TRUE(whole.has_value()) << whole.error().message;
  const auto more = ReadConfig({text + " ", "", "", {}});
  ASSERT_FALSE(more.has_value());
  EXPECT_EQ(more.error().code, ErrorCode::kLimit);
  EXPECT_THAT(more.error().message, HasSubstr("more than 67108864 bytes"));
}

TEST(ConfigReaderTest, EightErrorsOfFiveHundredAndTwelveBytesAreKept) {
  std::string errors;
  for (int i = 0; i < 9; ++i) errors += (i == 0 ? "\"" : ",\"") + std::string(513, 'x') + "\"";
  const auto config =
      ReadConfig({R"({"services": {"a@file": {"loadBalancer": {}, "error": [)" + errors + R"(]}},
           "routers": {"a@file": {"service": "a", "error": ["one", "two"]}}})",
                  "",
                  "",
                  {}});
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->services.at("a@file").errors,
            std::vector<std::string>(8, std::string(512, 'x')));
  EXPECT_EQ(config->routers.at("a@file").errors, (std::vector<std::string>{"one", "two"}));
}

}  // namespace
}  // namespace stickyd
