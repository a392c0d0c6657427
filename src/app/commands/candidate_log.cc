// SPDX-License-Identifier: Apache-2.0
#include "candidate_log.h"

#include <fmt/format.h>

#include "stickyd/parse/line_parser.h"
#include "stickyd/source/input_stream.h"
#include "stickyd/source/line_splitter.h"

namespace stickyd {
namespace {

void AddCandidates(const AccessRecord& record, ValueDecoder& decoder) {
  const EventTime time = record.start.low;
  if (record.server_url) decoder.AddSeenServer(*record.server_url, time);
  if (record.service) decoder.AddSeenService(*record.service, time);
  if (record.router) decoder.AddSeenRouter(*record.router, time);
}

}  // namespace

Status AddCandidatesOf(const FileSystem& files, const std::string& path, size_t max_line_bytes,
                       ValueDecoder& decoder) {
  auto stream = InputStream::Open(files, path);
  if (!stream) return tl::unexpected(stream.error());
  LineSplitter lines(max_line_bytes);
  LineParser parser(max_line_bytes, {});
  Line line;
  uint64_t records = 0;
  const auto take = [&] {
    AccessRecord record;
    if (!parser.Parse(line, record).parsed()) return;
    ++records;
    AddCandidates(record, decoder);
  };
  for (;;) {
    while (lines.Next(line)) take();
    const auto count = (*stream)->Read(lines.Room());
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) break;
    lines.Commit(*count);
  }
  if (lines.Rest(line)) take();
  if (records == 0) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("{}: none of its {} lines is a record; stickyd analyze says why",
                            path == "-" ? "standard input" : path, lines.lines()));
  }
  return {};
}

}  // namespace stickyd
