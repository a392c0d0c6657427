// SPDX-License-Identifier: Apache-2.0
// record_test: what a record's own fields say: when a server was learnt, what the log keeps, names.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "stickyd/model/access_record.h"
#include "stickyd/model/learnt.h"
#include "stickyd/model/line.h"
#include "stickyd/model/log_fields.h"
#include "stickyd/model/verdict.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A request of this long, which started at 100 s; in CLF, in the second after that.
AccessRecord RecordOf(LogFormat format, EventDuration duration, uint16_t status = 200) {
  AccessRecord record;
  record.format = format;
  record.start.low = EventTime(seconds(100));
  record.start.high = record.start.low + seconds(format == LogFormat::kClf ? 1 : 0);
  record.duration = duration;
  record.status = status;
  return record;
}

void ExpectLearnt(const AccessRecord& record, EventDuration low, EventDuration high) {
  const Interval learnt = LearntInterval(record);
  EXPECT_EQ(learnt.low.time_since_epoch(), low);
  EXPECT_EQ(learnt.high.time_since_epoch(), high);
}

TEST(LearntIntervalTest, ServerIsLearntAtTheEndAsExactlyAsTheLogSays) {
  ExpectLearnt(RecordOf(LogFormat::kJson, milliseconds(250)), milliseconds(100'250),
               milliseconds(100'250));
  ExpectLearnt(RecordOf(LogFormat::kClf, milliseconds(250)), milliseconds(100'250),
               milliseconds(101'251));
}

TEST(LearntIntervalTest, HeadOfALongResponseMayHaveComeAtAnyTime) {
  ExpectLearnt(RecordOf(LogFormat::kJson, seconds(5)), seconds(105), seconds(105));
  ExpectLearnt(RecordOf(LogFormat::kJson, milliseconds(5001)), seconds(100), milliseconds(105'001));
  ExpectLearnt(RecordOf(LogFormat::kClf, seconds(9)), seconds(100), seconds(110));
}

TEST(LearntIntervalTest, ServerOfASocketIsLearntWhenItOpens) {
  ExpectLearnt(RecordOf(LogFormat::kJson, seconds(3600), 101), seconds(100), seconds(100));
  ExpectLearnt(RecordOf(LogFormat::kClf, seconds(3600), 101), seconds(100), seconds(101));
  ExpectLearnt(RecordOf(LogFormat::kJson, seconds(3600), 100), seconds(100), seconds(3700));
}

TEST(LogFieldsTest, EachFieldOfARecordIsABitAndRedactedOnesAreNone) {
  const auto fields = [](const auto& change) {
    AccessRecord record;
    change(record);
    return LogFieldsOf(record);
  };
  EXPECT_EQ(fields([](AccessRecord&) {}), 0U);
  EXPECT_EQ(fields([](AccessRecord& r) { r.format = LogFormat::kJson; }), unsigned{kLogsJson});
  const auto text = [&](Text AccessRecord::*field, unsigned bit) {
    EXPECT_EQ(fields([&](AccessRecord& r) { r.*field = Text("x"); }), bit);
    EXPECT_EQ(fields([&](AccessRecord& r) { r.*field = Text("REDACTED"); }), 0U);
  };
  text(&AccessRecord::cookie, kLogsCookie);
  text(&AccessRecord::set_cookie, kLogsSetCookie);
  text(&AccessRecord::origin_set_cookie, kLogsSetCookie);
  text(&AccessRecord::user_agent, kLogsUserAgent);
  text(&AccessRecord::sec_fetch_site, kLogsSecFetchSite);
  EXPECT_EQ(fields([](AccessRecord& r) { r.server_url = Text("x"); }), unsigned{kLogsServer});
  EXPECT_EQ(fields([](AccessRecord& r) { r.request_count = 1; }), unsigned{kLogsCount});
  const unsigned all[] = {kLogsJson,         kLogsCookie, kLogsSetCookie, kLogsUserAgent,
                          kLogsSecFetchSite, kLogsServer, kLogsCount};
  unsigned sum = 0;
  for (const unsigned bit : all) {
    EXPECT_EQ(sum & bit, 0U) << "each has a bit of its own";
    sum |= bit;
  }
  EXPECT_EQ(sum, kAllLogFields);
}

TEST(AccessRecordTest, FieldsAreFoundByTheNamesOfTraefik) {
  EXPECT_EQ(AccessRecord::Field("ClientAddr"), &AccessRecord::client_addr);
  EXPECT_EQ(AccessRecord::Field("request_User-Agent"), &AccessRecord::user_agent);
  EXPECT_EQ(AccessRecord::Field("request_user-agent"), nullptr);
  EXPECT_EQ(AccessRecord::Field(""), nullptr);
}

TEST(LineTest, EachReasonHasANameOfItsOwn) {
  std::set<std::string> names;
  for (size_t i = 0; i < static_cast<size_t>(UnparsedReason::kCount); ++i) {
    names.insert(UnparsedReasonName(static_cast<UnparsedReason>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(UnparsedReason::kCount));
  EXPECT_STREQ(UnparsedReasonName(UnparsedReason::kForged), "forged");
  EXPECT_STREQ(UnparsedReasonName(UnparsedReason::kCsv), "csv");
  EXPECT_STREQ(UnparsedReasonAdvice(UnparsedReason::kTooLong), "longer than --line.max-bytes");
  EXPECT_STREQ(SkipReasonName(SkipReason::kOutOfRange), "out_of_range");
  EXPECT_STREQ(SkipReasonName(SkipReason::kDuplicate), "duplicate");
}

TEST(LineTest, DroppedFieldsAreListedByTheirNames) {
  EXPECT_EQ(DroppedFieldNames(0), "");
  EXPECT_EQ(DroppedFieldNames(kDroppedDuration), "Duration");
  EXPECT_EQ(DroppedFieldNames(kDroppedStart | kDroppedClient), "StartUTC, ClientHost");
  EXPECT_EQ(DroppedFieldNames(15), "StartUTC, Duration, ClientHost, RouterName and ServiceName");
}

TEST(LineTest, FateKeepsItsKindAndItsReason) {
  EXPECT_TRUE(LineFate::Parsed().parsed());
  const LineFate unparsed = LineFate::Unparsed(UnparsedReason::kCsv);
  EXPECT_EQ(unparsed.kind(), LineFate::Kind::kUnparsed);
  EXPECT_EQ(unparsed.unparsed(), UnparsedReason::kCsv);
  const LineFate skipped = LineFate::Skipped(SkipReason::kDuplicate);
  EXPECT_EQ(skipped.kind(), LineFate::Kind::kSkipped);
  EXPECT_EQ(skipped.skipped(), SkipReason::kDuplicate);
  EXPECT_FALSE(skipped.parsed() || unparsed.parsed());
  EXPECT_FALSE(unparsed == LineFate::Unparsed(UnparsedReason::kTooLong));
}

TEST(VerdictTest, CausesAreFoundByTheirNames) {
  ForEachValue<Cause>([](Cause cause) { EXPECT_EQ(CauseFromName(Name(cause)), cause); });
  EXPECT_EQ(CauseFromName("nonsense"), std::nullopt);
  EXPECT_EQ(CauseFromName(""), std::nullopt);
  EXPECT_EQ(Name(Cause::kUnknown), "unknown");
}

TEST(VerdictTest, OnlyWhatTheLogLeavesOpenIsUnsettled) {
  ForEachValue<Verdict>([](Verdict verdict) {
    const bool open = verdict == Verdict::kAmbiguous || verdict == Verdict::kUnresolved;
    EXPECT_EQ(IsUnsettled(verdict), open) << Name(verdict);
  });
}

TEST(EventTimeTest, NanosecondsFallIntoTheirTickAlsoBefore1970) {
  const auto tick = [](int64_t ns) {
    return EventTimeFromUnixNanoseconds(ns).time_since_epoch().count();
  };
  EXPECT_EQ(tick(0), 0);
  EXPECT_EQ(tick(62'499), 0);
  EXPECT_EQ(tick(62'500), 1);
  EXPECT_EQ(tick(-1), -1);
  EXPECT_EQ(tick(-62'500), -1);
  EXPECT_EQ(tick(-62'501), -2);
  EXPECT_EQ(UnixNanoseconds(EventTimeFromUnixNanoseconds(125'001)), 125'000);
  EXPECT_EQ(Seconds(milliseconds(1500)), 1.5);
}

TEST(EventTimeTest, IsWrittenToTheMicrosecond) {
  EXPECT_EQ(FormatRfc3339(EventTimeFromUnixNanoseconds(1'776'435'721'123'437'500)),
            "2026-04-17T14:22:01.123437Z");
  EXPECT_EQ(FormatRfc3339(EventTimeFromUnixNanoseconds(-1'000'000'000)),
            "1969-12-31T23:59:59.000000Z");
  EXPECT_EQ(FormatRfc3339(EventTime()), "1970-01-01T00:00:00.000000Z");
}

}  // namespace
}  // namespace stickyd
