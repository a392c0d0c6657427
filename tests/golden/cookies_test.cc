// SPDX-License-Identifier: Apache-2.0
// cookies_test: in recordings of real Traefik, each sticky cookie that was set decodes to the
// server that answered, with the API's answers and with the log alone.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "../../src/app/commands/candidate_log.h"
#include "recording.h"
#include "stickyd/base/cookie_header.h"
#include "stickyd/parse/line_parser.h"
#include "stickyd/source/line_splitter.h"
#include "stickyd/traefik/saved_configs.h"
#include "stickyd/traefik/value_decoder.h"

namespace stickyd {
namespace {

constexpr size_t kLongestLine = size_t{1} << 20U;

// The servers that answered with each cookie.
using Given = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

Given CookiesOf(const std::string& log) {
  Given given;
  LineParser parser(kLongestLine, {});
  uint64_t number = 0;
  ForEachPart(log, '\n', [&](std::string_view text) {
    std::string padded(text);
    padded.reserve(padded.size() + kLinePadding);
    Line line;
    line.text = padded;
    line.number = ++number;
    AccessRecord record;
    if (!parser.Parse(line, record).parsed() || !record.set_cookie || !record.server_url) return;
    const std::string server(*record.server_url);
    ForEachSetCookie(*record.set_cookie,
                     [&](std::string_view name, std::string_view value, std::string_view) {
                       given[{std::string(name), std::string(value)}].insert(server);
                       return true;
                     });
  });
  return given;
}

class CookiesTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(CookiesTest, EachStickyCookieDecodesToItsServer) {
  const std::string log = GetParam() / "access.log.xz";
  const std::string api = GetParam() / "api";
  const Given given = CookiesOf(Unpack(log));
  const auto saved = ReadSavedConfigs(RealFileSystem(), api);
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  ValueDecoder of_api;
  for (const auto& config : saved->configs) of_api.AddConfig(*config);
  ValueDecoder of_log;
  ASSERT_TRUE(AddCandidatesOf(RealFileSystem(), log, kLongestLine, of_log).has_value());
  const std::string recording = GetParam().filename();
  size_t read = 0;
  for (const auto& [cookie, servers] : given) {
    const auto& [name, value] = cookie;
    const DecodedCookie decoded = of_api.Decode({name, value});
    // Where an application sets a cookie of the same name, some are none of Traefik's.
    if (decoded.owners.empty() || ShapeOf(value) != ValueShape::kHash) continue;
    for (const ValueDecoder* decoder : {&of_api, &of_log}) {
      const auto readings = decoder->Decode({name, value}).readings;
      if (readings.empty()) continue;
      EXPECT_EQ(readings.size(), 1U) << value;
      const bool server = readings[0].names == CookieNames::kServer;
      EXPECT_TRUE(!server || servers.contains(readings[0].text))
          << name << "=" << value << ": " << readings[0].text;
      EXPECT_EQ(readings[0].similar, "");
    }
    if (recording.starts_with("app_cookie_collision")) continue;
    ++read;
    EXPECT_FALSE(decoded.readings.empty()) << name << "=" << value;
    EXPECT_FALSE(of_log.Decode({name, value}).readings.empty()) << name << "=" << value;
  }
  if (recording.starts_with("healthy.") && recording.ends_with("full")) {
    EXPECT_GT(read, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, CookiesTest, testing::ValuesIn(RecordingsWithApi()),
                         RecordingName);

}  // namespace
}  // namespace stickyd
