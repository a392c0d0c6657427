// SPDX-License-Identifier: Apache-2.0
// journal_export_test: fields of journalctl -o export, as text and as bytes.
#include "journal_export.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "padded.h"

namespace stickyd {
namespace {

using ExportOutcome = JournalExport::Outcome;

class JournalExportTest : public testing::Test {
 protected:
  ExportOutcome Feed(const std::string& line) {
    text_ = std::make_unique<Padded>(line);  // what is handed out may lie in it
    return export_.Feed(text_->view());
  }
  // Eight bytes, the lowest first.
  static std::string Length(uint64_t length) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>((length >> (8 * i)) & 255U);
    return bytes;
  }
  JournalExport export_{1000};
  std::unique_ptr<Padded> text_;
};

TEST_F(JournalExportTest, MessageIsTheLineAndOtherFieldsAreNot) {
  EXPECT_TRUE(JournalExport::Begins("__CURSOR=s=1"));
  EXPECT_FALSE(JournalExport::Begins("CURSOR=1"));
  EXPECT_EQ(Feed("__CURSOR=s=1"), ExportOutcome::kField);
  EXPECT_EQ(Feed("PRIORITY=6"), ExportOutcome::kField);
  EXPECT_EQ(Feed("MESSAGE=a=b"), ExportOutcome::kMessage);
  EXPECT_EQ(export_.text(), "a=b");
  EXPECT_EQ(Feed("MESSAGE="), ExportOutcome::kMessage);
  EXPECT_EQ(export_.text(), "");
  EXPECT_EQ(Feed("MESSAGE_ID=1"), ExportOutcome::kField);
}

TEST_F(JournalExportTest, FieldsHaveNamesOfCapitalsDigitsAndLines) {
  EXPECT_EQ(Feed("AZ_09=1"), ExportOutcome::kField);
  EXPECT_EQ(Feed(std::string(64, 'A') + "=1"), ExportOutcome::kField);
  EXPECT_EQ(Feed(std::string(65, 'A') + "=1"), ExportOutcome::kNot);
  for (const char* line :
       {"", "=1", "message=1", "A-B=1", "A B=1", "A@=1", "A[=1", "A/=1", "A:=1", "text"}) {
    EXPECT_EQ(Feed(line), ExportOutcome::kNot) << line;
  }
}

TEST_F(JournalExportTest, MessageInBytesMayHoldLineFeeds) {
  const std::string value = "one\ntwo";
  EXPECT_EQ(Feed("MESSAGE"), ExportOutcome::kField);
  EXPECT_EQ(Feed(Length(value.size()) + "one"), ExportOutcome::kField);
  EXPECT_EQ(Feed("two"), ExportOutcome::kMessage);
  EXPECT_EQ(export_.text(), value);
  EXPECT_EQ(Feed("PRIORITY=6"), ExportOutcome::kField);
  EXPECT_EQ(Feed("no field"), ExportOutcome::kNot);
}

TEST_F(JournalExportTest, LengthItselfMayHoldLineFeeds) {
  const std::string value(10, 'x');  // 10 is a line feed
  EXPECT_EQ(Feed("MESSAGE"), ExportOutcome::kField);
  EXPECT_EQ(Feed(""), ExportOutcome::kField);
  EXPECT_EQ(Feed(Length(10).substr(1) + value), ExportOutcome::kMessage);
  EXPECT_EQ(export_.text(), value);
}

TEST_F(JournalExportTest, LengthHasEightBytes) {
  const std::string value(256 + 2, 'y');
  EXPECT_EQ(Feed("MESSAGE"), ExportOutcome::kField);
  EXPECT_EQ(Feed(Length(value.size()) + value), ExportOutcome::kMessage);
  EXPECT_EQ(export_.text(), value);
}

TEST_F(JournalExportTest, OtherFieldInBytesIsPassedOver) {
  EXPECT_EQ(Feed("COREDUMP"), ExportOutcome::kField);
  EXPECT_EQ(Feed(Length(9) + "MESSAGE=x"), ExportOutcome::kField);
  EXPECT_EQ(Feed("MESSAGE=y"), ExportOutcome::kMessage);
  EXPECT_EQ(export_.text(), "y");
}

TEST_F(JournalExportTest, ValueOverTheBoundIsPassedOverAndUpToItIsNot) {
  EXPECT_EQ(Feed("MESSAGE"), ExportOutcome::kField);
  EXPECT_EQ(Feed(Length(1000) + std::string(1000, 'x')), ExportOutcome::kMessage);
  EXPECT_EQ(export_.text(), std::string(1000, 'x'));
  EXPECT_EQ(Feed("MESSAGE"), ExportOutcome::kField);
  EXPECT_EQ(Feed(Length(1001) + std::string(1001, 'x')), ExportOutcome::kField);
  EXPECT_EQ(Feed("MESSAGE=next"), ExportOutcome::kMessage);
}

TEST_F(JournalExportTest, StoppedAValueIsForgotten) {
  EXPECT_EQ(Feed("MESSAGE"), ExportOutcome::kField);
  EXPECT_EQ(Feed(Length(500) + "x"), ExportOutcome::kField);
  export_.Stop();
  EXPECT_EQ(Feed("MESSAGE=y"), ExportOutcome::kMessage);
  EXPECT_EQ(Feed("MESSAGE"), ExportOutcome::kField);
  EXPECT_EQ(Feed(Length(1) + "z"), ExportOutcome::kMessage);
  EXPECT_EQ(export_.text(), "z");
}

}  // namespace
}  // namespace stickyd
