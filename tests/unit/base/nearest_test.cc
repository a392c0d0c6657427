// SPDX-License-Identifier: Apache-2.0
// nearest_test: words with mistakes, and what was meant.
#include "stickyd/base/nearest.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

constexpr std::string_view kNames[] = {
    "watch", "analyze", "web.listen-address", "exclude.path", "output", "json", "text", "v3.7"};

TEST(NearestTest, FindsWhatWasMeant) {
  const std::pair<const char*, const char*> rows[] = {
      {"anaylze", "analyze"},    {"analyse", "analyze"},
      {"ana", "analyze"},        {"WATCH", "watch"},
      {"wacth", "watch"},        {"listen-address", "web.listen-address"},
      {"path", "exclude.path"},  {"web.listen-addres", "web.listen-address"},
      {"outptu", "output"},      {"jsn", "json"},
      {"txt", "text"},           {"v3.6", "v3.7"},
      {"texts-and-more", "text"}};
  for (const auto& [word, meant] : rows) {
    EXPECT_EQ(Nearest(word, kNames).value_or("nothing"), meant) << word;
  }
}

TEST(NearestTest, FindsNothingWhereNothingIsNear) {
  for (const char* word : {"", "x", "ls", "pdf", "no-such-command", "yaml-or-so"}) {
    EXPECT_EQ(Nearest(word, kNames), std::nullopt) << word;
  }
  EXPECT_EQ(Nearest(std::string(100'000, 'a'), kNames), std::nullopt);
  EXPECT_EQ(Nearest("watch", {}), std::nullopt);
}

TEST(NearestTest, SuggestionIsAPartOfASentence) {
  EXPECT_EQ(DidYouMean("outptu", kNames, "--"), "; did you mean --output?");
  EXPECT_EQ(DidYouMean("fish-and-chips", kNames), "");
}

}  // namespace
}  // namespace stickyd
