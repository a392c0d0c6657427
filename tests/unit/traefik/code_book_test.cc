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

}  // namespace
}  // namespace stickyd
