// SPDX-License-Identifier: Apache-2.0
#include "stickyd/source/log_follower.h"

#include <algorithm>
#include <utility>

#include "stickyd/source/log_name.h"

namespace stickyd {
namespace {

// What went wrong, and what to do about it.
std::string Advised(const Error& error) {
  switch (error.code) {
    case ErrorCode::kPermission:
      return error.message +
             ": let the daemon's user or a group of it read the file and its folders";
    case ErrorCode::kNotFound:
      return error.message + ": waiting for it; does Traefik write there (accessLog.filePath)?";
    default:
      return error.message;
  }
}

bool IsPattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

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

LogFollower::LogFollower(const FileSystem& files, const std::vector<std::string>& patterns,
                         size_t max_line_bytes, StartAt start)
    : files_(files), max_line_bytes_(max_line_bytes), start_(start) {
  SetPatterns(patterns);
}

LogFollower::Source& LogFollower::AddSource(const std::string& pattern) {
  Source& source = sources_.emplace_back();
  source.pattern = pattern;
  source.is_glob = IsPattern(pattern);
  return source;
}

void LogFollower::AddLane(size_t source, const std::string& path) {
  const StartAt start = sources_[source].looked ? StartAt::kBeginning : start_;
  LogName name = ParseLogName(path);
  lanes_.push_back({++last_number_, source,
                    std::make_shared<FollowedFile>(files_, ledger_, path, max_line_bytes_, start),
                    name.rotation.empty() ? "" : std::move(name.stem)});
}

void LogFollower::SetPatterns(const std::vector<std::string>& patterns) {
  std::vector<Source> before = std::exchange(sources_, {});
  std::vector<Lane> lanes = std::exchange(lanes_, {});
  for (const std::string& pattern : patterns) {
    const auto is_it = [&](const Source& source) { return source.pattern == pattern; };
    if (std::any_of(sources_.begin(), sources_.end(), is_it)) continue;  // given twice
    const size_t index = sources_.size();
    const auto known = std::find_if(before.begin(), before.end(), is_it);
    if (known == before.end()) {
      if (!AddSource(pattern).is_glob) AddLane(index, pattern);
      continue;
    }
    sources_.push_back(*known);
    for (Lane& lane : lanes) {
      if (lane.file != nullptr && before[lane.source].pattern == pattern) {
        lanes_.push_back({lane.number, index, std::move(lane.file), std::move(lane.part_of)});
      }
    }
  }
}

void LogFollower::Expand(size_t index, const Followed& followed) {
  Source& source = sources_[index];
  source.files_refused = 0;
  for (const auto& [path, lane] : followed) lanes_[lane].matched = false;
  for (const std::string& path : files_.Glob(source.pattern)) {
    if (const auto lane = followed.find(path); lane != followed.end()) {
      lanes_[lane->second].matched = true;
    } else if (WithoutCompression(path) != path) {
      continue;
    } else if (lanes_.size() >= kMostLanes) {
      ++source.files_refused;  // not even looked at: there may be very many
    } else if (!IsDirectory(path)) {
      AddLane(index, path);
    }
  }
}

bool LogFollower::IsDirectory(const std::string& path) const {
  const auto info = files_.Stat(path);
  return info && info->kind == FileKind::kDirectory;
}

void LogFollower::Check(FollowedFile::Clock::time_point now) {
  std::vector<Followed> followed(sources_.size());
  for (size_t i = 0; i < lanes_.size(); ++i)
    followed[lanes_[i].source].emplace(lanes_[i].file->path(), i);
  // A file that appears under the name of a rotated part and was not renamed to it is the copy
  // that logrotate's copytruncate makes, of lines that are read already.
  const auto check = [&](Lane& lane) {
    const bool part = sources_[lane.source].looked && followed[lane.source].contains(lane.part_of);
    lane.file->Check(now, part ? Strangers::kIgnore : Strangers::kRead);
  };
  // Files that are there already are checked first: a rotation must be seen as one before the
  // pattern finds the old file under its new name.
  for (Lane& lane : lanes_) check(lane);
  const size_t known = lanes_.size();
  for (size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].is_glob) Expand(i, followed[i]);
  }
  for (size_t i = known; i < lanes_.size(); ++i) check(lanes_[i]);
  for (Source& source : sources_) source.looked = true;
  DropGone();
}

// Is the path no longer one of the pattern's? One that may not be looked at or is a device still
// is: a problem.
bool LogFollower::IsGone(const Lane& lane) const {
  if (!lane.file->idle() || lane.file->under_path()) return false;
  const Error* problem = lane.file->problem();
  return !lane.matched || problem == nullptr || problem->code == ErrorCode::kNotFound ||
         IsDirectory(lane.file->path());
}

// Paths that a pattern matched and that are gone for good, and files that no path leads to.
void LogFollower::DropGone() {
  std::erase_if(lanes_, [&](const Lane& lane) {
    Source& source = sources_[lane.source];
    const bool gone = source.is_glob && IsGone(lane);
    if (gone) Add(lane.file->stats(), source.gone);
    return gone;
  });
  std::set<FileId> present;
  for (const Lane& lane : lanes_) {
    if (lane.file->under_path()) present.insert(*lane.file->under_path());
  }
  ledger_.Prune(present);
}

std::vector<std::string> LogFollower::Directories() const {
  std::set<std::string> directories;
  for (const Source& source : sources_) {
    if (source.pattern == "-") continue;
    const std::string directory = DirectoryOf(source.pattern);
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
  std::vector<SourceState> states;
  for (const Source& source : sources_) {
    SourceState& state = states.emplace_back();
    state.name = source.pattern;
    state.stats = source.gone;
    state.files_refused = source.files_refused;
  }
  std::vector<bool> has_lanes(sources_.size());
  for (const Lane& lane : lanes_) {
    SourceState& state = states[lane.source];
    const bool is_glob = sources_[lane.source].is_glob;
    has_lanes[lane.source] = true;
    state.up = state.up || lane.file->up();
    state.lag_bytes += lane.file->lag_bytes();
    Add(lane.file->stats(), state.stats);
    // That a matched path goes is the way of rotations.
    const Error* problem = lane.file->problem();
    if (problem == nullptr || (is_glob && problem->code == ErrorCode::kNotFound)) continue;
    state.problems.push_back(Advised(*problem));
  }
  for (size_t i = 0; i < states.size(); ++i) {
    if (!has_lanes[i]) states[i].problems.push_back(states[i].name + ": no file matches");
  }
  return states;
}

}  // namespace stickyd
