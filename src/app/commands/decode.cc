// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "../setup.h"
#include "candidate_log.h"
#include "commands.h"
#include "decode_report.h"
#include "stickyd/app/app.h"
#include "stickyd/base/clock.h"
#include "stickyd/base/text.h"
#include "stickyd/source/input_stream.h"

namespace stickyd {
namespace {

constexpr size_t kMostPasted = size_t{1} << 20U;  // of standard input
constexpr char kStandardInput[] = "-";

Result<std::string> ReadStandardInput() {
  auto stream = InputStream::Open(RealFileSystem(), kStandardInput);
  if (!stream) return tl::unexpected(stream.error());
  std::string text;
  std::string buffer(65536, '\0');
  for (;;) {
    const auto count = (*stream)->Read(buffer);
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return text;
    text.append(buffer, 0, *count);
    if (text.size() > kMostPasted) {
      return Fail(ErrorCode::kLimit,
                  fmt::format("standard input: more than {} bytes", kMostPasted));
    }
  }
}

DecodedText DecodeLine(std::string_view line, const ValueDecoder& decoder) {
  DecodedText text;
  for (const PastedCookie& cookie : ReadPasted(line)) {
    text.cookies.push_back(decoder.Decode(cookie));
  }
  return text;
}

// It may be all of an answer, so what is no cookie is passed over.
void DecodeLines(const std::string& lines, const ValueDecoder& decoder,
                 std::vector<DecodedText>& texts) {
  ForEachPart(lines, '\n', [&](std::string_view line) {
    DecodedText text = DecodeLine(line, decoder);
    std::erase_if(text.cookies, [](const DecodedCookie& cookie) {
      return cookie.name.empty() && cookie.side == CookieSide::kOther;
    });
    if (!text.cookies.empty()) texts.push_back(std::move(text));
  });
}

// Those that were asked for here. watch's are in the file of options; they can be long.
std::vector<std::string> LogsAskedFor(const Settings& settings) {
  if (!settings.values.contains("log")) return {};
  const std::string place = settings.PlaceOf("log");
  if (place != "command line" && !place.starts_with("environment ")) return {};
  return settings.watch.logs;
}

void ReadLogs(const std::vector<std::string>& patterns, const Settings& settings,
              ValueDecoder& decoder, DecodeReport& report) {
  for (const std::string& pattern : patterns) {
    std::vector<std::string> paths = {pattern};
    if (pattern.find_first_of("*?[") != std::string::npos) paths = RealFileSystem().Glob(pattern);
    if (paths.empty()) report.problems.push_back("--log " + pattern + ": nothing matches");
    for (const std::string& path : paths) {
      const Status read =
          AddCandidatesOf(RealFileSystem(), path, settings.pipeline.max_line_bytes, decoder);
      if (!read) report.problems.push_back("--log: " + read.error().message);
      report.log_read |= read.has_value();
    }
  }
}

// Saved ones first: what Traefik says now counts as now.
Status ReadConfigs(const Settings& settings, ValueDecoder& decoder, DecodeReport& report) {
  if (!settings.snapshot_dir.empty()) {
    const auto saved = ReadSavedConfigs(RealFileSystem(), settings.snapshot_dir);
    if (!saved) return Fail(saved.error().code, "--traefik.snapshot: " + saved.error().message);
    for (const auto& config : saved->configs) decoder.AddConfig(*config);
    if (saved->left_out != 0) report.problems.push_back(LeftOut(*saved));
    for (const Error& refused : saved->refused) report.problems.push_back(refused.message);
  }
  const EventTime now = EventTimeFromUnixNanoseconds(RealClock().WallNanoseconds());
  for (const ApiTarget& target : ApiTargets(settings.traefik)) {
    const auto config = AskForConfig(target, RealFileSystem(), now);
    if (config) decoder.AddConfig(*config);
    if (!config) report.problems.push_back(config.error().message);
  }
  return {};
}

// "" if it can be done.
std::string UsageProblem(const std::vector<std::string>& values,
                         const std::vector<std::string>& logs) {
  if (values.empty()) return "no VALUE; - reads them from standard input";
  const auto count = std::count(values.begin(), values.end(), kStandardInput) +
                     std::count(logs.begin(), logs.end(), kStandardInput);
  return count > 1 ? "standard input can be read once" : "";
}

}  // namespace

int RunDecode(const Settings& settings) {
  const std::vector<std::string> logs = LogsAskedFor(settings);
  const std::string problem = UsageProblem(settings.arguments, logs);
  if (!problem.empty()) {
    Complain("decode", problem);
    return kExitUsage;
  }
  ValueDecoder decoder;
  DecodeReport report;
  report.decoder = &decoder;
  if (const auto read = ReadConfigs(settings, decoder, report); !read) {
    Complain("decode", read.error().message);
    return read.error().code == ErrorCode::kInvalidInput ? kExitConfig : kExitFound;
  }
  for (const std::string& server : settings.decode.servers) decoder.AddServer(server);
  for (const std::string& service : settings.decode.services) decoder.AddService(service);
  ReadLogs(logs, settings, decoder, report);
  if (logs.empty() && settings.values.contains("log")) report.log = settings.watch.logs.front();
  for (const std::string& value : settings.arguments) {
    if (value != kStandardInput) {
      report.texts.push_back(DecodeLine(value, decoder));
      if (report.texts.back().cookies.empty()) {
        report.problems.push_back("'" + value + "' holds no cookie");
      }
      continue;
    }
    const auto pasted = ReadStandardInput();
    const size_t before = report.texts.size();
    if (pasted) DecodeLines(*pasted, decoder, report.texts);
    if (!pasted) {
      report.problems.push_back(pasted.error().message);
    } else if (report.texts.size() == before) {
      report.problems.emplace_back("standard input holds no cookie");
    }
  }
  for (const std::string& told : report.problems) Complain("decode", told);
  fmt::print("{}",
             settings.output == ReportFormat::kJson ? DecodeJson(report) : DecodeText(report));
  return report.known() && report.problems.empty() ? kExitFine : kExitFound;
}

}  // namespace stickyd
