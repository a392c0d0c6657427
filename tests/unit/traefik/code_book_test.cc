// SPDX-License-Identifier: Apache-2.0
#include "../../../src/traefik/code_book.h"

#include <gtest/gtest.h>

#include <string>

namespace stickyd {
namespace {

TEST(CodeBookTest, TextsThatAClientMadeUpLeaveRoomForOtherServers) {
  NameTable<ServerId> servers(10);
  CodeBook book;
  const ServerId attacked = servers.Intern("http://10.0.0.1:80");
  book.Add(attacked, "http://10.0.0.1:80");
  for (int i = 0; i < 70'000; ++i) {
    book.Add(attacked, "http://user" + std::to_string(i) + "@10.0.0.1:80");
  }
  const std::string fresh = "http://10.0.0.2:80";
  const ServerId other = servers.Intern(fresh);
  book.Add(other, fresh);
  for (const auto& [server, url] :
       {std::pair(attacked, std::string("http://10.0.0.1:80")), std::pair(other, fresh)}) {
    const auto meaning = book.Find(EncodeCookie(CookieEncoding::kSha256, url));
    ASSERT_TRUE(meaning.has_value()) << url;
    EXPECT_EQ(meaning->server, server);
  }
}

TEST(CodeBookTest, AServerHasEightTexts) {
  CodeBook book;
  const auto text = [](int i) { return "http://user" + std::to_string(i) + "@10.0.0.1:80"; };
  for (int i = 0; i < 9; ++i) {
    book.Add(ServerId{3}, text(i));
    book.Add(ServerId{3}, text(i));  // one that is known takes no room
  }
  for (int i = 0; i < 9; ++i) {
    const auto meaning = book.Find(text(i));
    EXPECT_EQ(meaning.has_value(), i < 8) << i;
    if (!meaning) continue;
    EXPECT_EQ(meaning->server, ServerId{3});
    EXPECT_EQ(meaning->encoding, CookieEncoding::kRawUrl);
  }
}

TEST(CodeBookTest, EachEncodingIsFoundAndLeadingZerosCountForNothing) {
  CodeBook book;
  const std::string url = "http://10.0.0.1:80";
  book.Add(ServerId{2}, url);
  for (size_t i = 0; i < static_cast<size_t>(CookieEncoding::kCount); ++i) {
    const auto encoding = static_cast<CookieEncoding>(i);
    const std::string value = EncodeCookie(encoding, url);
    const auto meaning = book.Find(value);
    ASSERT_TRUE(meaning.has_value()) << value;
    EXPECT_EQ(meaning->encoding, encoding);
    if (value.size() >= 16) continue;
    EXPECT_TRUE(book.Find(std::string(16 - value.size(), '0') + value).has_value()) << value;
    EXPECT_FALSE(book.Find(std::string(17 - value.size(), '0') + value).has_value()) << value;
  }
  EXPECT_FALSE(book.Find("").has_value());
  EXPECT_FALSE(book.Find("0").has_value());
  EXPECT_FALSE(book.Find("http://10.0.0.2:80").has_value());
}

}  // namespace
}  // namespace stickyd
