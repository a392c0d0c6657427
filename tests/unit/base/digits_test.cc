// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/digits.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "padded.h"

namespace stickyd {
namespace {

TEST(DigitsTest, NumbersOfEverySizeWhateverStandsBehind) {
  std::mt19937_64 random(3);
  for (size_t size = 1; size <= 19; ++size) {
    for (int i = 0; i < 200; ++i) {
      std::string digits;
      while (digits.size() < size) digits.push_back(static_cast<char>('0' + random() % 10));
      const Padded text(digits + "7,\"x\":99999999999");
      EXPECT_EQ(KnownDigits(text.view().data(), size), std::stoull(digits)) << digits;
    }
  }
}

}  // namespace
}  // namespace stickyd
