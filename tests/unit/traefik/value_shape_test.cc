// SPDX-License-Identifier: Apache-2.0
// value_shape_test: what values and names look like, and the ways to write a server.
#include "stickyd/traefik/value_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stickyd {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

TEST(ValueShapeTest, EachShapeIsTold) {
  const struct {
    const char* value;
    const char* shape;
  } rows[] = {{"http://10.0.0.1:80", "url"},
              {"HTTPS://a/b", "url"},
              {"h2c://a", "url"},
              {"ftp://a", "other"},
              {"http://", "other"},
              {"df5bd2f9c0180410", "hash"},
              {"0000000000000001", "hash"},
              {"5bd2f9c0180410a", "short_hash"},
              {"5bd2f9c018041", "short_hash"},
              {"5bd2f9c01804", "few_digits"},
              {"7", "few_digits"},
              {"df5bd2f9c01804100", "long_hex"},
              {"DF5BD2F9C0180410", "capital_hex"},
              {"DF5BD2F9C018041", "capital_hex"},
              {"DF5BD2F9C0180410A", "other"},
              {"10.0.0.1:80", "address"},
              {"[::1]:80", "address"},
              {"web-1.local:8080", "address"},
              {"a:99999", "other"},
              {":80", "other"},
              {"[::1:80", "other"},
              {"a b:80", "other"},
              {"blue@file", "other"},
              {"", "other"}};
  for (const auto& row : rows) EXPECT_EQ(Name(ShapeOf(row.value)), row.shape) << row.value;
}

TEST(ValueShapeTest, DefaultNamesHaveFiveHexDigits) {
  EXPECT_TRUE(IsDefaultCookieName("_633ff"));
  for (const char* name : {"633ff", "_633f", "_633fff", "_633fg", "_633FF", "__633f", ""}) {
    EXPECT_FALSE(IsDefaultCookieName(name)) << name;
  }
}

TEST(ValueShapeTest, AServerIsWrittenInEachWay) {
  EXPECT_THAT(
      SpellingsOf("http://a:80"),
      UnorderedElementsAre("http://a:80", "http://a:80/", "http://a", "http://a/", "https://a:80",
                           "https://a:80/", "h2c://a:80", "h2c://a:80/", "h2c://a", "h2c://a/"));
  EXPECT_THAT(SpellingsOf("https://a/"), Contains("https://a:443"));
  EXPECT_THAT(SpellingsOf("https://a/"), Contains("http://a:80/"));
  EXPECT_THAT(SpellingsOf("http://a/x"), Contains("http://a:80/x"));
  EXPECT_THAT(SpellingsOf("http://a/x"), Not(Contains("http://a")));
  EXPECT_THAT(SpellingsOf("http://[::1]"), Contains("http://[::1]:80"));
  EXPECT_THAT(SpellingsOf("http://[::1]:80"), Contains("http://[::1]"));
  EXPECT_THAT(SpellingsOf("http://a:8080"), Not(Contains("http://a")));
  EXPECT_THAT(SpellingsOf("a:80"), IsEmpty());
}

}  // namespace
}  // namespace stickyd
