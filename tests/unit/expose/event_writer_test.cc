// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/sinks/event_writer.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/size_limit.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

Outcome Break() {
  Outcome outcome;
  outcome.service = ServiceId{1};
  outcome.server = ServerId{1};
  outcome.judgement.verdict = Verdict::kBreak;
  return outcome;
}

class EventWriterTest : public testing::Test {
 protected:
  EventWriter Open(const std::string& path) const {
    EventWriter writer(*OutputFile::Open(path, OpenMode::kAppend), 1000);
    writer.SetNames({&servers_, &services_, &scopes_, nullptr});
    return writer;
  }

 private:
  const NameTable<ServerId> servers_{1};
  const NameTable<ServiceId> services_{1};
  const NameTable<ScopeId> scopes_{1};
};

TEST_F(EventWriterTest, EveryEventOfAFullDiskIsCountedAsFailed) {
  EventWriter writer = Open("/dev/full");
  for (int i = 0; i < 300; ++i) writer.OnClosed(Break());
  EXPECT_FALSE(writer.Flush());
  EXPECT_FALSE(writer.Flush());  // nothing has got better
  EXPECT_EQ(writer.failed(), 300U);
  EXPECT_EQ(writer.written(), 0U);
}

TEST_F(EventWriterTest, EventsThatWereLostAreAnErrorAtTheEndEvenIfTheDiskHasHealed) {
  const TempDir folder;
  const std::string path = folder.path() / "events";
  EventWriter writer = Open(path);
  writer.OnClosed(Break());
  ASSERT_TRUE(writer.Flush());
  EXPECT_TRUE(writer.Finish());
  const auto size = std::filesystem::file_size(path);
  {
    const SizeLimit full(2 * size + size / 2);
    for (int i = 0; i < 3; ++i) writer.OnClosed(Break());
    EXPECT_FALSE(writer.Flush());
  }
  writer.OnClosed(Break());
  EXPECT_TRUE(writer.Flush());
  EXPECT_EQ(writer.written(), 3U);
  EXPECT_EQ(writer.failed(), 2U);
  EXPECT_FALSE(writer.Finish());
}

}  // namespace
}  // namespace stickyd
