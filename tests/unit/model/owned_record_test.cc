// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/owned_record.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace stickyd {
namespace {

TEST(OwnedRecordTest, TextsOutliveTheLine) {
  std::string line = "shop@docker GET a=b field";
  const std::string_view text = line;
  AccessRecord record;
  record.router = text.substr(0, 11);
  record.method = text.substr(12, 3);
  record.cookie = text.substr(16, 3);
  record.extra[1] = text.substr(20);
  record.path = text.substr(0, 0);
  record.request_count = 7;
  OwnedRecord owned(record);
  const OwnedRecord moved = std::move(owned);
  line.assign(line.size(), '#');
  EXPECT_EQ(moved->router.value_or(""), "shop@docker");
  EXPECT_EQ(moved->method.value_or(""), "GET");
  EXPECT_EQ(moved->cookie.value_or(""), "a=b");
  EXPECT_EQ(moved->extra[1].value_or(""), "field");
  EXPECT_TRUE(moved->path.has_value());
  EXPECT_FALSE(moved->host.has_value());
  EXPECT_EQ(moved->request_count, 7U);
}

}  // namespace
}  // namespace stickyd
