#include "log_files.h"

#include <algorithm>
#include <map>

#include "stickyd/base/text.h"
#include "stickyd/parse/line_parser.h"

namespace stickyd {
namespace {

constexpr size_t kLinesToFindATime = 1000;

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// 20260417, 2026-04-17, with an hour or a number after it.
bool IsDate(std::string_view text) {
  return text.size() >= 8 && text.find_first_not_of("0123456789-_") == std::string_view::npos &&
         IsDigits(text.substr(0, 4));
}

}  // namespace

std::string LogStem(std::string_view path) {
  for (const std::string_view ending : {".gz", ".zst", ".xz"}) {
    if (path.ends_with(ending)) path.remove_suffix(ending.size());
  }
  const size_t slash = path.rfind('/');
  const size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  const size_t dot = path.rfind('.');
  if (dot != std::string_view::npos && dot > name &&
      (IsDigits(path.substr(dot + 1)) || IsDate(path.substr(dot + 1)))) {
    return std::string(path.substr(0, dot));
  }
  for (size_t dash = path.find('-', name); dash != std::string_view::npos;
       dash = path.find('-', dash + 1)) {
    if (dash > name && IsDate(path.substr(dash + 1))) return std::string(path.substr(0, dash));
  }
  return std::string(path);
}

struct LogFiles::Lane {
  SourceId source;
  std::vector<std::pair<std::optional<EventTime>, uint32_t>> files;  // first time, index of path
  size_t next_file = 0;
  uint32_t file = 0;
  std::unique_ptr<InputStream> stream;
  std::unique_ptr<LineSplitter> lines;
  uint64_t number_before = 0;
  Line line;
  EventTime time;  // of the prepared line, or of the last one that told
  bool prepared = false;
};

LogFiles::LogFiles(const FileSystem& files, std::vector<std::string> paths, size_t max_line_bytes,
                   Pipeline& pipeline)
    : files_(files),
      paths_(std::move(paths)),
      max_line_bytes_(max_line_bytes),
      pipeline_(pipeline) {
  Sort();
}
LogFiles::~LogFiles() = default;

void LogFiles::Sort() {
  std::map<std::string, Lane*> by_stem;
  for (uint32_t i = 0; i < paths_.size(); ++i) {
    if (const auto info = files_.Stat(paths_[i])) {
      if (info->kind == FileKind::kRegular) bytes_total_ += info->size_bytes;
    }
    Lane*& lane = by_stem[LogStem(paths_[i])];
    if (lane == nullptr) {
      lanes_.push_back(std::make_unique<Lane>());
      lane = lanes_.back().get();
      lane->source = pipeline_.AddSource(LogStem(paths_[i]));
    }
    lane->files.emplace_back(std::nullopt, i);
  }
  for (const auto& lane : lanes_) {
    if (lane->files.size() == 1) continue;
    for (auto& [time, index] : lane->files) time = FirstTime(paths_[index]);
    std::stable_sort(lane->files.begin(), lane->files.end(), [](const auto& a, const auto& b) {
      return a.first && (!b.first || *a.first < *b.first);
    });
  }
}

std::optional<EventTime> LogFiles::FirstTime(const std::string& path) const {
  auto stream = InputStream::Open(files_, path);
  if (!stream) return std::nullopt;
  LineSplitter lines(max_line_bytes_);
  LineParser parser(max_line_bytes_, {});
  Line line;
  for (size_t seen = 0; seen < kLinesToFindATime;) {
    while (seen < kLinesToFindATime && lines.Next(line)) {
      AccessRecord record;
      if (parser.Parse(line, record).parsed()) return record.end();
      ++seen;
    }
    auto count = (*stream)->Read(lines.Room());
    if (!count || *count == 0) break;
    lines.Commit(*count);
  }
  return std::nullopt;
}

bool LogFiles::Open(Lane& lane) {
  while (lane.next_file < lane.files.size()) {
    lane.file = lane.files[lane.next_file++].second;
    auto stream = InputStream::Open(files_, paths_[lane.file]);
    if (stream) {
      lane.stream = std::move(*stream);
      lane.lines = std::make_unique<LineSplitter>(max_line_bytes_);
      return true;
    }
    problems_.push_back(stream.error().message);
  }
  return false;
}

bool LogFiles::Next(Lane& lane, Line& line) {
  while (lane.stream != nullptr || Open(lane)) {
    if (lane.lines->Next(line)) return true;
    auto count = lane.stream->Read(lane.lines->Room());
    if (count && *count > 0) {
      bytes_read_ += *count;
      lane.lines->Commit(*count);
      continue;
    }
    if (!count) problems_.push_back(count.error().message);
    const bool rest = lane.lines->Rest(line);
    bytes_done_ += lane.stream->consumed();
    lane.stream.reset();
    if (rest) return true;
  }
  return false;
}

bool LogFiles::Prepare(Lane& lane) {
  lane.prepared = Next(lane, lane.line);
  if (!lane.prepared) return false;
  const auto prepared = pipeline_.Prepare(lane.source, lane.line);
  if (prepared.parsed) lane.time = prepared.end;
  return true;
}

bool LogFiles::Step(size_t most) {
  if (lanes_.size() == 1) {
    Lane& lane = *lanes_.front();
    for (; most > 0; --most) {
      if (!Next(lane, lane.line)) return false;
      pipeline_.Feed(lane.source, lane.file, lane.line);
    }
    return true;
  }
  for (const auto& lane : lanes_) {
    if (!lane->prepared) Prepare(*lane);
  }
  for (; most > 0; --most) {
    Lane* first = nullptr;
    for (const auto& lane : lanes_) {
      if (lane->prepared && (first == nullptr || lane->time < first->time)) first = lane.get();
    }
    if (first == nullptr) return false;
    pipeline_.Commit(first->source, first->file);
    Prepare(*first);
  }
  return true;
}

uint64_t LogFiles::bytes_consumed() const {
  uint64_t bytes = bytes_done_;
  for (const auto& lane : lanes_) bytes += lane->stream != nullptr ? lane->stream->consumed() : 0;
  return bytes;
}

}  // namespace stickyd
