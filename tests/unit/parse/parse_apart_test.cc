// SPDX-License-Identifier: Apache-2.0
// parse_apart_test: what becomes of a line depends on the lines of its own lane alone. So lanes may
// be parsed in turn, one after the other, or each on a thread of its own.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "padded.h"
#include "stickyd/parse/line_parser.h"

namespace stickyd {
namespace {

using Words = std::vector<std::string>;

// One of them, and what has become of its lines.
class Lane {
 public:
  explicit Lane(const std::filesystem::path& path) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) lines_.push_back(line);
  }
  // False: there is no line left.
  bool Step() {
    if (said_.size() == lines_.size()) return false;
    const Padded line(lines_[said_.size()]);
    AccessRecord record;
    const LineFate fate = parser_.Parse(line.line(said_.size() + 1), record);
    said_.push_back(fmt::format("{} {} {} {} {} {} {} {}", static_cast<int>(fate.kind()),
                                record.client_host.value_or("-"), record.router.value_or("-"),
                                record.service.value_or("-"), record.path.value_or("-"),
                                record.user_agent.value_or("-"), record.request_count.value_or(0),
                                record.start.low.time_since_epoch().count()));
    return true;
  }
  const Words& said() const { return said_; }

 private:
  Words lines_, said_;
  LineParser parser_{size_t{1} << 20U, {}};
};

std::vector<std::unique_ptr<Lane>> Lanes() {
  std::vector<std::filesystem::path> paths;
  for (const char* folder : {"/raw", "/formats"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(STICKYD_TEST_DATA) + folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::unique_ptr<Lane>> lanes;
  for (const auto& path : paths) lanes.push_back(std::make_unique<Lane>(path));
  return lanes;
}

std::vector<Words> SaidOf(const std::vector<std::unique_ptr<Lane>>& lanes) {
  std::vector<Words> said;
  for (const auto& lane : lanes) said.push_back(lane->said());
  return said;
}

void ReadAll(Lane& lane) {
  while (lane.Step()) {
  }
}

TEST(ParseApartTest, LanesChangeNothingOfEachOther) {
  const auto alone = Lanes();
  ASSERT_GT(alone.size(), 30U);
  for (const auto& lane : alone) ReadAll(*lane);

  const auto in_turn = Lanes();
  for (bool more = true; more;) {
    more = false;
    for (const auto& lane : in_turn) more |= lane->Step();
  }
  EXPECT_EQ(SaidOf(in_turn), SaidOf(alone));

  const auto at_once = Lanes();
  {
    std::vector<std::jthread> threads;
    for (const auto& lane : at_once) threads.emplace_back([&lane] { ReadAll(*lane); });
  }
  EXPECT_EQ(SaidOf(at_once), SaidOf(alone));
}

}  // namespace
}  // namespace stickyd
