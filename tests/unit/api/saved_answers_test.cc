// SPDX-License-Identifier: Apache-2.0
// saved_answers_test: what is kept of answers says the same to ReadConfig, and has no secrets.
#include "stickyd/api/saved_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "stickyd/traefik/saved_configs.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kRawdata = R"json({
  "routers": {"r@file": {"service": "s", "rule": "Host(`a`)",
                     "status" : "enabled",
                     "middlewares" : [ "auth@file", "h@file", "f@file", "p@file", "e@file" ]
}
}
, "services" : {
  "s@file" : {
    "loadBalancer" : {
      "servers" : [ {"url" : "http://10.0.0.1:80"} ],
      "sticky" : {"cookie" : {"name" : "lb"}},
      "healthCheck" : {"path" : "/", "headers" : {"Authorization" : "SECRET"}}
    }
  }
},
               "middlewares"
    : {
      "auth@file" :
          {"basicAuth" : {"users" : ["me:SECRET"], "realm" : "SECRET"}, "status" : "enabled"},
      "h@file" : {
        "headers" : {
          "customRequestHeaders" : {"X-Key" : "SECRET", "Cookie" : ""},
          "customResponseHeaders" : {"Set-Cookie" : "", "X-B" : "SECRET"},
          "accessControlAllowCredentials" : true,
          "accessControlAllowOriginList" : ["https://b"]
        }
      },
      "f@file" : {
        "forwardAuth" : {
          "address" : "http://me:SECRET@auth:80/x?key=SECRET",
          "addAuthCookiesToResponse" : ["sid"],
          "tls" : {"key" : "SECRET"}
        }
      },
      "c@file" : {"chain" : {"middlewares" : ["auth"]}},
      "p@file" : {"plugin" : {"jwt" : {"secret" : "SECRET"}}},
      "e@file" : {"errors" : {"service" : "s", "status" : ["500"], "query" : "/SECRET"}}
    },
      "tcpServices" : {
  "t" : { "SECRET" : 1 }
}
})json";

TEST(SavedAnswersTest, NothingSecretIsKept) {
  const std::string kept = WithoutSecrets(kRawdata);
  EXPECT_THAT(kept, Not(HasSubstr("SECRET")));
  for (const char* word : {"basicAuth", "plugin", "Set-Cookie", "sid", "http://auth:80/x"}) {
    EXPECT_THAT(kept, HasSubstr(word));
  }
}

TEST(SavedAnswersTest, TheConfigurationIsTheSame) {
  const auto whole = ReadConfig({kRawdata, "", "", {}});
  const auto kept = ReadConfig({WithoutSecrets(kRawdata), "", "", {}});
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  ASSERT_TRUE(kept.has_value()) << kept.error().message;
  EXPECT_TRUE(*whole == *kept);
}

TEST(SavedAnswersTest, WhatIsSavedCanBeRead) {
  const TempDir folder;
  const std::string path = folder.path() / "new/api";
  const EventTime time(std::chrono::hours(500'000));
  const ApiAnswers answers{kRawdata, R"([{"name":"web"}])", R"({"Version":"3.7.9"})", time,
                           "<html>"};
  const Status status = SaveAnswers(path, answers);
  ASSERT_TRUE(status.has_value()) << status.error().message;
  EXPECT_FALSE(std::filesystem::exists(path + "/overview.json")) << "no JSON";
  const auto saved = ReadSavedConfigs(RealFileSystem(), path);
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  ASSERT_EQ(saved->configs.size(), 1U);
  EXPECT_EQ(saved->configs[0]->time, time);
  EXPECT_EQ(saved->configs[0]->version, "3.7.9");
  EXPECT_EQ(saved->configs[0]->entry_points.size(), 1U);
  std::ofstream(folder.path() / "file") << "x";
  EXPECT_FALSE(SaveAnswers(folder.path() / "file/api", answers).has_value());
}

TEST(SavedAnswersTest, WhatIsNoAnswerIsEmpty) {
  for (const char* text : {"", "[]", "<html>", "1"}) EXPECT_EQ(WithoutSecrets(text), "{}") << text;
}

}  // namespace
}  // namespace stickyd
