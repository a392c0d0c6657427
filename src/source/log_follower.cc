#include "stickyd/source/log_follower.h"

#include <algorithm>
#include <set>

namespace stickyd {
namespace {

bool IsPattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

bool IsCompressedName(const std::string& path) {
  for (const std::string_view ending : {".gz", ".zst", ".xz", ".bz2"}) {
    if (path.ends_with(ending)) return true;
  }
  return false;
}

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void Add(const FollowedFile::Stats& from, FollowedFile::Stats& to) {
  to.read_bytes += from.read_bytes;
  to.rotations += from.rotations;
  to.truncations += from.truncations;
  to.read_errors += from.read_errors;
  to.files_dropped += from.files_dropped;
}

}  // namespace

LogFollower::LogFollower(const FileSystem& files, std::vector<std::string> patterns,
                         size_t max_line_bytes, StartAt start)
    : files_(files),
      patterns_(std::move(patterns)),
      max_line_bytes_(max_line_bytes),
      start_(start),
      gone_(patterns_.size()) {
  for (size_t i = 0; i < patterns_.size(); ++i) {
    gone_[i].name = patterns_[i];
    if (IsPattern(patterns_[i])) continue;
    lanes_.push_back(
        {i, std::make_unique<FollowedFile>(files_, patterns_[i], max_line_bytes_, start_)});
  }
}

void LogFollower::SetPatterns(std::vector<std::string> patterns) {
  std::vector<Lane> kept;
  std::vector<SourceState> gone(patterns.size());
  for (size_t i = 0; i < patterns.size(); ++i) {
    gone[i].name = patterns[i];
    const auto known = std::find(patterns_.begin(), patterns_.end(), patterns[i]);
    if (known == patterns_.end()) {
      if (IsPattern(patterns[i])) continue;
      kept.push_back(
          {i, std::make_unique<FollowedFile>(files_, patterns[i], max_line_bytes_, StartAt::kEnd)});
      continue;
    }
    const auto before = static_cast<size_t>(known - patterns_.begin());
    gone[i] = gone_[before];
    for (Lane& lane : lanes_) {
      if (lane.source == before && lane.file != nullptr) kept.push_back({i, std::move(lane.file)});
    }
  }
  lanes_ = std::move(kept);
  gone_ = std::move(gone);
  patterns_ = std::move(patterns);
}

bool LogFollower::IsFollowed(size_t source, const std::string& path) const {
  const auto info = files_.Stat(path);
  return std::any_of(lanes_.begin(), lanes_.end(), [&](const Lane& lane) {
    return lane.source == source &&
           (lane.file->path() == path || (info && lane.file->Holds(info->id)));
  });
}

void LogFollower::Expand(size_t source) {
  if (!IsPattern(patterns_[source])) return;
  uint64_t compressed = 0;
  for (const std::string& path : files_.Glob(patterns_[source])) {
    const auto info = files_.Stat(path);
    if (info && info->kind == FileKind::kDirectory) continue;
    if (IsCompressedName(path)) {
      ++compressed;
    } else if (!IsFollowed(source, path)) {
      if (lanes_.size() >= kMostLanes) {
        ++gone_[source].lanes_refused;
        continue;
      }
      lanes_.push_back(
          {source, std::make_unique<FollowedFile>(files_, path, max_line_bytes_, start_)});
    }
  }
  gone_[source].compressed_ignored = compressed;
}

void LogFollower::Check(FollowedFile::Clock::time_point now) {
  // Files that are there already are checked first: a rotation must be seen as one before the
  // pattern finds the old file under its new name.
  for (Lane& lane : lanes_) lane.file->Check(now);
  const size_t known = lanes_.size();
  for (size_t i = 0; i < patterns_.size(); ++i) Expand(i);
  for (size_t i = known; i < lanes_.size(); ++i) lanes_[i].file->Check(now);
  start_ = StartAt::kBeginning;
  // A path that a pattern matched and that is gone for good.
  std::erase_if(lanes_, [&](const Lane& lane) {
    const bool gone =
        IsPattern(patterns_[lane.source]) && lane.file->idle() && !files_.Stat(lane.file->path());
    if (gone) Add(lane.file->stats(), gone_[lane.source].stats);
    return gone;
  });
}

std::vector<std::string> LogFollower::Directories() const {
  std::set<std::string> directories;
  for (const std::string& pattern : patterns_) {
    if (pattern == "-") continue;
    const std::string directory = DirectoryOf(pattern);
    if (!IsPattern(directory)) directories.insert(directory);
  }
  for (const Lane& lane : lanes_) {
    if (lane.file->path() == "-") continue;
    directories.insert(DirectoryOf(lane.file->path()));
    directories.insert(DirectoryOf(files_.Resolve(lane.file->path())));
  }
  return {directories.begin(), directories.end()};
}

std::vector<LogFollower::SourceState> LogFollower::States() const {
  std::vector<SourceState> states = gone_;
  for (const Lane& lane : lanes_) {
    SourceState& state = states[lane.source];
    state.up = state.up || lane.file->up();
    state.lag_bytes += lane.file->lag_bytes();
    Add(lane.file->stats(), state.stats);
    if (lane.file->problem()) state.problems.push_back(lane.file->problem()->message);
  }
  return states;
}

}  // namespace stickyd
