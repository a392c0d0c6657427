// SPDX-License-Identifier: Apache-2.0
// probe_sections_test: the targets that a configuration file names, and what is wrong with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "../../../src/config/option_table.h"
#include "stickyd/config/options.h"
#include "support/memory_file_system.h"

namespace stickyd {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ProbeSectionsTest : public testing::Test {
 protected:
  std::vector<ProbeTarget> Read(const std::string& text) {
    files_.Remove("/conf");
    files_.Append("/conf", text);
    const SettingsResult result =
        ReadSettings({"--config.file", "/conf"}, OptionsOf("watch"), {}, files_);
    problems_.clear();
    for (const SettingsProblem& problem : result.problems) {
      problems_.push_back(problem.place + ": " + problem.message);
    }
    return result.settings.watch.probes;
  }

  MemoryFileSystem files_;
  std::vector<std::string> problems_;
};

TEST_F(ProbeSectionsTest, EachKeySetsItsOwn) {
  const auto targets = Read(
      "idle = 2h\n"
      "[probe.shop]\n"
      "url = https://shop.example/cart?a=1\n"
      "interval = 1m\n"
      "requests = 7\n"
      "host = a.example\n"
      "host = b.example:8443\n"
      "direct = 10.0.0.1:443\n"
      "served-by = X-Server\n"
      "cookie = lb\n"
      "header = X-A: b c\n"
      "timeout = 10s\n"
      "resolve = shop.example:443:10.0.0.1\n"
      "ca = /ca.pem\n"
      "insecure = true\n"
      "allow-unsure = yes\n");
  EXPECT_THAT(problems_, IsEmpty());
  ASSERT_EQ(targets.size(), 1U);
  const ProbeTarget& shop = targets[0];
  EXPECT_EQ(shop.name, "shop");
  EXPECT_EQ(shop.url, "https://shop.example/cart?a=1");
  EXPECT_EQ(shop.interval, minutes(1));
  EXPECT_EQ(shop.options.visits, 7U);
  EXPECT_THAT(shop.options.hosts, ElementsAre("a.example", "b.example:8443"));
  EXPECT_EQ(shop.options.direct, "10.0.0.1:443");
  EXPECT_EQ(shop.options.served_by, "X-Server");
  EXPECT_THAT(shop.options.cookies, ElementsAre("lb"));
  EXPECT_THAT(shop.options.headers, ElementsAre("X-A: b c"));
  EXPECT_EQ(shop.options.timeout, seconds(10));
  EXPECT_THAT(shop.options.resolve, ElementsAre("shop.example:443:10.0.0.1"));
  EXPECT_EQ(shop.options.ca_file, "/ca.pem");
  EXPECT_TRUE(shop.options.insecure);
  EXPECT_TRUE(shop.options.allow_unsure);
}

TEST_F(ProbeSectionsTest, EverySectionIsATargetOfItsOwnInTheOrderOfTheFile) {
  const auto targets = Read(
      "[probe.b]\nurl = http://b.example\ninsecure = true\n[web]\ntelemetry-path = /m\n"
      "[probe.a.2]\nurl = http://a.example\n[]\nprobe.c_-3.url = http://c.example\n"
      "[probe.b]\ninterval = 24h\n");
  EXPECT_THAT(problems_, IsEmpty());
  ASSERT_EQ(targets.size(), 3U);
  EXPECT_EQ(targets[0].name, "b");
  EXPECT_EQ(targets[0].interval, hours(24));
  EXPECT_TRUE(targets[0].options.insecure);
  EXPECT_EQ(targets[1].name, "a.2");
  EXPECT_EQ(targets[1].interval, minutes(5)) << "the default";
  EXPECT_EQ(targets[1].options, ProbeSettings()) << "what others have set is theirs";
  EXPECT_EQ(targets[2].name, "c_-3");
}

TEST_F(ProbeSectionsTest, EveryMistakeHasItsPlace) {
  struct Row {
    const char* text;
    const char* problem;  // the only one
  } const rows[] = {
      {"[probe.a]\n", "/conf:1: probe.a: has no url"},
      {"[probe.a]\ncookie = b\n", "/conf:1: probe.a: has no url"},
      {"[probe.a]\nurl = shop.example\n", "/conf:2: probe.a.url: 'shop.example' is no http:// or"},
      {"[probe.a]\nurl = http://u:p@a.example\n", "/conf:2: probe.a.url: "},
      {"[probe.a]\nurl =\n", "/conf:2: probe.a.url: has no value"},
      {"[probe.a]\nurl = http://a\nurl = http://b\n", "/conf:3: probe.a.url: was given before"},
      {"[probe.a]\nurl = http://a\ninterval = 9s\n", "/conf:3: probe.a.interval: '9s' is not a"},
      {"[probe.a]\nurl = http://a\ninterval = 25h\n", "from 10s to 1d"},
      {"[probe.a]\nurl = http://a\nrequests = 1\n", "/conf:3: probe.a.requests: '1' is not a num"},
      {"[probe.a]\nurl = http://a\nheader = x\n", "'x' is not NAME:VALUE"},
      {"[probe.a]\nurl = http://a\nhost = a b\n", "/conf:1: probe.a: 'a b' is no host"},
      {"[probe.a]\nurl = http://a\ninterval = 10s\n", "timeout (30s) is longer than interval (10s"},
      {"[probe.a b]\nurl = http://a\n", "/conf:1: probe.a b: a probe's name has up to 50 letters"},
      {"[probe.]\nurl = http://a\n", "/conf:2: unknown option 'probe.url'"},
      {"[probe]\nurl = http://a\n", "; a probe has a name: [probe.NAME]"},
      {"probe.url = http://a\n", "; a probe has a name: [probe.NAME]"},
      {"[probe.a]\nurl = http://a\nulr = http://a\n", "did you mean url?"},
      {"[probe.a]\nurl = http://a\nallow-unsur = 1\n", "did you mean allow-unsure?"},
      {"[probe.a]\nurl = http://a\ntrace = 1\n", "; it is for the command probe only"},
      {"[probe.a]\nurl = http://a\nidle = 1h\n", "; idle is in no section"},
      {"[probe.a]\nurl = http://a\nlisten-address = :1\n", "listen-address below [web]?"},
  };
  for (const Row& row : rows) {
    Read(row.text);
    EXPECT_THAT(problems_, ElementsAre(HasSubstr(row.problem))) << row.text;
  }
}

TEST_F(ProbeSectionsTest, NeitherTargetsNorTheirNamesAreWithoutEnd) {
  std::string text;
  for (int i = 0; i < 103; ++i) {
    text += "[probe.t" + std::to_string(i) + "]\nurl = http://a\ntimeout = 1s\n";
  }
  EXPECT_EQ(Read(text).size(), 100U);
  EXPECT_THAT(problems_, ElementsAre("/conf:301: more than 100 probes"));
  Read("probe." + std::string(50, 'x') + ".url = http://a");
  EXPECT_THAT(problems_, IsEmpty());
  Read("probe." + std::string(51, 'x') + ".url = http://a");
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("a probe's name")));
  Read("[probe." + std::string(100, 'x') + "]\nurl = http://a");
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("a section of a long name")));
}

TEST_F(ProbeSectionsTest, KeysOfTargetsAreNoOptions) {
  for (const char* text : {"url = http://a", "interval = 1m", "[web]\nurl = http://a"}) {
    Read(text);
    EXPECT_THAT(problems_, ElementsAre(HasSubstr("unknown option"))) << text;
  }
  const auto read =
      ReadSettings({"--config.file", "/dev/null", "--interval", "1m"}, ~0U, {}, RealFileSystem());
  EXPECT_TRUE(read.usage);
}

// A reload that changes a line above moves the others, and nothing else.
TEST_F(ProbeSectionsTest, ATargetIsTheSameWhereverItStands) {
  const auto here = Read("[probe.a]\nurl = http://a");
  const auto there = Read("idle = 1h\n\n[probe.a]\nurl = http://a");
  EXPECT_EQ(here, there);
  EXPECT_NE(here, Read("[probe.a]\nurl = http://a\ntimeout = 29s"));
}

TEST_F(ProbeSectionsTest, EachKeyIsInTheDocuments) {
  std::ifstream in(STICKYD_TEST_DATA "/../../docs/CONFIGURATION.md");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t begin = text.find("## Probes that `watch` runs");
  ASSERT_NE(begin, std::string::npos);
  const std::string part = text.substr(begin, text.find("\n## ", begin + 1) - begin);
  for (const Option& key : TargetTable()) {
    EXPECT_THAT(part, HasSubstr(std::string("| `") + key.name + " = ")) << key.name;
  }
  size_t rows = 0;
  for (size_t at = 0; (at = part.find("\n| `", at)) != std::string::npos; ++at) ++rows;
  EXPECT_EQ(rows, TargetTable().size());
}

}  // namespace
}  // namespace stickyd
