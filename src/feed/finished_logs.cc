// SPDX-License-Identifier: Apache-2.0
#include "stickyd/feed/finished_logs.h"

#include <algorithm>
#include <map>
#include <set>

#include "line_order.h"
#include "line_reader.h"
#include "read_ahead.h"
#include "stickyd/base/file_system.h"
#include "stickyd/parse/line_parser.h"
#include "stickyd/source/reversed_stream.h"

namespace stickyd {
namespace {

// Traefik's own log may come first, for long.
constexpr uint64_t kBytesToFindATime = uint64_t{16} << 20U;
// So early a log is opened: what another one's verdicts may wait for must have been read.
constexpr EventDuration kAhead = std::chrono::seconds(2);
constexpr size_t kMostLanes = 60'000;  // a LaneId has 16 bits

}  // namespace

struct FinishedLogs::Part {
  uint32_t file = 0;  // index of the path
  LogName name;
  std::optional<FileId> id;             // of regular files
  std::optional<uint64_t> bytes = 0;    // nothing: a pipe's are not known
  std::optional<EventTime> first_time;  // as far as it was looked for
};

struct FinishedLogs::Lane {
  LaneId id{};
  std::vector<Part> parts;
  size_t next_part = 0;
  uint32_t file = 0;
  std::unique_ptr<LineReader> reader;
  size_t workers = 0;  // of the reader
  bool compressed = false;
  bool refused = false;
  std::span<ParsedLine> block;          // of its lines, those that were not announced yet
  std::span<ParsedLine> batch;          // and those that were: they come next
  std::optional<uint64_t> lines_there;  // of a file that is read from its end
  std::optional<LineOrder> order;       // of a stream that can only be read as it comes
  EventTime time;  // of the prepared line, or of the last that told; at first, of the first part
  bool prepared = false;
};

FinishedLogs::FinishedLogs(const FileSystem& files, std::vector<std::string> paths,
                           const Reading& reading, Pipeline& pipeline)
    : files_(files), paths_(std::move(paths)), reading_(reading), pipeline_(pipeline) {
  RaiseFileLimit();
  MakeLanes();
}
FinishedLogs::~FinishedLogs() = default;

// The files to read, each once.
std::vector<FinishedLogs::Part> FinishedLogs::Parts() {
  std::vector<Part> parts;
  std::set<FileId> seen;
  for (uint32_t i = 0; i < paths_.size(); ++i) {
    Part part{i, ParseLogName(paths_[i]), {}, 0, {}};
    const auto info = files_.Stat(paths_[i]);
    if (info && info->kind == FileKind::kRegular) {
      part.id = info->id;
      if (!seen.insert(info->id).second) {
        notes_.push_back(paths_[i] + ": given twice, read once");
        continue;
      }
      part.bytes = info->size_bytes;
    } else if (info) {
      part.bytes.reset();
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

void FinishedLogs::MakeLanes() {
  std::map<std::string, Lane*> by_stem;
  for (Part& part : Parts()) {
    Lane*& lane = by_stem[part.name.stem];
    if (lane == nullptr && lanes_.size() >= kMostLanes) {
      problems_.push_back(paths_[part.file] + ": too many logs at a time");
      continue;
    }
    if (lane == nullptr) {
      lane = lanes_.emplace_back(std::make_unique<Lane>()).get();
      lane->id = pipeline_.AddLane(part.name.stem);
    }
    lane->parts.push_back(std::move(part));
  }
  for (const auto& lane : lanes_) {
    if (lanes_.size() > 1 || lane->parts.size() > 1) SortParts(*lane);
    for (const Part& part : lane->parts) AddToTotal(part);
    queue_.Push(lane.get());
  }
}

void FinishedLogs::AddToTotal(const Part& part) {
  if (!part.bytes) bytes_total_.reset();
  if (bytes_total_) *bytes_total_ += *part.bytes;
}

void FinishedLogs::SortParts(Lane& lane) {
  std::vector<Part>& parts = lane.parts;
  for (Part& part : parts) {
    // What is no regular file can be read only once.
    if (part.id) part.first_time = FirstTime(paths_[part.file]);
  }
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return IsOlderRotation(a.name.rotation, b.name.rotation);
  });
  // Those that tell their time are put into its order, in the places that they have together.
  std::vector<Part> timed;
  for (const Part& part : parts) {
    if (part.first_time) timed.push_back(part);
  }
  std::stable_sort(timed.begin(), timed.end(),
                   [](const Part& a, const Part& b) { return *a.first_time < *b.first_time; });
  auto next = timed.begin();
  for (Part& part : parts) {
    if (part.first_time) part = *next++;
  }
  DropCopies(parts);
  if (parts.front().first_time) lane.time = *parts.front().first_time - kAhead;
}

// A part that is being compressed is there twice.
void FinishedLogs::DropCopies(std::vector<Part>& parts) {
  std::map<std::string_view, std::optional<EventTime>> first_times;
  for (const Part& part : parts) first_times[paths_[part.file]] = part.first_time;
  std::erase_if(parts, [&](const Part& part) {
    const std::string_view plain = WithoutCompression(paths_[part.file]);
    const auto other = first_times.find(plain);
    const bool twice = plain != paths_[part.file] && other != first_times.end() &&
                       part.first_time && part.first_time == other->second;
    if (twice) notes_.push_back(paths_[part.file] + ": read as " + std::string(plain));
    return twice;
  });
}

// A plain file whose newest line comes first is read from its end; `reversed` then.
Result<std::unique_ptr<InputStream>> FinishedLogs::OpenStream(const std::string& path,
                                                              ReversedStream*& reversed) const {
  reversed = nullptr;
  auto stream = InputStream::Open(files_, path, reading_.stop);
  // Standard input, a file too, is read where it is: a second look would take its bytes away.
  if (!stream || (*stream)->compressed() || path == "-") return stream;
  if (!IsNewestFirst(files_, path, reading_.max_line_bytes)) return stream;
  auto backwards = ReversedStream::Open(files_, path);
  if (!backwards) return tl::unexpected(backwards.error());
  reversed = backwards->get();
  return std::unique_ptr<InputStream>(std::move(*backwards));
}

std::optional<EventTime> FinishedLogs::FirstTime(const std::string& path) const {
  ReversedStream* reversed = nullptr;
  auto stream = OpenStream(path, reversed);
  if (!stream) return std::nullopt;
  StreamLines lines(std::move(*stream), reading_.max_line_bytes);
  LineParser parser(reading_.max_line_bytes, {});
  // The last line without a line feed may still be written.
  for (Line line; lines.bytes_read() < kBytesToFindATime && lines.Next(line) && line.terminated;) {
    AccessRecord record;
    if (parser.Parse(line, record).parsed()) return record.end();
  }
  return std::nullopt;
}

bool FinishedLogs::Open(Lane& lane) {
  while (lane.next_part < lane.parts.size()) {
    const Part& part = lane.parts[lane.next_part++];
    lane.file = part.file;
    const Status status = OpenPart(lane, part);
    if (status) return true;
    problems_.push_back(status.error().message);
  }
  return false;
}

Status FinishedLogs::OpenPart(Lane& lane, const Part& part) {
  const std::string& path = paths_[part.file];
  ReversedStream* reversed = nullptr;
  auto stream = OpenStream(path, reversed);
  if (!stream) return tl::unexpected(stream.error());
  lane.lines_there.reset();
  lane.order.reset();
  if (reversed != nullptr) {
    const auto lines = reversed->CountLines();
    if (!lines) return Fail(lines.error().code, path + ": " + lines.error().message);
    lane.lines_there = *lines;
    notes_.push_back(path + ": its newest line comes first; read from its end");
  } else if (!part.id || path == "-" || (*stream)->compressed()) {
    lane.order.emplace();
  }
  lane.compressed = (*stream)->compressed();
  lane.refused = false;
  lane.workers = Workers(part);
  if (lane.workers == 0) {
    lane.reader = std::make_unique<InlineReader>(std::move(*stream), reading_.max_line_bytes,
                                                 pipeline_.extra_fields());
  } else {
    lane.reader = std::make_unique<ReadAhead>(std::move(*stream), reading_.max_line_bytes,
                                              pipeline_.extra_fields(), lane.workers);
  }
  return {};
}

// So many threads read a part beside this one. Of several logs that overlap in time each has one,
// as far as they go. A pipe may have no end; who waits for it must be able to stop.
size_t FinishedLogs::Workers(const Part& part) const {
  if (!part.id || paths_[part.file] == "-") return 0;
  size_t used = 1;  // this one
  for (const auto& lane : lanes_) used += lane->workers;
  const size_t left = reading_.threads - std::min(reading_.threads, used);
  return lanes_.size() == 1 ? left : std::min<size_t>(left, 1);
}

// The next line, or null. Those behind it that have been read are announced with it: their memory
// is fetched while the first of them are decided on.
const ParsedLine* FinishedLogs::Next(Lane& lane) {
  if (lane.refused && lane.reader != nullptr) Close(lane);
  while (lane.batch.empty()) {
    if (lane.reader == nullptr && !Open(lane)) return nullptr;
    if (lane.block.empty()) lane.block = lane.reader->Next();
    if (lane.block.empty()) {
      Close(lane);
      continue;
    }
    lane.batch = lane.block.first(std::min(Pipeline::kMostExpected, lane.block.size()));
    lane.block = lane.block.subspan(lane.batch.size());
    for (ParsedLine& parsed : lane.batch) Number(lane, parsed.line);
    pipeline_.Expect(lane.id, lane.batch);
  }
  const ParsedLine* const line = lane.batch.data();
  lane.batch = lane.batch.subspan(1);
  return line;
}

void FinishedLogs::Number(const Lane& lane, Line& line) {
  if (lane.lines_there) line.number = *lane.lines_there + 1 - line.number;
}

void FinishedLogs::Close(Lane& lane) {
  if (!lane.refused && !lane.reader->status()) {
    problems_.push_back(lane.reader->status().error().message);
  }
  Refuse(lane);
  bytes_done_ += lane.reader->consumed();
  bytes_read_ += lane.reader->bytes_read();
  lane.reader.reset();
  lane.workers = 0;
}

void FinishedLogs::NoteOrder(Lane& lane, const Pipeline::Prepared& prepared) {
  const EventDuration width = prepared.exact ? EventDuration(0) : std::chrono::seconds(1);
  lane.order->Add(prepared.end, prepared.end + width, std::nullopt);
  if (!lane.order->full() || !Refuse(lane)) return;
  lane.refused = true;  // and closed when its line has been decided on
  lane.batch = lane.block = {};
}

// A stream cannot be read from its end, and the other way round nothing is true of it.
bool FinishedLogs::Refuse(Lane& lane) {
  const bool refused = lane.order && lane.order->newest_first();
  lane.order.reset();
  if (!refused) return false;
  const std::string& path = paths_[lane.file];
  const char* const advice = lane.compressed ? "decompress it, and it is read from its end"
                                             : "type: ... | tac | stickyd analyze -";
  problems_.push_back((path == "-" ? "standard input" : path) + ": its newest line comes first; " +
                      advice);
  return true;
}

bool FinishedLogs::Prepare(Lane& lane) {
  auto prepared = pipeline_.Next(lane.id);
  lane.prepared = true;
  if (!prepared.waits) {
    if (const ParsedLine* const line = Next(lane)) {
      prepared = pipeline_.Prepare(lane.id, lane.file, *line);
    } else {
      prepared = pipeline_.Drained(lane.id, Pipeline::End::kForGood);
      lane.prepared = prepared.waits;
    }
  }
  if (prepared.waits) {
    lane.time = prepared.end;
    if (lane.order) NoteOrder(lane, prepared);
  }
  return lane.prepared;
}

void FinishedLogs::StepMerged(size_t most) {
  for (; most > 0 && !queue_.empty(); --most) {
    Lane& lane = *queue_.Pop();
    if (lane.prepared) pipeline_.Commit(lane.id);
    if (Prepare(lane)) queue_.Push(&lane);
  }
}

void FinishedLogs::StepOne(Lane& lane, size_t most) {
  for (; most > 0; --most) {
    if (!Prepare(lane)) return queue_.Clear();
    pipeline_.Commit(lane.id);
  }
}

bool FinishedLogs::Step(size_t most) {
  if (lanes_.size() == 1) {
    StepOne(*lanes_.front(), most);
  } else {
    StepMerged(most);
  }
  return !queue_.empty();
}

uint64_t FinishedLogs::bytes_consumed() const {
  uint64_t bytes = bytes_done_;
  for (const auto& lane : lanes_) bytes += lane->reader != nullptr ? lane->reader->consumed() : 0;
  return bytes;
}

uint64_t FinishedLogs::bytes_read() const {
  uint64_t bytes = bytes_read_;
  for (const auto& lane : lanes_) bytes += lane->reader != nullptr ? lane->reader->bytes_read() : 0;
  return bytes;
}

}  // namespace stickyd
