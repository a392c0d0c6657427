#include "stickyd/expose/event_writer.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

Outcome Break() {
  Outcome outcome;
  outcome.service = ServiceId{1};
  outcome.server = ServerId{1};
  outcome.judgement.verdict = Verdict::kBreak;
  return outcome;
}

TEST(EventWriterTest, EveryEventOfAFullDiskIsCountedAsFailed) {
  auto full = OutputFile::Open("/dev/full", OpenMode::kAppend);
  ASSERT_TRUE(full.has_value());
  EventWriter writer(std::move(*full), 1000);
  const NameTable<ServerId> servers(1);
  const NameTable<ServiceId> services(1);
  const NameTable<ScopeId> scopes(1);
  writer.SetNames({&servers, &services, &scopes, nullptr});
  for (int i = 0; i < 300; ++i) writer.OnSettled(Break());
  EXPECT_FALSE(writer.Flush());
  EXPECT_FALSE(writer.Flush());  // nothing has got better
  EXPECT_EQ(writer.failed(), 300U);
  EXPECT_EQ(writer.written(), 0U);
}

}  // namespace
}  // namespace stickyd
