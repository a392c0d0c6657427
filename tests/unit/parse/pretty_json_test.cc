// SPDX-License-Identifier: Apache-2.0
// pretty_json_test: documents over several lines: which objects are handed out, and when.
#include "pretty_json.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stickyd {
namespace {

using PrettyOutcome = PrettyJson::Outcome;

class PrettyJsonTest : public testing::Test {
 protected:
  // What is handed out of these lines; "NOT" where one is none of it.
  std::vector<std::string> Objects(const std::vector<std::string>& lines) {
    std::vector<std::string> objects;
    for (const std::string& line : lines) {
      const PrettyOutcome outcome = json_.Feed(line);
      if (outcome == PrettyOutcome::kObject) objects.emplace_back(json_.text());
      if (outcome == PrettyOutcome::kNot) objects.emplace_back("NOT");
    }
    return objects;
  }
  using List = std::vector<std::string>;
  PrettyJson json_{200};
};

TEST_F(PrettyJsonTest, DocumentBeginsWithABracketAndGoesOn) {
  for (const char* line : {"{", "[", " {\t", "[{", "{\"a\":[", "{\"a\":1,", "[1,"}) {
    EXPECT_TRUE(PrettyJson::Begins(line)) << line;
  }
  for (const char* line : {"", " ", "{}", "[]", "{\"a\":1}", "a {", "\"a\",", "}", "a,"}) {
    EXPECT_FALSE(PrettyJson::Begins(line)) << line;
  }
}

TEST_F(PrettyJsonTest, ObjectOverSeveralLinesIsHandedOutWithoutItsBlanks) {
  EXPECT_EQ(json_.Feed("{"), PrettyOutcome::kPart);
  EXPECT_EQ(json_.Feed("  \"a\": \"b c\","), PrettyOutcome::kPart);
  EXPECT_EQ(json_.Feed("  \"d\": [1, {\"e\": 2}]"), PrettyOutcome::kPart);
  EXPECT_EQ(json_.Feed("}"), PrettyOutcome::kObject);
  EXPECT_EQ(json_.text(), "{\"a\": \"b c\",\"d\": [1, {\"e\": 2}]}");
  EXPECT_EQ(json_.Feed("plain text"), PrettyOutcome::kNot);
}

TEST_F(PrettyJsonTest, ElementsOfAnArrayComeOneByOne) {
  EXPECT_EQ(Objects({"[", "{", "\"a\":1", "},", "{\"b\":2},", "{", "\"c\":3", "}", "]"}),
            (List{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"}));
  EXPECT_EQ(Objects({"{", "\"d\":4", "}"}), List{"{\"d\":4}"});  // another document
}

TEST_F(PrettyJsonTest, CommaBetweenObjectsIsTakenAndNothingElse) {
  EXPECT_EQ(Objects({"{", "\"a\":1", "},", "{", "\"b\":2", "}"}), (List{"{\"a\":1}", "{\"b\":2}"}));
  EXPECT_EQ(Objects({"{", "\"a\":1", "}x"}), List{"NOT"});
  EXPECT_EQ(Objects({"{", "\"a\":1", "},x"}), List{"NOT"});
}

TEST_F(PrettyJsonTest, BracketsAndQuotesInStringsAreText) {
  EXPECT_EQ(Objects({"{", R"("a":"}]{[\"}\\",)", R"("b":"\\\"{")", "}"}),
            List{R"({"a":"}]{[\"}\\","b":"\\\"{"})"});
}

TEST_F(PrettyJsonTest, StringEndsWithItsLine) {
  EXPECT_EQ(Objects({"{", "\"a\":\"b", "}"}), (List{"NOT", "NOT"}));
  EXPECT_EQ(Objects({"{", "\"a\":\"b\\", "}"}), (List{"NOT", "NOT"}));
}

TEST_F(PrettyJsonTest, BracketsCloseWhatTheyOpened) {
  EXPECT_EQ(Objects({"{", "]"}), List{"NOT"});
  EXPECT_EQ(Objects({"[", "}"}), List{"NOT"});
  EXPECT_EQ(Objects({"{", "\"a\":[", "}"}), List{"NOT"});
}

TEST_F(PrettyJsonTest, ObjectThatBeginsWithinAnotherIsAnotherDocument) {
  EXPECT_EQ(Objects({"{", "\"a\":1,", "{"}), List{"NOT"});
  EXPECT_EQ(Objects({"{", "\"b\":1", "}"}), List{"{\"b\":1}"});
}

TEST_F(PrettyJsonTest, DocumentOfAnotherKindHoldsRecordsInItsArrays) {
  for (const char* key : {"ClientHost", "RequestCount", "DownstreamStatus"}) {
    const std::string record = std::string("{\"") + key + "\":1}";
    EXPECT_EQ(Objects({"{", "\"hits\":[", record + ",", record, "],", "\"n\":2", "}"}),
              (List{record, record}))
        << key;
  }
  EXPECT_EQ(Objects({"{", "\"hits\":[", "{\"message\":\"no line\"}", "]", "}"}),
            List{"{\"hits\":[{\"message\":\"no line\"}]}"});
}

TEST_F(PrettyJsonTest, LineInAnEnvelopeIsHandedOutToo) {
  const std::string hit = R"({"message":"{\"ClientHost\":\"1.1.1.1\"}"})";
  EXPECT_EQ(Objects({"{", "\"hits\":[", hit, "]", "}"}), List{hit});
}

TEST_F(PrettyJsonTest, OverTheBoundItIsNone) {
  // Behind its brace, before the closing one.
  const std::string fits = "\"a\":\"" + std::string(200 - 7, 'x') + "\"";
  EXPECT_EQ(Objects({"{", fits, "}"}).size(), 1U);
  EXPECT_EQ(Objects({"{", "\"b" + fits.substr(1), "}"}).back(), "NOT");
  EXPECT_EQ(Objects({"[", "{" + fits + "},", "{" + fits + "}", "]"}).size(), 2U)
      << "what was handed out is no burden";
}

TEST_F(PrettyJsonTest, SixteenLevelsAreTheDeepest) {
  const auto nested = [&](size_t depth) {
    return Objects(
        {"{", "\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']'), "}"});
  };
  EXPECT_EQ(nested(16).size(), 1U);
  EXPECT_NE(nested(16).back(), "NOT");
  EXPECT_EQ(nested(17).front(), "NOT");
}

TEST_F(PrettyJsonTest, StoppedItBeginsAnew) {
  (void)json_.Feed("{");
  (void)json_.Feed("\"a\":1,");
  json_.Stop();
  EXPECT_EQ(Objects({"{", "\"b\":2", "}"}), List{"{\"b\":2}"});
}

}  // namespace
}  // namespace stickyd
