// SPDX-License-Identifier: Apache-2.0
// json_values_test: where each key of Traefik's JSON goes, which values are possible, and what a
// line without some of them is.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "padded.h"
#include "stickyd/parse/json_parser.h"

namespace stickyd {
namespace {

using Reason = UnparsedReason;

class JsonValuesTest : public testing::Test {
 protected:
  // With the shortcut and without: both say the same.
  LineFate Parse(const std::string& line) {
    text_ = std::make_unique<Padded>(line);
    AccessRecord careful;
    JsonParser other({"one", "two"});
    const LineFate fate = other.ParseCarefully(text_->view(), careful);
    record_ = AccessRecord{};
    EXPECT_EQ(parser_.Parse(text_->view(), record_), fate) << line;
    return fate;
  }
  // A whole line and these fields behind it, which count where they come again.
  LineFate With(const std::string& more) {
    return Parse(R"({"ClientHost":"192.0.2.7","Duration":11000000,"RequestCount":3,)"
                 R"("RouterName":"r@file","ServiceName":"s@file","DownstreamStatus":200,)"
                 R"("StartUTC":"2026-11-23T00:34:42.5Z")" +
                 more + "}");
  }
  JsonParser parser_{{"one", "two"}};
  AccessRecord record_;
  std::unique_ptr<Padded> text_;
};

TEST_F(JsonValuesTest, EachTextGoesToItsMember) {
  const std::pair<const char*, Text AccessRecord::*> rows[] = {
      {"BackendName", &AccessRecord::service},
      {"ClientAddr", &AccessRecord::client_addr},
      {"ClientHost", &AccessRecord::client_host},
      {"ClientUsername", &AccessRecord::user},
      {"FrontendName", &AccessRecord::router},
      {"RequestHost", &AccessRecord::host},
      {"RequestMethod", &AccessRecord::method},
      {"RequestPath", &AccessRecord::path},
      {"RequestScheme", &AccessRecord::scheme},
      {"RouterName", &AccessRecord::router},
      {"ServiceName", &AccessRecord::service},
      {"TLSClientSubject", &AccessRecord::tls_subject},
      {"TraceId", &AccessRecord::trace_id},
      {"downstream_Date", &AccessRecord::date},
      {"downstream_Set-Cookie", &AccessRecord::set_cookie},
      {"entryPointName", &AccessRecord::entry_point},
      {"origin_Date", &AccessRecord::date},
      {"origin_Set-Cookie", &AccessRecord::origin_set_cookie},
      {"request_Cookie", &AccessRecord::cookie},
      {"request_Origin", &AccessRecord::origin},
      {"request_Referer", &AccessRecord::referer},
      {"request_Sec-Fetch-Dest", &AccessRecord::sec_fetch_dest},
      {"request_Sec-Fetch-Mode", &AccessRecord::sec_fetch_mode},
      {"request_Sec-Fetch-Site", &AccessRecord::sec_fetch_site},
      {"request_User-Agent", &AccessRecord::user_agent},
      {"request_Via", &AccessRecord::via},
      {"request_X-Forwarded-Proto", &AccessRecord::forwarded_proto},
      {"request_Upgrade", &AccessRecord::upgrade},
      {"trace_id", &AccessRecord::trace_id},
      {"one", nullptr},
  };
  for (const auto& [key, member] : rows) {
    ASSERT_TRUE(With(std::string(",\"") + key + "\":\"the value\"").parsed()) << key;
    const Text& text = member != nullptr ? record_.*member : record_.extra[0];
    EXPECT_EQ(text.value_or("?"), "the value") << key;
  }
  EXPECT_FALSE(record_.extra[1].has_value());
  ASSERT_TRUE(With(R"(,"two":"b","one":1)").parsed());
  EXPECT_FALSE(record_.extra[0].has_value());
  EXPECT_EQ(record_.extra[1].value_or("?"), "b");
}

TEST_F(JsonValuesTest, HeadersThatNobodyAsksForAreNoticed) {
  ASSERT_TRUE(With("").parsed());
  EXPECT_FALSE(record_.all_headers);
  for (const char* key :
       {"downstream_Content-Length", "downstream_Content-Type", "origin_Content-Type"}) {
    ASSERT_TRUE(With(std::string(",\"") + key + "\":\"x\"").parsed());
    EXPECT_TRUE(record_.all_headers) << key;
  }
}

TEST_F(JsonValuesTest, IntegersMayBeWrittenAsFloats) {
  const std::pair<const char*, uint64_t> rows[] = {{"0", 0},
                                                   {"200.0", 200},
                                                   {"1.5e3", 1500},
                                                   {"18446744073709551615", 18446744073709551615U},
                                                   {"9007199254740991.0", 9007199254740991U},
                                                   {"0.0", 0}};
  for (const auto& [text, value] : rows) {
    ASSERT_TRUE(With(std::string(",\"RequestCount\":") + text).parsed()) << text;
    EXPECT_EQ(record_.request_count, value) << text;
  }
  for (const char* text :
       {"-1", "1.5", "9007199254740992.0", "1e300", "-0.5", "null", "true", "\"x\"", "[]"}) {
    EXPECT_EQ(With(std::string(",\"RequestCount\":") + text),
              LineFate::Unparsed(Reason::kInvalidValue))
        << text;
  }
}

TEST_F(JsonValuesTest, ValuesHaveBounds) {
  ASSERT_TRUE(With(R"(,"DownstreamStatus":999)").parsed());
  EXPECT_EQ(record_.status, 999);
  EXPECT_EQ(With(R"(,"DownstreamStatus":1000)"), LineFate::Unparsed(Reason::kInvalidValue));
  ASSERT_TRUE(With(R"(,"DownstreamStatus":"404")").parsed());
  EXPECT_EQ(record_.status, 404);
  ASSERT_TRUE(With(R"(,"Duration":316224000000000000)").parsed());
  EXPECT_EQ(record_.duration, std::chrono::seconds(316224000));
  EXPECT_EQ(With(R"(,"Duration":316224000000000001)"), LineFate::Unparsed(Reason::kInvalidValue));
  ASSERT_TRUE(With(R"(,"Duration":0)").parsed());
  EXPECT_EQ(record_.duration, EventDuration(0));
  EXPECT_EQ(With(R"(,"Duration":-1)"), LineFate::Unparsed(Reason::kInvalidValue));
}

TEST_F(JsonValuesTest, OriginAnsweredIfItsStatusIsNotZero) {
  const std::pair<const char*, bool> rows[] = {{"200", true},   {"1", true},      {"0", false},
                                               {"null", false}, {"\"x\"", false}, {"502.0", true}};
  for (const auto& [text, answered] : rows) {
    ASSERT_TRUE(With(std::string(",\"OriginStatus\":") + text).parsed()) << text;
    EXPECT_EQ(record_.origin_answered, answered) << text;
  }
  ASSERT_TRUE(With("").parsed());
  EXPECT_FALSE(record_.origin_answered);
}

TEST_F(JsonValuesTest, ServerIsTheUrlOrElseTheAddress) {
  const std::pair<const char*, const char*> rows[] = {
      {R"(,"ServiceURL":"http://a:1")", "http://a:1"},
      {R"(,"BackendURL":"http://a:1")", "http://a:1"},
      {R"(,"ServiceAddr":"a:1")", "http://a:1"},
      {R"(,"BackendAddr":"a:1")", "http://a:1"},
      {R"(,"ServiceAddr":"-")", "?"},
      {R"(,"ServiceAddr":"")", "?"},
      {R"(,"ServiceAddr":"a:1","ServiceURL":"http://b:2")", "http://b:2"},
      {R"(,"ServiceAddr":"a:1","ServiceURL":"")", "?"},
      {R"(,"ServiceURL":{"Scheme":"http","Host":"a:1","Path":"/p"})", "http://a:1/p"},
      {R"(,"ServiceURL":{"Scheme":"http","Host":"a:1"})", "http://a:1"},
      {R"(,"ServiceURL":{"Scheme":"","Host":"a:1"})", "?"},
      {R"(,"ServiceURL":{"Scheme":"http","Host":""})", "?"},
      {R"(,"ServiceURL":{"Scheme":"http","Host":""},"ServiceAddr":"a:1")", "?"},
      {R"(,"ServiceURL":{})", "?"},
      {R"(,"ServiceURL":null)", "?"},
  };
  for (const auto& [more, url] : rows) {
    ASSERT_TRUE(With(more).parsed()) << more;
    EXPECT_EQ(record_.server_url.value_or("?"), url) << more;
  }
}

TEST_F(JsonValuesTest, StartIsUtcOrElseLocal) {
  const EventTime start = EventTimeFromUnixNanoseconds(1'767'603'600'250'000'000);
  const std::string rest = R"("ClientHost":"1.1.1.1","Duration":5000000,"RequestCount":1)";
  ASSERT_TRUE(Parse("{" + rest + R"(,"StartLocal":"2026-01-05T10:00:00.25+01:00"})").parsed());
  EXPECT_EQ(record_.start.low, start);
  EXPECT_EQ(record_.start.high, start);
  EXPECT_EQ(record_.duration, std::chrono::milliseconds(5));
  EXPECT_EQ(record_.format, LogFormat::kJson);
  ASSERT_TRUE(
      Parse("{" + rest + R"(,"StartLocal":"x","StartUTC":"2026-01-05T09:00:00.25Z"})").parsed());
  EXPECT_EQ(record_.start.low, start);
  EXPECT_EQ(Parse("{" + rest + R"(,"StartLocal":"2026-01-05T09:00:00Z","StartUTC":"x"})"),
            LineFate::Unparsed(Reason::kInvalidTime));
}

TEST_F(JsonValuesTest, OwnLogHasALevelAndAMessage) {
  const auto own = LineFate::Skipped(SkipReason::kTraefikLog);
  const auto none = LineFate::Unparsed(Reason::kNotAccessLog);
  EXPECT_EQ(Parse(R"({"level":"info","message":"x"})"), own);
  EXPECT_EQ(Parse(R"({"level":"info","msg":"x"})"), own);
  EXPECT_EQ(Parse(R"({"message":"x"})"), none);
  EXPECT_EQ(Parse(R"({"level":"info"})"), none);
  EXPECT_EQ(Parse(R"({"a":1})"), none);
  EXPECT_EQ(Parse(R"({"level":"info","msg":"x","Duration":1})"), own);
  // A line of access has what only a request has.
  const auto dropped = LineFate::Unparsed(Reason::kFieldsDropped);
  for (const char* field :
       {R"("DownstreamStatus":200)", R"("RequestCount":1)", R"("ClientHost":"x")",
        R"("ClientAddr":"x")", R"("ServiceURL":"http://a")", R"("ServiceAddr":"a")"}) {
    EXPECT_EQ(Parse(R"({"level":"info","msg":"x",)" + std::string(field) + "}"), dropped) << field;
  }
}

TEST_F(JsonValuesTest, FieldsThatWereDroppedAreKnownEachByItself) {
  const auto dropped = [&](const std::string& line) -> unsigned {
    EXPECT_EQ(Parse(line), LineFate::Unparsed(Reason::kFieldsDropped)) << line;
    return record_.dropped;
  };
  const std::string start = R"("StartUTC":"2026-01-05T09:00:00Z")";
  EXPECT_EQ(dropped("{" + start + "}"), kDroppedDuration | kDroppedClient | kDroppedNames);
  EXPECT_EQ(dropped(R"({"Duration":1})"), kDroppedStart | kDroppedClient | kDroppedNames);
  EXPECT_EQ(dropped(R"({"Duration":1,"RequestCount":1,)" + start + "}"), kDroppedClient);
  EXPECT_EQ(dropped(R"({"ClientAddr":"x"})"), kDroppedStart | kDroppedDuration);
  EXPECT_EQ(dropped(R"({"ClientHost":"x","ServiceURL":"http://a","Duration":1})"),
            kDroppedStart | kDroppedNames);
  EXPECT_EQ(dropped(R"({"level":"info","message":""})"),
            kDroppedStart | kDroppedDuration | kDroppedClient | kDroppedNames);
  for (const char* name : {R"("RouterName":"r")", R"("ServiceName":"s")"}) {
    EXPECT_TRUE(Parse(R"({"ClientHost":"x","ServiceURL":"http://a","Duration":1,)" + start + "," +
                      name + "}")
                    .parsed());
  }
}

TEST_F(JsonValuesTest, LongLinesAfterShortOnesAreRead) {
  for (const size_t size : {10U, 9000U, 20'000U, 100U, 300'000U}) {
    ASSERT_TRUE(
        With(R"(, "x":")" + std::string(size, 'x') + R"(","request_Cookie":"a=\"1\"")").parsed());
    EXPECT_EQ(record_.cookie.value_or("?"), "a=\"1\"");
  }
}

TEST_F(JsonValuesTest, SeveralEscapedTextsStayApart) {
  ASSERT_TRUE(With(R"(,"request_Cookie":"a=\"1\"","request_Referer":"\u002fb","request_Via":"\\c")")
                  .parsed());
  EXPECT_EQ(record_.cookie.value_or("?"), "a=\"1\"");
  EXPECT_EQ(record_.referer.value_or("?"), "/b");
  EXPECT_EQ(record_.via.value_or("?"), "\\c");
}

TEST_F(JsonValuesTest, BlanksBetweenTokensChangeNothing) {
  ASSERT_TRUE(
      Parse("{ \"ClientHost\" : \"1.1.1.1\" ,\t\"Duration\" : 5000000 , \"RequestCount\": 9 \t,"
            "\"x\": { \"y\" : [ 1 , { } ] } , \"StartUTC\": \"2026-01-05T09:00:00Z\" }")
          .parsed());
  EXPECT_EQ(record_.client_host.value_or("?"), "1.1.1.1");
  EXPECT_EQ(record_.request_count, 9U);
  EXPECT_EQ(record_.duration, std::chrono::milliseconds(5));
}

}  // namespace
}  // namespace stickyd
