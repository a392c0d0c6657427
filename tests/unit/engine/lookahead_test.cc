// SPDX-License-Identifier: Apache-2.0
// lookahead_test: what is known of a record ahead of its turn is what would be found at its turn.
#include "../../../src/engine/lookahead.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "padded.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

class LookaheadTest : public testing::Test {
 protected:
  LookaheadTest() {
    for (int i = 0; i < 40; ++i) {
      texts_.emplace_back(ClfLine(i, static_cast<uint64_t>(i + 1), 1 + i % 3));
    }
    for (const Padded& text : texts_) {
      ParsedLine parsed;
      parsed.line = text.line();
      parsed.line.text.remove_suffix(1);  // the line feed
      parser_.Parse(parsed);
      EXPECT_TRUE(parsed.plain);
      lines_.push_back(parsed);
    }
  }
  Observation Found(const AccessRecord& record) {
    Observation seen;
    interpreter_->FindRoute(record, seen);
    identifier_->FindClient(record, seen);
    return seen;
  }
  void LearnRoutes() {
    for (const ParsedLine& parsed : lines_) Found(parsed.record);
  }
  Lookahead::Parts parts() const { return {*interpreter_, *identifier_, tables_, facts_}; }

  const KeyedHash hash_{{}};
  std::vector<Padded> texts_;
  std::vector<ParsedLine> lines_;
  PlainParser parser_{{}};
  const std::unique_ptr<Interpreter> interpreter_ = *Interpreter::Create({}, hash_);
  const std::unique_ptr<Identifier> identifier_ = *Identifier::Create({}, hash_);
  const MemoryTables tables_{{100, std::chrono::seconds(60)}, {100, std::chrono::seconds(60)}};
  const FactBook facts_{std::chrono::seconds(60)};
  Lookahead ahead_;
};

TEST_F(LookaheadTest, WhatItKnowsIsWhatWouldBeFound) {
  LearnRoutes();
  ahead_.Fill(lines_, parts(), 7);
  for (size_t i = 0; i < lines_.size(); ++i) {
    const Observation* const seen = ahead_.Take(lines_[i].record, parts(), 7);
    ASSERT_EQ(seen != nullptr, i < Lookahead::kMost) << i;
    if (seen == nullptr) continue;
    const Observation want = Found(lines_[i].record);
    EXPECT_EQ(seen->route, want.route);
    EXPECT_EQ(seen->server, want.server);
    EXPECT_EQ(seen->client, want.client);
    EXPECT_EQ(seen->group, want.group);
    EXPECT_EQ(seen->connection, want.connection);
    EXPECT_NE(seen->client, 0U);
  }
}

TEST_F(LookaheadTest, ARouteThatWasNeverAskedForIsNotLookedUp) {
  ahead_.Fill(lines_, parts(), 7);
  for (const ParsedLine& parsed : lines_) {
    EXPECT_EQ(ahead_.Take(parsed.record, parts(), 7), nullptr);
  }
  EXPECT_EQ(interpreter_->servers().Find("http://10.0.0.1:80"), ServerId::kNone);
}

TEST_F(LookaheadTest, RecordsMayBePassedOverButNotComeBack) {
  LearnRoutes();
  ahead_.Fill(lines_, parts(), 7);
  const AccessRecord other;
  EXPECT_EQ(ahead_.Take(other, parts(), 7), nullptr) << "one of another lane";
  EXPECT_NE(ahead_.Take(lines_[5].record, parts(), 7), nullptr);
  EXPECT_EQ(ahead_.Take(lines_[5].record, parts(), 7), nullptr);
  EXPECT_EQ(ahead_.Take(lines_[4].record, parts(), 7), nullptr);
  EXPECT_NE(ahead_.Take(lines_[6].record, parts(), 7), nullptr);
}

TEST_F(LookaheadTest, NothingIsKnownOfWhatHasChangedSince) {
  LearnRoutes();
  ahead_.Fill(lines_, parts(), 7);
  EXPECT_EQ(ahead_.Take(lines_[0].record, parts(), 8), nullptr);
  lines_[0].plain = false;
  ahead_.Fill(lines_, parts(), 8);
  EXPECT_EQ(ahead_.Take(lines_[0].record, parts(), 8), nullptr) << "its record is not parsed yet";
  EXPECT_NE(ahead_.Take(lines_[1].record, parts(), 8), nullptr);
  const uint64_t generation = interpreter_->route_generation();
  ASSERT_TRUE(interpreter_->Reconfigure({{}, {"shop"}, 10}));
  EXPECT_NE(interpreter_->route_generation(), generation);
}

}  // namespace
}  // namespace stickyd
