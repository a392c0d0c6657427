// SPDX-License-Identifier: Apache-2.0
// cookie_date_test: dates of Expires as servers write them, well or badly.
#include <gtest/gtest.h>

#include "stickyd/probe/set_cookie.h"

namespace stickyd {
namespace {

constexpr int64_t kNoDate = -1;

TEST(CookieDateTest, SloppyDatesAreTakenAndWhatIsNoneIsNot) {
  constexpr int64_t kDay = 784'111'777;  // 1994-11-06T08:49:37Z
  const struct {
    const char* text;
    int64_t seconds;
  } rows[] = {
      {"Sun, 06 Nov 1994 08:49:37 GMT", kDay},
      {"Sunday, 06-Nov-94 08:49:37 GMT", kDay},
      {"Sun Nov  6 08:49:37 1994", kDay},
      {"6 november 1994 8:49:37", kDay},
      {"08:49:37 1994 Nov 06", kDay},
      {"06/nov/1994;08:49:37", kDay},
      {"06 Nov 1994 08:49:37 +0500", kDay},  // zones count for nothing
      {"06th Nov 1994AD 08:49:37.5", kDay},
      {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"1 Jan 69 0:0:0", 3'124'224'000},  // 2069
      {"1 Jan 70 0:0:0", 0},
      {"1 Jan 1601 0:0:0", -11'644'473'600},
      {"29 Feb 2028 0:0:0", 1'835'395'200},
      {"1 Jan 1600 0:0:0", kNoDate},
      {"29 Feb 2027 0:0:0", kNoDate},
      {"31 Nov 1994 08:49:37", kNoDate},
      {"0 Nov 1994 08:49:37", kNoDate},
      {"6 Nov 1994 24:00:00", kNoDate},
      {"6 Nov 1994 23:60:00", kNoDate},
      {"6 Nov 1994 23:59:60", kNoDate},
      {"6 Nov 1994 008:49:37", kNoDate},
      {"6 Nov 1994 08:49", kNoDate},
      {"6 Nov 1994", kNoDate},
      {"6 Nov 08:49:37", kNoDate},
      {"6 Nov 19945 08:49:37", kNoDate},
      {"Nov 1994 08:49:37", kNoDate},
      {"6 No 1994 08:49:37", kNoDate},
      {"784111777", kNoDate},
      {"", kNoDate},
      {",,,;", kNoDate},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto date = ParseCookieDate(row.text);
    EXPECT_EQ(date ? date->time_since_epoch().count() : kNoDate, row.seconds);
  }
}

}  // namespace
}  // namespace stickyd
