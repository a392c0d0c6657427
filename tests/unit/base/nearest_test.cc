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

TEST(NearestTest, LongerWordsMayHaveMoreMistakes) {
  static constexpr std::string_view kWords[] = {"fly", "bird", "elephant", "crocodile"};
  const std::pair<const char*, const char*> rows[] = {{"flx", "fly"},
                                                      {"fxx", "nothing"},  // of three letters, one
                                                      {"bixx", "bird"},
                                                      {"bxxx", "nothing"},  // of four, two
                                                      {"elephaxx", "elephant"},
                                                      {"elephxxx", "nothing"},  // of eight, two
                                                      {"crocodxxx", "crocodile"},
                                                      {"crocoxxxx", "nothing"},  // of nine, three
                                                      {"fyl", "fly"},
                                                      {"brid", "bird"},
                                                      {"ibrd", "bird"},
                                                      {"bidr", "bird"},
                                                      {"el", "nothing"},
                                                      {"ele", "elephant"},
                                                      {"birds-of-prey", "bird"}};
  for (const auto& [word, meant] : rows) {
    EXPECT_EQ(Nearest(word, kWords).value_or("nothing"), meant) << word;
  }
}

TEST(NearestTest, NearestOfSeveralIsTakenAndOfEquallyNearTheFirst) {
  static constexpr std::string_view kWords[] = {"cats", "cat", "cot", "a.dog", "dig"};
  EXPECT_EQ(Nearest("cat", kWords), "cats");  // a beginning counts as one mistake, found first
  EXPECT_EQ(Nearest("cut", kWords), "cat");
  EXPECT_EQ(Nearest("dog", kWords), "a.dog");
}

TEST(NearestTest, OneLetterIsNoWordWithAMistake) {
  static constexpr std::string_view kWords[] = {"a", "bc"};
  EXPECT_EQ(Nearest("x", kWords), std::nullopt);
  EXPECT_EQ(Nearest("c", kWords), "bc");
  EXPECT_EQ(Nearest("bx", kWords), "bc");
}

TEST(NearestTest, WordsAreLookedAtUpToSixtyFourLetters) {
  const std::string name(64, 'a');
  const std::string_view names[] = {name};
  EXPECT_EQ(Nearest(std::string(63, 'a') + "b", names), name);
  EXPECT_EQ(Nearest(std::string(65, 'a'), names), std::nullopt);
}

}  // namespace
}  // namespace stickyd
