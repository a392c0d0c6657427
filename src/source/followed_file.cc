#include "stickyd/source/followed_file.h"

#include <algorithm>
#include <array>

namespace stickyd {
namespace {

// A renamed file may still be written to until Traefik is told (SIGUSR1): it is kept open until it
// has been quiet for so long.
constexpr std::chrono::seconds kLinger{5};
constexpr size_t kMostOpenFiles = 8;
// A deleted file holds its disk space as long as it is open.
constexpr std::chrono::seconds kLingerDeleted{60};

}  // namespace

FollowedFile::FollowedFile(const FileSystem& files, std::string path, size_t max_line_bytes,
                           StartAt start)
    : files_(files), path_(std::move(path)), max_line_bytes_(max_line_bytes), start_(start) {}

const FollowedFile::OpenFile* FollowedFile::current() const {
  return open_.empty() || open_.back().superseded ? nullptr : &open_.back();
}

bool FollowedFile::Next(Line& line) {
  for (OpenFile& open : open_) {
    do {
      if (open.lines->Next(line)) return true;
    } while (Fill(open) > 0);
    // The last line of a file that nobody writes to any more.
    if ((open.done || open.file->ended()) && open.lines->Rest(line)) return true;
  }
  return false;
}

size_t FollowedFile::Fill(OpenFile& open) {
  auto count = open.file->Read(open.lines->Room());
  if (!count) {
    if (!open.failed) ++stats_.read_errors;
    open.failed = true;
    problem_ = count.error();
    return 0;
  }
  open.failed = false;
  open.lines->Commit(*count);
  open.offset += *count;
  stats_.read_bytes += *count;
  return *count;
}

void FollowedFile::Check(Clock::time_point now) {
  DropDrained(now);
  auto info = files_.Stat(path_);
  const bool first = start_ == StartAt::kEnd;
  start_ = StartAt::kBeginning;  // what appears later is read from its beginning
  if (!info || info->kind == FileKind::kDirectory) {
    // Gone, perhaps between two steps of a rotation: what is open is read on.
    problem_ = info ? Error{ErrorCode::kNotAFile, path_ + ": is a directory"} : info.error();
    return;
  }
  if (current() == nullptr) return Open(first, now);
  OpenFile& open = open_.back();
  if (info->id == open.info.id) return CheckTruncation(open);
  open.superseded = true;
  open.changed = now;
  ++stats_.rotations;
  Open(false, now);
}

void FollowedFile::CheckTruncation(OpenFile& open) {
  auto info = open.file->Info();
  if (!info || info->kind != FileKind::kRegular || info->size_bytes >= open.offset) return;
  if (!open.file->SeekTo(0)) return;
  ++stats_.truncations;
  open.offset = 0;
  open.lines->DropPartial();
}

void FollowedFile::Open(bool at_end, Clock::time_point now) {
  auto file = files_.Open(path_);
  if (!file) {
    problem_ = file.error();
    return;
  }
  auto info = (*file)->Info();
  if (!info) {
    problem_ = info.error();
    return;
  }
  OpenFile open;
  open.file = std::move(*file);
  open.info = *info;
  open.lines = std::make_unique<LineSplitter>(max_line_bytes_);
  open.changed = now;
  if (at_end && info->kind == FileKind::kRegular && info->size_bytes > 0) {
    // From the end, but not from the middle of a line.
    std::array<char, 1> last{};
    const bool seen =
        open.file->SeekTo(info->size_bytes - 1) && open.file->Read(last).value_or(0) == 1;
    if (!seen || last[0] != '\n') open.lines->SkipToLineFeed();
    open.offset = info->size_bytes;
  }
  problem_.reset();
  open_.push_back(std::move(open));
  if (open_.size() > kMostOpenFiles) {
    ++stats_.files_dropped;
    open_.erase(open_.begin());
  }
}

void FollowedFile::DropDrained(Clock::time_point now) {
  for (OpenFile& open : open_) {
    if (open.offset != open.checked_offset) {
      open.checked_offset = open.offset;
      open.changed = now;
    }
    if (open.done && open.lines->pending_bytes() == 0) open.closed = true;
    const auto quiet = now - open.changed;
    open.done = open.superseded ? quiet >= kLinger : quiet >= kLingerDeleted && IsDeleted(open);
  }
  std::erase_if(open_, [](const OpenFile& open) { return open.closed; });
}

bool FollowedFile::IsDeleted(const OpenFile& open) {
  const auto info = open.file->Info();
  return info && info->kind == FileKind::kRegular && info->links == 0;
}

uint64_t FollowedFile::lag_bytes() const {
  uint64_t lag = 0;
  for (const OpenFile& open : open_) {
    const auto info = open.file->Info();
    if (info && info->kind == FileKind::kRegular && info->size_bytes > open.offset) {
      lag += info->size_bytes - open.offset;
    }
  }
  return lag;
}

bool FollowedFile::Holds(const FileId& id) const {
  return std::any_of(open_.begin(), open_.end(),
                     [&](const OpenFile& open) { return open.info.id == id; });
}

int FollowedFile::descriptor() const {
  const OpenFile* open = current();
  return open != nullptr && open->info.kind != FileKind::kRegular ? open->file->descriptor() : -1;
}

}  // namespace stickyd
