// SPDX-License-Identifier: Apache-2.0
#include "stickyd/source/followed_file.h"

#include <algorithm>
#include <array>

#include "not_a_log.h"

namespace stickyd {
namespace {

// A renamed file may still be written to until Traefik is told (SIGUSR1): it is kept open until it
// has been quiet for so long.
constexpr std::chrono::seconds kLinger{5};
constexpr size_t kMostOpenFiles = 8;
// A deleted file holds its disk space as long as it is open.
constexpr std::chrono::seconds kLingerDeleted{60};

bool IsDeleted(const Result<FileInfo>& info) {
  return info && info->kind == FileKind::kRegular && info->links == 0;
}

bool IsDrained(const Result<FileInfo>& info, uint64_t offset) {
  return !info || info->kind != FileKind::kRegular || info->size_bytes <= offset;
}

}  // namespace

FollowedFile::FollowedFile(const FileSystem& files, FileLedger& ledger, std::string path,
                           size_t max_line_bytes, StartAt start)
    : files_(files),
      ledger_(ledger),
      path_(std::move(path)),
      max_line_bytes_(max_line_bytes),
      start_(path_ == "-" ? StartAt::kBeginning : start) {}

FollowedFile::~FollowedFile() {
  for (const auto& open : open_) Close(*open);
}

FollowedFile::OpenFile* FollowedFile::current() const {
  return open_.empty() || open_.back()->superseded ? nullptr : open_.back().get();
}

bool FollowedFile::up() const {
  const OpenFile* open = current();
  return elsewhere_ || (open != nullptr && !open->read_error && !ended() && !lost_);
}

const Error* FollowedFile::problem() const {
  if (problem_) return &*problem_;
  for (const auto& open : open_) {
    if (open->read_error) return &*open->read_error;
  }
  return nullptr;
}

bool FollowedFile::Next(Line& line) {
  // Lines that have been read already, before older files are asked for more.
  if (giving_ != nullptr && giving_->lines.Next(line)) return true;
  giving_ = nullptr;
  const uint64_t enough = stats_.read_bytes + kMostBytesPerCall;
  for (const auto& open : open_) {
    giving_ = open.get();
    do {
      if (open->lines.Next(line)) return true;
    } while (stats_.read_bytes < enough && Fill(*open) > 0);
    if (stats_.read_bytes >= enough) break;
    // The last line of a file that nobody writes to any more.
    if ((open->done || open->file->ended()) && open->lines.Rest(line)) return true;
  }
  giving_ = nullptr;
  return false;
}

size_t FollowedFile::Fill(OpenFile& open) {
  auto count = open.file->Read(open.lines.Room());
  if (!count) {
    if (!open.read_error) ++stats_.read_errors;
    open.read_error = count.error();
    return 0;
  }
  open.read_error.reset();
  open.lines.Commit(*count);
  open.offset += *count;
  stats_.read_bytes += *count;
  return *count;
}

void FollowedFile::Check(Clock::time_point now, Strangers strangers) {
  DropDrained(now);
  elsewhere_ = false;
  const auto info = files_.Stat(path_);
  if (!info || !IsLog(path_, info->kind)) return Missing(info, now);
  missing_since_.reset();
  lost_ = false;
  under_path_ = info->id;
  if (start_ == StartAt::kEnd) first_seen_ = *info;
  start_ = StartAt::kBeginning;  // what appears later is read from its beginning
  problem_.reset();
  if (OpenFile* open = current(); open != nullptr && open->info.id == info->id) {
    return CheckTruncation(*open);
  }
  // Only the head of a chain of renames gets a new file.
  const bool fresh = strangers == Strangers::kRead && !ledger_.Knows(info->id);
  if (Supersede(now) && fresh) ++stats_.rotations;
  Open(now, strangers);
}

// Gone, perhaps between two steps of a rotation: what is open is read on.
void FollowedFile::Missing(const Result<FileInfo>& info, Clock::time_point now) {
  under_path_.reset();
  if (!missing_since_) missing_since_ = now;
  const OpenFile* const open = current();
  lost_ = now - *missing_since_ >= kLinger && (open == nullptr || now - open->changed >= kLinger);
  problem_ = info ? NotALog(path_, info->kind, "*.log") : info.error();
  // A folder that may not be entered hides what is there already.
  const ErrorCode code = problem_->code;
  if (code == ErrorCode::kNotFound || code == ErrorCode::kNotAFile) start_ = StartAt::kBeginning;
}

// What was read last is no longer under the path. False: nothing was.
bool FollowedFile::Supersede(Clock::time_point now) {
  OpenFile* open = current();
  if (open == nullptr) return false;
  open->superseded = true;
  open->changed = now;
  return true;
}

void FollowedFile::CheckTruncation(OpenFile& open) {
  auto info = open.file->Info();
  if (!info || info->kind != FileKind::kRegular || info->size_bytes >= open.offset) return;
  if (!open.file->SeekTo(0)) return;
  ++stats_.truncations;
  open.offset = 0;
  open.lines.DropPartial();
}

void FollowedFile::Open(Clock::time_point now, Strangers strangers) {
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
  elsewhere_ = ledger_.IsOpen(info->id);
  if (elsewhere_) return;
  const bool seen = ledger_.Knows(info->id) || info->id == first_seen_.id;
  if (!seen && strangers == Strangers::kIgnore) return;
  auto open = std::make_unique<OpenFile>(max_line_bytes_);
  open->file = std::move(*file);
  open->info = *info;
  open->changed = now;
  StartAfter(*open, StartOf(*info));
  first_seen_ = {};
  ledger_.Opened(info->id, this);
  open_.push_back(std::move(open));
  if (open_.size() > kMostOpenFiles) LetGoOfOne();
}

// Rotations follow upon one another faster than old files are let go. One that was read to its end
// goes first, and nothing is lost with it; else the oldest one is given up.
void FollowedFile::LetGoOfOne() {
  const auto end = open_.end() - 1;  // the current one stays
  auto gone = std::find_if(open_.begin(), end, [&](const auto& open) {
    return open.get() != giving_ && open->lines.pending_bytes() == 0 &&
           IsDrained(open->file->Info(), open->offset);
  });
  if (gone == end) {
    gone = open_.begin();
    if (gone->get() == giving_) ++gone;
    ++stats_.files_dropped;
  }
  Close(**gone);
  open_.erase(gone);
}

// Where the file that is now under the path is to be read from.
uint64_t FollowedFile::StartOf(const FileInfo& info) const {
  if (info.kind != FileKind::kRegular) return 0;
  const uint64_t known = ledger_.OffsetOf(info.id);
  const uint64_t at = known == 0 && info.id == first_seen_.id ? first_seen_.size_bytes : known;
  return at <= info.size_bytes ? at : 0;
}

// From there, but not from the middle of a line.
void FollowedFile::StartAfter(OpenFile& open, uint64_t offset) {
  if (offset == 0) return;
  std::array<char, 1> last{};
  const bool seen = open.file->SeekTo(offset - 1) && open.file->Read(last).value_or(0) == 1;
  if (!seen || last[0] != '\n') open.lines.SkipToLineFeed();
  open.offset = open.checked_offset = offset;
}

void FollowedFile::DropDrained(Clock::time_point now) {
  std::erase_if(open_, [&](const auto& open) {
    const auto info = open->file->Info();
    if (open->offset != open->checked_offset) {
      open->checked_offset = open->offset;
      open->changed = now;
      open->done = false;
    }
    const bool drained = IsDrained(info, open->offset);
    const bool over = drained || open->read_error;  // else it has just been written to
    if (open->done && over && open->lines.pending_bytes() == 0 && open.get() != giving_) {
      stats_.files_dropped += drained ? 0 : 1;
      Close(*open);
      return true;
    }
    const auto quiet = now - open->changed;
    open->done =
        over && (open->superseded ? quiet >= kLinger : quiet >= kLingerDeleted && IsDeleted(info));
    return false;
  });
}

void FollowedFile::Close(OpenFile& open) {
  const uint64_t pending = open.lines.pending_bytes();
  ledger_.Closed(open.info.id, open.offset - std::min(open.offset, pending));
}

uint64_t FollowedFile::lag_bytes() const {
  uint64_t lag = 0;
  for (const auto& open : open_) {
    const auto info = open->file->Info();
    if (info && !IsDrained(info, open->offset)) lag += info->size_bytes - open->offset;
  }
  return lag;
}

int FollowedFile::descriptor() const {
  const OpenFile* open = current();
  return open != nullptr && open->info.kind != FileKind::kRegular ? open->file->descriptor() : -1;
}

}  // namespace stickyd
