// SPDX-License-Identifier: Apache-2.0
// prefix_names_test: which of the words that shippers put before lines are names of replicas.
#include "../../../src/engine/prefix_names.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

constexpr size_t kAll = 100;

bool Same(std::string_view a, std::string_view b) { return NamesIn(a, kAll) == NamesIn(b, kAll); }

TEST(PrefixNamesTest, WordsAreCountedBetweenBlanks) {
  EXPECT_EQ(CountWords(""), 0U);
  EXPECT_EQ(CountWords("  \t "), 0U);
  EXPECT_EQ(CountWords("one"), 1U);
  EXPECT_EQ(CountWords(" one\ttwo  three "), 3U);
}

TEST(PrefixNamesTest, NamesTellReplicasApart) {
  EXPECT_FALSE(Same("traefik-1 |", "traefik-2 |"));
  EXPECT_FALSE(Same("host-a traefik", "host-b traefik"));
  EXPECT_FALSE(Same("a b", "b a")) << "in their order";
  EXPECT_FALSE(Same("a", "a a"));
  EXPECT_FALSE(Same("a", ""));
}

TEST(PrefixNamesTest, TimesNumbersAndPunctuationAreNoNames) {
  for (const char* text : {"2026-01-05T09:00:00Z", "09:00:01", "12345", "-", "|", "[812]", "Jan",
                           "Mon", "UTC", "1.2.3.4", "2026-01-05T09:00:00.123456789Z", ">"}) {
    EXPECT_EQ(NamesIn(text, kAll), 0U) << text;
  }
  EXPECT_TRUE(Same("Jan 5 09:00:00 host traefik[812]:", "Feb 6 10:11:12 host traefik[9]:"));
  for (const char* name : {"Janus", "anF", "Ja", "jan", "a1", "9ab"}) {
    EXPECT_NE(NamesIn(name, kAll), 0U) << name;
  }
}

TEST(PrefixNamesTest, NameEndsAtItsPunctuation) {
  EXPECT_TRUE(Same("traefik[812]:", "traefik"));
  EXPECT_TRUE(Same("access.log:12:1.2.3.4", "access.log:13:5.6.7.8"));
  EXPECT_TRUE(Same("traefik|x", "traefik"));
  EXPECT_TRUE(Same("traefik>", "traefik"));
  EXPECT_FALSE(Same("[name]", "[other]")) << "a bracket at the beginning ends nothing";
}

TEST(PrefixNamesTest, ColoursAreNoPartOfAName) {
  EXPECT_TRUE(Same("\x1b[36mtraefik-1 |\x1b[0m", "traefik-1 |"));
  EXPECT_TRUE(Same("\x1b[1;36m\x1b[4mtraefik-1", "\x1b[33mtraefik-1"));
  EXPECT_FALSE(Same("\x1b[36mtraefik-1", "\x1b[36mtraefik-2"));
}

TEST(PrefixNamesTest, OnlyTheFirstWordsAreLookedAt) {
  EXPECT_EQ(NamesIn("host one", 1), NamesIn("host two", 1));
  EXPECT_NE(NamesIn("host one", 2), NamesIn("host two", 2));
  EXPECT_EQ(NamesIn("host", 0), 0U);
}

}  // namespace
}  // namespace stickyd
