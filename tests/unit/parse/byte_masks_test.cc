// SPDX-License-Identifier: Apache-2.0
// Each mask against the obvious loop, for every byte in every place; built once as it is, and once
// as for processors without SSE2 (parse_portable_test).
#include "byte_masks.h"

#include <gtest/gtest.h>

#include <array>

namespace stickyd {
namespace {

using Bytes = std::array<char, kMaskBytes>;

template <class Is>
uint32_t Obvious(const Bytes& bytes, Is is) {
  uint32_t mask = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (is(static_cast<unsigned char>(bytes[i]))) mask |= 1U << i;
  }
  return mask;
}

template <class Test>
void ForEveryByteInEveryPlace(Test test) {
  for (int byte = 0; byte < 256; ++byte) {
    for (size_t place = 0; place < kMaskBytes; ++place) {
      for (const char other : {'a', '7', '"', '\xff', '\0'}) {
        Bytes bytes;
        bytes.fill(other);
        bytes[place] = static_cast<char>(byte);
        test(bytes);
      }
    }
  }
}

TEST(ByteMasksTest, SameBytes) {
  ForEveryByteInEveryPlace([](const Bytes& bytes) {
    Bytes sevens;
    sevens.fill('7');
    EXPECT_EQ(SameBytes(bytes.data(), sevens.data()),
              Obvious(bytes, [](unsigned char byte) { return byte == '7'; }));
  });
}

TEST(ByteMasksTest, BytesThatAre) {
  ForEveryByteInEveryPlace([](const Bytes& bytes) {
    EXPECT_EQ(BytesThatAre('"', bytes.data()),
              Obvious(bytes, [](unsigned char byte) { return byte == '"'; }));
  });
}

TEST(ByteMasksTest, StopsOfString) {
  ForEveryByteInEveryPlace([](const Bytes& bytes) {
    EXPECT_EQ(StopsOfString(bytes.data()), Obvious(bytes, [](unsigned char byte) {
                return byte == '"' || byte == '\\' || byte < 0x20 || byte > 0x7F;
              }));
  });
}

TEST(ByteMasksTest, NonDigits) {
  ForEveryByteInEveryPlace([](const Bytes& bytes) {
    EXPECT_EQ(NonDigits(bytes.data()),
              Obvious(bytes, [](unsigned char byte) { return byte < '0' || byte > '9'; }));
  });
}

}  // namespace
}  // namespace stickyd
