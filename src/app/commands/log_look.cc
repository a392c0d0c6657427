// SPDX-License-Identifier: Apache-2.0
#include "log_look.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "stickyd/base/text.h"
#include "stickyd/model/log_fields.h"
#include "stickyd/parse/line_parser.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {
namespace {

struct FieldWorth {
  LogField field;
  const char* what;
  const char* how;
  const char* worth;
};

constexpr FieldWorth kWorth[] = {
    {kLogsServer, "ServiceURL", "accessLog.fields.names.ServiceURL=keep",
     "which server answered; without it nothing can be judged"},
    {kLogsJson, "JSON", "accessLog.format=json",
     "exact times, where CLF has seconds and leaves what is close open (ambiguous); hosts, "
     "schemes, "
     "connections"},
    {kLogsCount, "RequestCount", "accessLog.fields.names.RequestCount=keep",
     "missing lines and restarts, and in CLF the order within a second"},
    {kLogsCookie, "the Cookie header", "accessLog.fields.headers.names.Cookie=keep",
     "which server a client was pinned to, and whether it sent its cookie"},
    {kLogsSetCookie, "the Set-Cookie header", "accessLog.fields.headers.names.Set-Cookie=keep",
     "when a pin was set, renamed or lost on its way"},
    {kLogsUserAgent, "the User-Agent header", "accessLog.fields.headers.names.User-Agent=keep",
     "who is who behind one address, and scripts that keep no cookies"},
    {kLogsSecFetchSite, "the Sec-Fetch-Site header",
     "accessLog.fields.headers.names.Sec-Fetch-Site=keep",
     "requests of other sites, for which browsers keep the cookie back"},
};

void Read(const FileSystem& files, size_t max_line_bytes, LogLook& look) {
  auto file = files.Open(look.path);
  const auto info = file ? (*file)->Info() : tl::unexpected(file.error());
  const uint64_t size = info ? info->size_bytes : 0;
  const uint64_t from = size > LogLook::kMostBytes ? size - LogLook::kMostBytes : 0;
  const Status there = info ? (*file)->SeekTo(from) : tl::unexpected(info.error());
  if (!there) {
    look.found = LogLook::Found::kUnreadable;
    look.problem = there.error().message;
    return;
  }
  LineSplitter splitter(max_line_bytes);
  LineParser parser(max_line_bytes, {});
  std::map<std::string, uint64_t> reasons;
  bool skip = from > 0;  // the rest of a line
  Line line;
  const auto take = [&] {
    if (std::exchange(skip, false)) return;
    AccessRecord record;
    const LineFate fate = parser.Parse(line, record);
    ++look.lines;
    if (fate.parsed()) {
      ++look.records;
      look.fields |= LogFieldsOf(record);
      look.json = record.format == LogFormat::kJson;
    } else if (fate.kind() == LineFate::Kind::kUnparsed) {
      const char* advice = UnparsedReasonAdvice(fate.unparsed());
      ++reasons[std::string(UnparsedReasonName(fate.unparsed())) +
                (advice[0] == '\0' ? "" : std::string(": ") + advice)];
    } else if (fate.skipped() == SkipReason::kTraefikLog) {
      ++reasons["traefik_log: Traefik's own log, not its access log (accessLog.filePath)"];
    }
  };
  for (size_t left = LogLook::kMostBytes; left > 0;) {
    const auto room = splitter.Room();
    const auto count = (*file)->Read(room.subspan(0, std::min(room.size(), left)));
    if (!count) {
      look.found = LogLook::Found::kUnreadable;
      look.problem = count.error().message;
      return;
    }
    if (*count == 0) break;
    left -= *count;
    splitter.Commit(*count);
    while (splitter.Next(line)) take();
  }
  const auto most = std::max_element(reasons.begin(), reasons.end(),
                                     [](auto& a, auto& b) { return a.second < b.second; });
  if (most != reasons.end()) look.reason = most->first;
  look.found = look.records > 0 ? LogLook::Found::kRecords
               : look.lines > 0 ? LogLook::Found::kNoRecords
                                : LogLook::Found::kNothing;
}

LogLook LookAt(const FileSystem& files, const std::string& path, size_t max_line_bytes) {
  LogLook look;
  look.path = path;
  const auto info = files.Stat(path);
  if (!info) {
    const bool absent = info.error().code == ErrorCode::kNotFound;
    look.found = absent ? LogLook::Found::kAbsent : LogLook::Found::kUnreadable;
    look.problem = info.error().message;
  } else if (path == "-" || info->kind == FileKind::kFifo) {
    look.found = LogLook::Found::kNotTouched;
  } else {
    Read(files, max_line_bytes, look);
  }
  return look;
}

std::string MissingText(const LogLook& look) {
  std::string text;
  for (const FieldWorth& worth : kWorth) {
    if ((look.fields & worth.field) != 0) continue;
    text += fmt::format("\n  no record has {} ({}): it would tell {}", worth.what, worth.how,
                        worth.worth);
  }
  return text.empty() ? "; nothing is missing" : text;
}

}  // namespace

std::vector<LogLook> LookAtLogs(const FileSystem& files, const std::string& pattern,
                                size_t max_line_bytes) {
  std::vector<LogLook> looks;
  if (pattern.find_first_of("*?[") == std::string::npos) {
    looks.push_back(LookAt(files, pattern, max_line_bytes));
    return looks;
  }
  for (const std::string& path : files.Glob(pattern)) {
    looks.push_back(LookAt(files, path, max_line_bytes));
  }
  if (looks.empty()) {
    looks.push_back(
        {pattern, LogLook::Found::kAbsent, pattern + ": nothing matches", 0, 0, "", 0, false});
  }
  return looks;
}

std::string LookText(const LogLook& look) {
  const std::string path = Printable(look.path, 1000);
  switch (look.found) {
    case LogLook::Found::kRecords:
      return fmt::format("{}: {} of the last {} lines are records, {}{}{}", path, look.records,
                         look.lines, look.json ? "JSON" : "CLF",
                         look.reason.empty() ? "" : "; others are " + look.reason,
                         MissingText(look));
    case LogLook::Found::kNothing:
      return path + ": no line yet";
    case LogLook::Found::kNotTouched:
      return path + ": a pipe, which is not read here: its lines would be lost";
    case LogLook::Found::kAbsent:
      return Printable(look.problem, 1000) +
             "; does Traefik write there (accessLog.filePath)? Without it there is nothing to see "
             "(--log.optional if that is meant)";
    case LogLook::Found::kUnreadable:
      return Printable(look.problem, 1000);
    case LogLook::Found::kNoRecords:
      break;
  }
  return fmt::format("{}: none of the last {} lines is a record{}", path, look.lines,
                     look.reason.empty() ? "" : "; most are " + look.reason);
}

}  // namespace stickyd
