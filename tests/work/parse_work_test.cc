// SPDX-License-Identifier: Apache-2.0
// parse_work_test: lines that are built against the parsers, of 16 KB and of 128 KB.
#include <array>
#include <bit>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include "padded.h"
#include "stickyd/parse/clf_parser.h"
#include "stickyd/parse/json_parser.h"
#include "stickyd/parse/line_parser.h"
#include "work.h"

namespace stickyd {
namespace {

// A line to the parser of a source, as Traefik's first one and once more.
Cost CostOfLine(const std::string& text) {
  LineParser parser(size_t{1} << 20U, {"request_X-Id"});
  const Padded line(text);
  AccessRecord record;
  AccessRecord again;
  const uint64_t steps = WorkOf([&] {
    parser.Parse(line.line(), record);
    parser.Parse(line.line(), again);
  });
  return {steps, 2 * text.size()};
}

constexpr std::string_view kTime = "[17/Apr/2026:14:22:01 +0000] \"";
constexpr std::string_view kRest = "200 5 \"-\" \"-\" 7 \"shop@file\" \"http://10.0.0.1:80\" 3ms";

// What looks like a part of a line.
constexpr std::string_view kPieces[] = {
    "\"",
    "\\",
    "\\\"",
    "\" ",
    "\" \"",
    "\" \"/",
    "\"\"",
    " ",
    "  \"",
    ",",
    ", ",
    "-",
    " - ",
    "[",
    "[17/Apr/2026:14:22:01 +0000] \"",
    "[17/Apr/2026:14:22:01 +0000",
    "[-] \"",
    "1",
    "12 ",
    "\" 1",
    "\" 200 5 \"",
    "\" 200 5 \"-\" \"-\" ",
    "\" 7 \"",
    " 7 \"x\" \"/",
    "\" 7 \"x\" \"/",
    "1.1.1.1 - ",
    "1.1.1.1,",
    ", 1.1.1.1 - ",
    ", 1.1.1.1 - x ",
    "1.1.1.1 - - [17/Apr/2026:14:22:01 +0000] \"",
    ", 1.1.1.1 - - [17/Apr/2026:14:22:01 +0000] \"GET / HTTP/1.1\" 200 5 \"",
    "ms",
    " 1ms",
    "://",
    "\x1b[",
    "\x1b[1;",
    "time=\"",
    " level=",
    "\r",
    std::string_view("\0", 1),
    "::",
    "%",
    "\xc3\xa9",
    "{\"",
    "{\"a\":1} ",
    "1:",
    "a:1.1.1.1, ",
    "<30>1 - - - - - - ",
    "[{",
    "}]",
    "\x1b[0m",
    " INFO: ",
    " time=\"",
    "                                                                      1.1.1.1 - "};

TEST(ParseWorkTest, LineOfClfCostsItsLengthWhateverIsInItAndWhere) {
  struct Place {
    const char* name;
    std::string before, after;
  };
  const std::string time(kTime);
  const std::string rest(kRest);
  const Place places[] = {
      {"client", "", " - - " + time + "GET / HTTP/1.1\" " + rest},
      {"behind a client", "1.1.1.1, ", " - - " + time + "GET / HTTP/1.1\" " + rest},
      {"user", "10.0.0.1 - ", " " + time + "GET / HTTP/1.1\" " + rest},
      {"path", "10.0.0.1 - - " + time + "GET /", " HTTP/1.1\" " + rest},
      {"agent", "10.0.0.1 - - " + time + "GET / HTTP/1.1\" 200 5 \"-\" \"",
       "\" 7 \"shop@file\" \"http://10.0.0.1:80\" 3ms"},
      {"router", "10.0.0.1 - - " + time + "GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 \"",
       "\" \"http://10.0.0.1:80\" 3ms"},
      {"server", "10.0.0.1 - - " + time + "GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 \"x\" \"http://",
       "\" 3ms"},
      {"duration",
       "10.0.0.1 - - " + time + "GET / HTTP/1.1\" 200 5 \"-\" \"-\" 7 \"x\" \"http://x\" ", "ms"},
      {"all but the end", "", rest},
      {"all but the beginning", "10.0.0.1 - - " + time, ""},
      {"all", "", ""},
      {"another server's", "10.0.0.1 - - " + time + "GET /", " HTTP/1.1\" 200 5"},
  };
  for (const Place& place : places) {
    for (const std::string_view piece : kPieces) {
      ExpectLinear(std::string(place.name) + " full of " + std::string(piece), 60,
                   [&](size_t size) {
                     return CostOfLine(place.before + Filled(piece, size) + place.after);
                   });
    }
  }
}

TEST(ParseWorkTest, LineOfJsonCostsItsLengthWhateverIsInIt) {
  const struct {
    const char* name;
    std::string before, piece, after;
  } kRows[] = {
      {"plain text", R"({"request_Cookie":")", "a", R"("})"},
      {"quotes", R"({"request_Cookie":")", R"(\")", R"("})"},
      {"backslashes", R"({"request_Cookie":")", R"(\\)", R"("})"},
      {"escapes", R"({"request_Cookie":")", R"(\u0041)", R"("})"},
      {"pairs", R"({"request_Cookie":")", R"(\ud83d\ude00)", R"("})"},
      {"half a pair", R"({"request_Cookie":")", R"(\ud83d)", R"("})"},
      {"letters beyond ASCII", R"({"request_Cookie":")", "\xc3\xa9", R"("})"},
      {"control bytes", R"({"request_Cookie":")", "\x01", R"("})"},
      {"not closed", R"({"request_Cookie":")", "a", ""},
      {"one key", "{", R"("a":1,)", R"("b":1})"},
      {"a wanted key", "{", R"("RequestPath":"/",)", R"("b":1})"},
      {"a wanted key, escaped", "{", R"("RequestPath":"\u0041",)", R"("b":1})"},
      {"the field of the operator", "{", R"("request_X-Id":"\u0041",)", R"("b":1})"},
      {"a key, escaped", "{", R"("\u0041":1,)", R"("b":1})"},
      {"keys in turn", "{", R"("a":1,"b":1,"c":"x","RequestPath":"","d":1,)", R"("b":1})"},
      {"a server as an object", "{", R"("ServiceURL":{"Scheme":"http","Host":"x","Path":"/"},)",
       R"("b":1})"},
      {"parts of a server", R"({"ServiceURL":{"Scheme":"http",)", R"("Host":"x\u0041",)",
       R"("Path":""}})"},
      {"blanks", "{", "  \t", R"("b":1})"},
      {"blanks behind values", R"({"a":")", R"(x"                 ,"RequestPath":")", R"("})"},
      {"brackets", R"({"a":)", "[", ""},
      {"closed brackets", R"({"a":[)", "[],", "1]}"},
      {"braces", "{", R"("a":{)", ""},
      {"digits", R"({"RequestCount":)", "1", "}"},
      {"a duration of digits", R"({"Duration":)", "1", "}"},
      {"a time of digits", R"({"StartUTC":"2026-04-17T14:22:01.)", "1", R"("})"},
      {"Docker's escapes", R"({"log":")", R"(\u0041\n)", R"(","stream":"stdout"})"},
      {"Docker's line of quotes", R"({"log":")", R"(\" 7 \"x\" \")",
       R"(3ms\n","stream":"stdout"})"},
      {"Docker's texts", "{", R"("log":"x",)", R"("stream":"stdout"})"},
      {"Docker's streams", R"({"log":"x",)", R"("stream":"s",)", R"("a":1})"},
      {"a journal without a message", R"({"__a":1,)", R"("MESSAGE:1":1,)", R"("b":1})"},
      {"a journal's bytes", R"({"MESSAGE":[)", "1,", "1]}"},
      {"an envelope's texts", R"({"a":1,)", R"("message":"1.1.1.1 - ",)", R"("b":1})"},
      {"an envelope's other keys", R"({"message":"x",)", R"("c":"x",)", R"("b":1})"},
      {"envelopes in an envelope", "{", R"("_source":{"event":{"message":"x"}},)", R"("b":1})"},
      {"an envelope's record", R"({"json":{"ClientHost":"1.1.1.1",)", R"("c":"x",)",
       R"("d":1},"b":1})"},
      {"an object behind words", "x | {", R"("message":"x",)", R"("b":1})"},
      {"digits of a float", R"({"Duration":1.)", "1", "}"},
      {"a journal's messages", R"({"MESSAGE":"x",)", R"("MESSAGE":"1.1.1.1 - ",)", R"("b":1})"},
  };
  for (const auto& row : kRows) {
    ExpectLinear(row.name, 40, [&](size_t size) {
      return CostOfLine(row.before + Filled(row.piece, size) + row.after);
    });
  }
}

// Of json_keys.h: where a key is looked for first.
size_t PlaceOf(std::string_view key) {
  std::array<char, 32> text{};
  text[0] = text[key.size() + 1] = '"';
  text[key.size() + 2] = ':';
  std::copy(key.begin(), key.end(), text.begin() + 1);
  uint64_t hash = 0;
  for (size_t i = 0; i < text.size(); i += sizeof hash) {
    uint64_t part = 0;
    std::memcpy(&part, text.data() + i, sizeof part);
    hash = (std::rotl(hash, 23) ^ part) * 0x9E3779B97F4A7C15ULL;
  }
  return (hash >> 32U) % 1024;
}

// A client names the headers that it sends.
TEST(ParseWorkTest, KeysThatAreLookedForInOnePlaceCostWhatOthersDo) {
  std::mt19937_64 random(1);
  std::set<std::string> keys;
  while (keys.size() < 250) {
    std::string key = "request_X";
    for (int i = 0; i < 8; ++i) key += static_cast<char>('a' + random() % 26);
    if (PlaceOf(key) == 7) keys.insert(key);
  }
  const std::vector<std::string> names(keys.begin(), keys.end());
  ExpectLinear("keys of one place", 20, [&](size_t size) {
    std::string line = "{";
    while (line.size() < size)
      line += "\"" + names[random() % names.size()] + "\":1,";  // unexpected
    return CostOfLine(line + "\"a\":1}");
  });
}

TEST(ParseWorkTest, PiecesOfALineCostTheirLengthHoweverManyThereAre) {
  const struct {
    const char* name;
    std::string piece, last;
  } kRows[] = {
      {"Docker's", R"({"log":"x","stream":"stdout"})", R"({"log":"\n","stream":"stdout"})"},
      {"Docker's empty ones", R"({"log":"","stream":"stdout"})", R"({"log":"\n"})"},
      {"CRI's", "2026-04-17T14:22:01.123456789Z stdout P x",
       "2026-04-17T14:22:01.123456789Z stdout F x"},
      {"CRI's of both streams", "2026-04-17T14:22:01.123456789Z stderr P x",
       "2026-04-17T14:22:01.123456789Z stdout F x"},
      {"CRI's without a time", "2222222222222222222222222222222222222222222222", "2"},
  };
  for (const auto& row : kRows) {
    ExpectLinear(row.name, 40, [&](size_t size) {
      LineParser parser(size_t{64} * 1024, {});  // longer ones are thrown away on the way
      const Padded piece(row.piece);
      const Padded last(row.last);
      AccessRecord record;
      const uint64_t steps = WorkOf([&] {
        for (size_t at = 0; at < size; at += row.piece.size()) parser.Parse(piece.line(), record);
        parser.Parse(last.line(), record);
      });
      return Cost{steps, size};
    });
  }
}

TEST(ParseWorkTest, WhatGoesOverSeveralLinesCostsItsLength) {
  const struct {
    const char* name;
    std::string first, piece, last;
  } kRows[] = {
      {"an object", "{", R"("a": "x",)", "}"},
      {"an array of objects", "[", R"({"message":"x"},)", "]"},
      {"objects deeper in", R"({"a": [)", R"({"message":{"b":"x"}},)", "]}"},
      {"arrays deeper in", R"({"a": [)", R"([{"b":[{"c":"x"}]}],)", "]}"},
      {"what never closes", "[", R"({"a":)", "]"},
      {"fields of a journal", "__CURSOR=1", "MESSAGE=1.1.1.1 - ", ""},
      {"bytes of a journal", "__CURSOR=1", "MESSAGE", ""},
  };
  for (const auto& row : kRows) {
    ExpectLinear(row.name, 60, [&](size_t size) {
      LineParser parser(size_t{1} << 20U, {});
      const Padded first(row.first);
      const Padded piece(row.piece);
      const Padded last(row.last);
      AccessRecord record;
      const uint64_t steps = WorkOf([&] {
        parser.Parse(first.line(), record);
        for (size_t at = 0; at < size; at += row.piece.size()) parser.Parse(piece.line(), record);
        parser.Parse(last.line(), record);
      });
      return Cost{steps, size};
    });
  }
}

TEST(ParseWorkTest, NamesThatAreTooLongAreShortenedInTheirLength) {
  for (const char* field : {"RouterName", "ServiceName", "ServiceURL"}) {
    ExpectLinear(field, 20, [&](size_t size) {
      return CostOfLine(std::string("{\"") + field + "\":\"http://" + std::string(size, 'a') +
                        "\"}");
    });
  }
}

}  // namespace
}  // namespace stickyd
