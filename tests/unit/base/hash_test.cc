// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/hash.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

namespace stickyd {
namespace {

KeyedHash WithKnownKey() {
  KeyedHash::Key key;
  std::iota(key.begin(), key.end(), static_cast<unsigned char>(0));
  return KeyedHash(key);
}

// What is stored under a key must mean the same to a later release.
TEST(KeyedHashTest, ValuesStayFromReleaseToRelease) {
  const KeyedHash hash = WithKnownKey();
  EXPECT_EQ(hash(HashUse::kScope, 0, "shop@docker"), 16515967605863603267U);
  EXPECT_EQ(hash(HashUse::kAddress, 7, "2001:db8::1"), 18231580376653326603U);
  EXPECT_EQ(hash(HashUse::kValue, 0, std::string(500, 'x')), 10381677586070823016U);
  EXPECT_EQ(Tag(hash(HashUse::kValue, 0, "abc")), 62025U);
}

TEST(KeyedHashTest, KeyUseAndWithinSeparate) {
  const KeyedHash hash = WithKnownKey();
  const std::set<uint64_t> all = {
      hash(HashUse::kAddress, 1, "10.0.0.1"), hash(HashUse::kAddress, 2, "10.0.0.1"),
      hash(HashUse::kIdentity, 1, "10.0.0.1"), KeyedHash({})(HashUse::kAddress, 1, "10.0.0.1"),
      hash(HashUse::kAddress, 1, "10.0.0.2")};
  EXPECT_EQ(all.size(), 5U);
}

TEST(KeyedHashTest, TextsOfEveryLengthHaveTheirHash) {
  const KeyedHash hash = WithKnownKey();
  std::set<uint64_t> all;
  for (size_t size = 0; size < 300; ++size) {
    all.insert(hash(HashUse::kValue, 0, std::string(size, 'x')));
    std::string last(size + 1, 'x');
    last.back() = 'y';  // each byte counts
    all.insert(hash(HashUse::kValue, 0, last));
    if (size > 0) all.insert(hash(HashUse::kValue, 0, "y" + std::string(size, 'x')));
  }
  EXPECT_EQ(all.size(), 899U);
}

TEST(KeyedHashTest, LongestTextThatIsHashedInOneGoKeepsItsValueToo) {
  const KeyedHash hash = WithKnownKey();
  EXPECT_EQ(hash(HashUse::kValue, 0, std::string(112, 'x')), 5057893350894774363U);
  EXPECT_EQ(hash(HashUse::kValue, 0, std::string(113, 'x')), 6649521905897237971U);
  EXPECT_EQ(hash(HashUse::kAddress, 3, std::string(200, 'x')), 8843635930954234453U);
}

TEST(TagTest, TagsAreOddAndDependOnTheLowerSixBytes) {
  EXPECT_EQ(Tag(0), 1U);
  EXPECT_EQ(Tag(0x0000'0000'0000'1234U), 0x1235U);
  EXPECT_EQ(Tag(0x0000'0000'1234'0000U), 0x1235U);
  EXPECT_EQ(Tag(0x0000'1234'0000'0000U), 0x1235U);
  EXPECT_EQ(Tag(0x0000'0100'0010'0002U), 0x0113U);
}

TEST(HashTest, KeysAreNotAlikeAndSecretHashesStayAsLongAsTheProcess) {
  EXPECT_NE(KeyedHash::RandomKey(), KeyedHash::RandomKey());
  EXPECT_EQ(SecretHash("shop"), SecretHash("shop"));
  EXPECT_NE(SecretHash("shop"), SecretHash("shoq"));
}

// BLAKE2b with 16 bytes, as b2sum -l 128 prints it.
TEST(DigestTest, DigestIsThirtyTwoHexDigitsThatAnyoneCanCheck) {
  EXPECT_EQ(Digest("shop@docker"), "9e658667e2c510a7f670f9390bd01a9d");
  EXPECT_EQ(Digest(""), "cae66941d9efbd404e4d88758ea67670");
}

}  // namespace
}  // namespace stickyd
