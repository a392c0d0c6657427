// SPDX-License-Identifier: Apache-2.0
// wrapper_test: what container runtimes wrap is unwrapped; a line that a client began like a
// wrapper is not. line_parser_test.cc reads whole captures through it.
#include "wrapper.h"

#include <gtest/gtest.h>

#include "padded.h"

namespace stickyd {
namespace {

using Outcome = WrapperParser::Outcome;

constexpr const char* kTime = "2026-01-05T09:00:00.5Z";
constexpr const char* kRecord =
    "10.66.0.1 - - [05/Jan/2026:09:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 "
    "\"shop@file\" \"http://10.0.0.1:80\" 3ms";

class WrapperTest : public testing::Test {
 protected:
  Outcome Unwrap(const std::string& line) { return parser_.Unwrap(Padded(line).view()); }
  static std::string Cri(const std::string& tag, const std::string& text) {
    return std::string(kTime) + " stdout " + tag + " " + text;
  }
  // Traefik's line for a client that sent such a head as its forwarded list.
  static std::string Forged(const std::string& tag, size_t length = 1) {
    return Cri(tag, std::string(length, 'x') + ", " + kRecord);
  }
  void ShowBareLines() {
    for (int i = 0; i < 2; ++i) EXPECT_EQ(Unwrap(kRecord), Outcome::kNotWrapped);
  }

  WrapperParser parser_{100'000};
};

TEST_F(WrapperTest, WhatCriWrapsIsUnwrapped) {
  for (int turn = 0; turn < 2; ++turn) {
    for (const char* tag : {"F", "F:x"}) {
      EXPECT_EQ(Unwrap(Cri(tag, kRecord)), Outcome::kComplete) << tag;
      EXPECT_EQ(parser_.text(), kRecord);
    }
    ShowBareLines();  // whatever else there is
  }
  EXPECT_EQ(Unwrap(Cri("X", "text")), Outcome::kBroken);
}

TEST_F(WrapperTest, PiecesOfCriAreJoined) {
  const std::string begin(16'384, 'x');
  EXPECT_EQ(Unwrap(Cri("P", begin)), Outcome::kPartial);
  EXPECT_EQ(Unwrap(Cri("P", kRecord)), Outcome::kOwnWords) << "no runtime splits short lines";
  EXPECT_EQ(Unwrap(Cri("P", begin + kRecord)), Outcome::kPartial) << "it may end anywhere";
  EXPECT_EQ(Unwrap(Cri("F", kRecord)), Outcome::kComplete);
  EXPECT_EQ(parser_.text(), begin + begin + kRecord + kRecord);
}

TEST_F(WrapperTest, AForwardedListLikeCrisHeadIsTheClientsOwnWords) {
  EXPECT_EQ(Unwrap(Forged("P")), Outcome::kOwnWords);
  EXPECT_EQ(Unwrap(Forged("X")), Outcome::kOwnWords);
  ShowBareLines();
  EXPECT_EQ(Unwrap(Forged("P", 20'000)), Outcome::kOwnWords);
  EXPECT_EQ(Unwrap(Forged("F")), Outcome::kComplete);
  EXPECT_EQ(parser_.text(), std::string("x, ") + kRecord) << "only the client's words are lost";
}

// A piece that a client began does not swallow the next line.
TEST_F(WrapperTest, WhereLinesAreBareNothingIsJoinedToALineOfItsOwn) {
  ShowBareLines();
  EXPECT_EQ(Unwrap(Cri("P", "the end of a line that a client split")), Outcome::kPartial);
  EXPECT_EQ(Unwrap(Forged("F")), Outcome::kOwnWords);
}

TEST_F(WrapperTest, BehindAGapTheRuntimeMayBeAnother) {
  ShowBareLines();
  parser_.NoteGap();
  EXPECT_EQ(Unwrap(Cri("P", std::string(16'384, 'x') + kRecord)), Outcome::kPartial);
}

TEST_F(WrapperTest, ALineThatBeginsLikeJsonAndEndsLikeClfIsTheClientsOwnWords) {
  EXPECT_EQ(Unwrap(std::string("{\"log\":\"x ") + kRecord), Outcome::kOwnWords);
  EXPECT_EQ(Unwrap(std::string("{\"MESSAGE\":\"x ") + kRecord), Outcome::kOwnWords);
  EXPECT_EQ(Unwrap("{\"MESSAGE\":\"x\"}"), Outcome::kComplete);
  EXPECT_EQ(Unwrap("{\"MESSAGE\":\"x"), Outcome::kBroken);
}

TEST_F(WrapperTest, OfPiecesThatAreTooLongTheEndIsKnown) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Unwrap(Cri("P", std::string(16'000, 'x'))), Outcome::kPartial);
  }
  EXPECT_EQ(Unwrap(Cri("F", kRecord)), Outcome::kTooLong);
  EXPECT_EQ(parser_.text().size(), kLineEnd);
  EXPECT_TRUE(parser_.text().ends_with(kRecord));
  EXPECT_EQ(Unwrap(Cri("F", kRecord)), Outcome::kComplete);
}

// Some shippers take the line feeds off: what looked like the piece of a line was a whole one.
TEST_F(WrapperTest, WhereNoTextEndsInALineFeedEachIsALine) {
  const auto wrapped = [](const std::string& text) {
    std::string quoted;
    for (const char c : text) quoted += c == '"' ? std::string("\\\"") : std::string(1, c);
    return "{\"log\":\"" + quoted + "\",\"stream\":\"stdout\",\"time\":\"" + kTime + "\"}";
  };
  EXPECT_EQ(Unwrap(wrapped(std::string(16'384, 'x'))), Outcome::kPartial);
  EXPECT_EQ(Unwrap(wrapped(kRecord)), Outcome::kComplete);
  EXPECT_EQ(parser_.text(), kRecord);
  EXPECT_EQ(Unwrap(wrapped(std::string(16'384, 'x'))), Outcome::kComplete) << "now that is known";
}

}  // namespace
}  // namespace stickyd
