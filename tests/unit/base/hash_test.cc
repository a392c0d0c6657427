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

}  // namespace
}  // namespace stickyd
