// SPDX-License-Identifier: Apache-2.0
// label_value_test: what is written of a name can be read back, so no two names are one label.
#include "../../../src/expose/metrics/label_value.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "stickyd/expose/metrics/exposition.h"
#include "stickyd/expose/metrics/metrics.h"

namespace stickyd {
namespace {

constexpr size_t kDigestBytes = 3 + 32;  // "..." and the hash

bool IsUtf8(const std::string& text) { return simdjson::validate_utf8(text); }

// The other way round, written without a look at how: \xNN is a byte, all else is itself.
std::string NameOf(const std::string& label) {
  std::string name;
  for (size_t i = 0; i < label.size(); ++i) {
    if (label.compare(i, 2, "\\x") == 0) {
      name += static_cast<char>(std::stoi(label.substr(i + 2, 2), nullptr, 16));
      i += 3;
    } else {
      name += label[i];
    }
  }
  return name;
}

// Pieces that are likely to look alike, in any order.
std::string RandomName(std::mt19937& random) {
  static const std::vector<std::string> pieces = {"a",
                                                  "b",
                                                  "x",
                                                  "\\",
                                                  "\\x",
                                                  "\\x0a",
                                                  "\\\\x0a",
                                                  "\n",
                                                  "0a",
                                                  "\x1b",
                                                  "\xff",
                                                  "\xc3",
                                                  "\xa9",
                                                  "\u00e9",
                                                  "\u202e",
                                                  "\\x5c",
                                                  "5c",
                                                  "\xf0\x9f",
                                                  "\u20ac",
                                                  "...",
                                                  "\"",
                                                  "{}",
                                                  "\x7f",
                                                  "\\xff",
                                                  "\x80",
                                                  "\xed\xa0\x80",
                                                  std::string(1, '\0'),
                                                  std::string(600, 'l')};
  std::string name;
  for (size_t n = random() % 6; n > 0; --n) name += pieces[random() % pieces.size()];
  return name;
}

TEST(LabelValueTest, OrdinaryNamesStayAsTheyAre) {
  for (const std::string name :
       {"", "shop@file", "a\\b", "C:\\temp", "\\", "\u00fcber\u20ac@docker", "a\"b", "<script>"}) {
    EXPECT_EQ(LabelValue(name), name);
  }
  EXPECT_EQ(LabelValue(std::string(kLabelBytes, 'a')), std::string(kLabelBytes, 'a'));
}

TEST(LabelValueTest, AnEscapedByteAndItsLookalikeDiffer) {
  EXPECT_EQ(LabelValue("a\n"), "a\\x0a");
  EXPECT_EQ(LabelValue("a\\x0a"), "a\\x5cx0a");
  EXPECT_EQ(LabelValue("a\\x5cx0a"), "a\\x5cx5cx0a");
  EXPECT_EQ(LabelValue("\\\\x"), "\\\\x5cx");
}

TEST(LabelValueTest, LongNamesAreCutBetweenCharactersAndDifferInTheirHash) {
  const std::string base(3000, 'b');
  std::set<std::string> labels;
  for (const std::string& name :
       {base, base + "1", base + "2", std::string(kLabelBytes + 1, 'b')}) {
    const std::string label = LabelValue(name);
    EXPECT_EQ(label.size(), kLabelBytes + kDigestBytes);
    EXPECT_TRUE(labels.insert(label).second) << label;
    EXPECT_TRUE(labels.insert(LabelValue(label)).second) << "a name that is another's label";
  }
  // The same at every start, or the series would be new ones.
  EXPECT_EQ(LabelValue(base), base.substr(0, kLabelBytes) + "...a6b807701781135b6cec2b058c36253a");
  for (size_t before = kLabelBytes - 8; before <= kLabelBytes; ++before) {
    for (const char* const sequence : {"\u00e9", "\u20ac", "\U0001f600", "\n", "\u202e"}) {
      const std::string label = LabelValue(std::string(before, 'a') + sequence + "tail of it");
      EXPECT_TRUE(IsUtf8(label)) << before << sequence;
      EXPECT_GT(label.size(), kLabelBytes);
      EXPECT_LE(label.size(), kLabelBytes + kDigestBytes);
    }
  }
}

TEST(LabelValueTest, NamesNeverShareALabel) {
  std::mt19937 random(7);
  std::map<std::string, std::string> names;  // by label
  for (int i = 0; i < 100'000; ++i) {
    const std::string name = RandomName(random);
    const std::string label = LabelValue(name);
    const auto [at, fresh] = names.try_emplace(label, name);
    ASSERT_EQ(at->second, name) << "both are " << label;
    if (!fresh) continue;
    ASSERT_TRUE(IsUtf8(label));
    ASSERT_EQ(label.find_first_of(std::string("\n\x1b\x7f\0", 4)), std::string::npos);
    ASSERT_LE(label.size(), kLabelBytes + kDigestBytes);
    if (label.size() <= kLabelBytes) {
      ASSERT_EQ(NameOf(label), name) << label;
    }
  }
  EXPECT_GT(names.size(), 10'000U);
}

TEST(LabelValueTest, NoSeriesOfAScrapeComesTwice) {
  std::mt19937 random(8);
  std::set<std::string> names;
  while (names.size() < 150) names.insert(RandomName(random));
  DaemonStatus status;
  for (const std::string& name : names) {
    status.pipeline.services.emplace_back(name, ServiceStats{});
    status.pipeline.sessions_active.push_back(1);
    status.pipeline.recent.emplace_back();
    status.sources.emplace_back().name = name;
    status.pipeline.sources.emplace_back().name = name;
    status.configured.push_back({name + "\n", true, 2, true});
  }
  const std::string text = Exposition(MetricsOf(status), ExpositionFormat::kText);
  EXPECT_TRUE(IsUtf8(text));
  std::set<std::string_view> series;
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string_view line = std::string_view(text).substr(at, text.find('\n', at) - at);
    if (line.starts_with('#')) continue;
    EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line;
  }
  EXPECT_GT(series.size(), 150U * 60);
}

}  // namespace
}  // namespace stickyd
