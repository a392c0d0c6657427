// SPDX-License-Identifier: Apache-2.0
// app_work_test: whole logs through the pipeline, and the file of options.
#include <fmt/format.h>

#include <functional>

#include "padded.h"
#include "stickyd/config/options.h"
#include "stickyd/engine/pipeline.h"
#include "support/log_text.h"
#include "support/memory_file_system.h"
#include "work.h"

namespace stickyd {
namespace {

using MakeLine = std::function<std::string(size_t)>;

Cost CostOfLines(size_t count, const MakeLine& make, const PipelineOptions& options = {}) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < count; ++i) lines.push_back(make(i) + std::string(kLinePadding, '\0'));
  auto pipeline = *Pipeline::Create(options, KeyedHash({}), nullptr);
  const LaneId source = pipeline->AddLane("log");
  const uint64_t steps = WorkOf([&] {
    uint64_t number = 0;
    for (const std::string& line : lines) {
      const std::string_view text = std::string_view(line).substr(0, line.size() - kLinePadding);
      pipeline->Feed(source, 0, {text, ++number});
    }
    pipeline->Finish();
  });
  return {steps, count};
}

std::string Json(size_t i, const std::string& router, const std::string& service,
                 const std::string& server, const std::string& client,
                 const std::string& more = "") {
  return fmt::format(
      R"({{"ClientAddr":"{}:{}","ClientHost":"{}","DownstreamStatus":200,"Duration":1000000,)"
      R"("RequestCount":{},"RequestPath":"/","RouterName":"{}","ServiceName":"{}",)"
      R"("ServiceURL":"http://{}","StartUTC":"2026-04-17T{:02}:{:02}:{:02}Z"{}}})",
      client, 1024 + i % 60000, client, i + 1, router, service, server, i / 180'000 % 24,
      i / 3000 % 60, i / 50 % 60, more);
}

std::string Clf(size_t i, uint64_t count, const std::string& client = "1.1.1.1") {
  std::string line =
      ClfLine(static_cast<int64_t>(i / 50), count, 1 + static_cast<int>(i % 2), client);
  line.pop_back();
  return line;
}

std::string Address(size_t i) {
  return fmt::format("10.{}.{}.{}", i >> 16U & 255U, i >> 8U & 255U, i & 255U);
}

// Whatever is new with every record.
TEST(AppWorkTest, RecordCostsTheSameAfterManyNamesThatCameOnce) {
  const struct {
    const char* name;
    MakeLine make;
  } kRows[] = {
      {"nothing", [](size_t i) { return Json(i, "r", "s", "a:80", "1.1.1.1"); }},
      {"clients", [](size_t i) { return Json(i, "r", "s", "a:80", Address(i)); }},
      {"servers", [](size_t i) { return Json(i, "r", "s", Address(i), "1.1.1.1"); }},
      {"servers and clients",
       [](size_t i) { return Json(i, "r", "s", Address(i), Address(i / 2)); }},
      {"services", [](size_t i) { return Json(i, "r", fmt::format("s{}", i), "a:80", "1.1.1.1"); }},
      {"routers", [](size_t i) { return Json(i, fmt::format("r{}", i), "s", "a:80", "1.1.1.1"); }},
      {"all",
       [](size_t i) {
         return Json(i, fmt::format("r{}", i), fmt::format("s{}", i), Address(i), Address(i));
       }},
      {"services of long names",
       [](size_t i) {
         return Json(i, "r", std::string(2000, 's') + std::to_string(i), "a:80", "1.1.1.1");
       }},
      {"people of one address",
       [](size_t i) {
         return Json(i, "r", "s", i % 2 == 0 ? "a:80" : "b:80", "1.1.1.1",
                     fmt::format(R"(,"request_User-Agent":"a{}")", i));
       }},
      {"people with a stale cookie",
       [](size_t i) {
         return Json(
             i, "r", "s", i % 2 == 0 ? "a:80" : "b:80", "1.1.1.1",
             fmt::format(R"(,"request_Cookie":"lb=http://c:80; SESSION=0123456789abcde{}")", i));
       }},
      {"breaks",
       [](size_t i) { return Json(i, "r", "s", i % 2 == 0 ? "a:80" : "b:80", Address(i % 1000)); }},
  };
  for (const auto& row : kRows) {
    ExpectLinear(row.name, 25'000, [&](size_t count) { return CostOfLines(count, row.make); },
                 {2500, 20'000});
  }
}

// What a client writes between its own lines, and counts that come in any order.
TEST(AppWorkTest, LineOfClfCostsTheSameWhateverItsCount) {
  const struct {
    const char* name;
    MakeLine make;
  } kRows[] = {
      {"in order", [](size_t i) { return Clf(i, i); }},
      {"backwards", [](size_t i) { return Clf(i, 10'000'000 - i); }},
      {"always the same", [](size_t i) { return Clf(i, 1000); }},
      {"a restart with every line", [](size_t i) { return Clf(i, i < 100 ? i : 1); }},
      {"every second one", [](size_t i) { return Clf(i, 2 * i); }},
      {"every second one, then the others",
       [](size_t i) {
         return Clf(i, i % 8000 < 4000 ? i / 8000 * 8000 + 2 * (i % 8000)
                                       : i / 8000 * 8000 + 2 * (i % 4000) + 1);
       }},
      {"every second one, then the others backwards",
       [](size_t i) {
         return Clf(i, i % 8000 < 4000 ? i / 8000 * 8000 + 2 * (i % 8000)
                                       : i / 8000 * 8000 + 7999 - 2 * (i % 4000));
       }},
      {"of two processes", [](size_t i) { return Clf(i, i % 2 == 0 ? i : 10'000'000 + i); }},
      {"far ahead", [](size_t i) { return Clf(i, i * 100'000); }},
      {"held in many runs", [](size_t i) { return Clf(i, i < 100 ? i : i % 60 * 100'000 + i); }},
      {"behind fragments", [](size_t i) { return i % 100 == 99 ? "1.1.1.1 - x" : Clf(i, i); }},
      {"fragments", [](size_t i) { return i < 100 ? Clf(i, i) : "1.1.1.1 - x"; }},
      {"forged behind fragments",
       [](size_t i) {
         if (i < 100) return Clf(i, i);
         return i % 2000 == 100 ? "1.1.1.1 - x" : Clf(i, 1'000'000 + 3 * i);
       }},
      {"ends without a beginning",
       [](size_t i) {
         return i < 100 ? Clf(i, i)
                        : fmt::format(R"(x" 200 5 "-" "-" {} "shop@file" "http://a:80" 3ms)", i);
       }},
  };
  for (const auto& row : kRows) {
    ExpectLinear(row.name, 25'000, [&](size_t count) { return CostOfLines(count, row.make); },
                 {8000, 64'000});
  }
}

// A field that a client fills, in every record.
TEST(AppWorkTest, RecordCostsItsLengthWhateverItsClientFillsItWith) {
  PipelineOptions options;
  options.identifier.trusted_proxies = {"10.0.0.0/8", "2001:db8::/32"};
  options.identifier.exclude.clients = {"192.168.0.0/16"};
  options.identifier.sessions = {"auto", "cookie:sid"};
  for (const char* piece : {"1.1.1.1,", "10.0.0.1,", "2001:db8::1, ", ",", " ", "a", "sid=;",
                            "a=b;", "SESSION=x;", "http://a", "a.", ":", "[", "%", "@", "?", "/"}) {
    const auto make = [&](size_t size) {
      const std::string filled = Filled(piece, size);
      std::string fields;
      for (const char* name : {"request_Cookie", "request_Origin", "request_Referer", "request_Via",
                               "request_User-Agent", "RequestHost", "RequestPath",
                               "downstream_Set-Cookie", "request_X-Forwarded-Proto"}) {
        fields += fmt::format(R"(,"{}":"{}")", name, filled);
      }
      return fields;
    };
    ExpectLinear(piece, 80,
                 [&](size_t size) {
                   const std::string fields = make(size / 10);
                   const std::string client = Filled(piece, size / 10);
                   size_t bytes = 0;
                   const Cost cost = CostOfLines(
                       8,
                       [&](size_t i) {
                         std::string line =
                             Json(i, "r", "s", i % 2 == 0 ? "a:80" : "b:80", "1.1.1.1", fields);
                         line.insert(line.find(R"("DownstreamStatus)"),
                                     R"("ClientHost":")" + client + R"(",)");
                         bytes += line.size();
                         return line;
                       },
                       options);
                   return Cost{cost.steps, bytes};
                 },
                 {size_t{64} * 1024, size_t{512} * 1024});
  }
}

// Only a mebibyte of a file is read.
TEST(AppWorkTest, FileOfOptionsCostsItsLengthWhateverIsInIt) {
  for (const std::string& line :
       {std::string("\n"), std::string("a\n"), std::string("# x\n"), std::string("=\n"),
        std::string("idle=1m\n"), std::string("log=/a\n"), std::string("[a]\n"), std::string("[\n"),
        std::string("session=cookie:a\n"), std::string("nonsense = 1\n"), std::string("a"),
        std::string("service-map=a=b\n"), std::string(" "), std::string("\r\n")}) {
    for (const size_t section : {size_t{0}, size_t{1}}) {
      ExpectLinear(line, 1000, [&](size_t size) {
        MemoryFileSystem files;
        std::string text;
        if (section != 0) text = "[" + std::string(size / 2, 's') + "]\n";
        text += Filled(line, size);
        files.Append("/stickyd.conf", text);
        const uint64_t steps = WorkOf([&] {
          ReadSettings({"--config.file", "/stickyd.conf"}, kCommonOptions | kWatchOptions, {},
                       files);
        });
        return Cost{steps, text.size()};
      });
    }
  }
}

}  // namespace
}  // namespace stickyd
