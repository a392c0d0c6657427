// SPDX-License-Identifier: Apache-2.0
#include "forgery_guard.h"

#include <numeric>
#include <utility>

namespace stickyd {
namespace {

// Counts of one process come so far out of order; further, where many requests are on their way.
constexpr uint64_t kNear = 64;
constexpr uint64_t kBurst = 512;
constexpr size_t kMostRuns = 64;
// A line that the source goes on with as well is a run's only if that has so many already.
constexpr size_t kLinesToGoOnWith = 8;
// A new life of Traefik begins to count at 1. One that goes on for so long is believed: a client
// would have to write its lines into a pause as long.
constexpr uint64_t kBeginning = 64;
constexpr EventDuration kLongEnough = std::chrono::seconds(10);
// So many runs, of so many clients, and a second process is believed; or so many of any.
constexpr uint32_t kRunsOfAProcess = 16;
constexpr size_t kClientsOfAProcess = 8;
constexpr uint32_t kManyRuns = 64;

uint64_t Distance(uint64_t a, uint64_t b) { return std::max(a, b) - std::min(a, b); }

std::optional<uint64_t> GivenOutIf(bool given_out, const ForgeryGuard::Sight& line) {
  return given_out ? std::optional(line.count) : std::nullopt;
}

bool GoesOn(CountFit fit) { return fit == CountFit::kNext || fit == CountFit::kLate; }

}  // namespace

ForgeryGuard::Run::Run(const Sight& line)
    : first(line.count), last(line.count), client(line.client), first_end(line.end) {
  Add(line);
}

void ForgeryGuard::Run::Add(const Sight& line) {
  Note(line.count);
  ++lines;
  names_known &= line.names_known;
  last_end = std::max(last_end, line.end);
}

void ForgeryGuard::Run::Note(uint64_t count) {
  last = std::max(last, count);
  counts.insert(count);
}

bool ForgeryGuard::Run::MayBeRestart() const { return names_known && first <= kBeginning; }

bool ForgeryGuard::Run::IsRestart() const {
  return MayBeRestart() && last_end - first_end > kLongEnough;
}

ForgeryGuard::Reply ForgeryGuard::Hear(const Sight& line) {
  const Release release = LeaveBehind(line);
  Reply reply;
  switch (line.kind) {
    case Kind::kFragment:
      if (rest_) reply = GoOnBehindRest();
      if (!fragment_) runs_before_ = runs_.size();
      fragment_ = true;
      since_fragment_ = 0;
      reply.word = Word::kRefused;
      break;
    case Kind::kRest:
      reply = HearRest(line);
      break;
    case Kind::kClf:
    case Kind::kJson:
      reply = HearRecord(line);
      break;
    case Kind::kOther:
      break;
  }
  reply.believed += release.believed;
  reply.refused += release.refused;
  if (reply.word == Word::kBelieved && line.kind == Kind::kClf) clf_seen_ = true;
  return reply;
}

// What one request can have written is over.
ForgeryGuard::Release ForgeryGuard::LeaveBehind(const Sight& line) {
  since_fragment_ += line.bytes + 1;
  since_doubt_ += line.bytes + 1;
  Release release;
  if (!runs_.empty() && (line.after_gap || since_doubt_ > kMostForgedBytes)) {
    release = ReleaseAll();
  } else if (!runs_.empty() && runs_.front().IsRestart()) {
    // With what was held the source has moved: what is held still may go on there.
    release.believed = runs_.front().lines;
    runs_.erase(runs_.begin());
    fragment_ = fragment_ && runs_before_ > 0;
    runs_before_ -= std::min<size_t>(runs_before_, 1);
    free_ = free_ || runs_.empty();
  }
  if (line.after_gap || since_fragment_ > kMostForgedBytes) fragment_ = false;
  if (!fragment_ && runs_.empty()) rest_.reset();
  free_ = free_ || line.after_gap;
  return release;
}

// Behind a fragment whose rest did not come, only a new life of Traefik is believed.
ForgeryGuard::Release ForgeryGuard::ReleaseAll() {
  Release release;
  const bool behind = fragment_ && runs_.size() > runs_before_;
  if (behind && !runs_.back().MayBeRestart()) {
    release.refused = runs_.back().lines;
    runs_.pop_back();
  } else if (behind) {
    fragment_ = false;
  }
  release.believed = Lines();
  runs_before_ = 0;
  free_ = free_ || !runs_.empty();
  runs_.clear();
  rest_.reset();
  return release;
}

size_t ForgeryGuard::Lines() const {
  return std::accumulate(runs_.begin(), runs_.end(), size_t{0},
                         [](size_t sum, const Run& run) { return sum + run.lines; });
}

// What the line goes on with: a run, or the source as it was before all runs. The nearest counts.
std::optional<size_t> ForgeryGuard::LevelOf(const Sight& line) const {
  if (!line.counted) return std::nullopt;
  std::optional<size_t> level;
  uint64_t nearest = UINT64_MAX;
  if (GoesOn(line.fit.fit)) {
    level = kOfTheSource;
    nearest = line.fit.distance;
  }
  for (size_t i = 0; i < runs_.size(); ++i) {
    const Run& run = runs_[i];
    const uint64_t distance = Distance(line.count, run.last);
    const bool ahead = line.count > run.last && line.names_known;
    if (distance > (ahead ? kBurst : kNear) || distance > nearest) continue;
    if (level == kOfTheSource && run.lines < kLinesToGoOnWith) continue;
    if (run.counts.contains(line.count)) continue;
    level = i;
    nearest = distance;
  }
  return level;
}

// The runs above a level were forged. Returns how many lines these are.
size_t ForgeryGuard::RefuseAbove(size_t level) {
  const size_t before = Lines();
  const size_t stay = level + 1;  // none above the source's own level, which wraps around
  runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(stay), runs_.end());
  runs_before_ = std::min(runs_before_, stay);
  return before - Lines();
}

// The line is the end of what was forged: Traefik's own, but the client wrote its beginning.
ForgeryGuard::Reply ForgeryGuard::EndBlock(const Sight& line, size_t level) {
  fragment_ = false;
  rest_.reset();
  const size_t refused = RefuseAbove(level);
  if (level != kOfTheSource) runs_[level].Note(line.count);
  return {0, refused, Word::kRefused, GivenOutIf(level == kOfTheSource, line)};
}

// The end was the line before: this one is nobody's words but Traefik's.
ForgeryGuard::Reply ForgeryGuard::GoOnBehindRest() {
  fragment_ = false;
  return {0, RefuseAbove(kOfTheSource), Word::kBelieved, std::exchange(rest_, std::nullopt)};
}

// Who sent the request is not known: it is no record, whatever it goes on with.
ForgeryGuard::Reply ForgeryGuard::HearRest(const Sight& line) {
  const auto level = LevelOf(line);
  if (level && line.names_known) return EndBlock(line, *level);
  if (line.names_known && line.fit.fit == CountFit::kNothingKnown) fragment_ = false;
  const bool in_doubt = fragment_ || !runs_.empty();
  if (in_doubt && level == kOfTheSource) rest_ = line.count;
  return {0, 0, Word::kRefused, GivenOutIf(level == kOfTheSource && !in_doubt, line)};
}

ForgeryGuard::Reply ForgeryGuard::HearRecord(const Sight& line) {
  if (fragment_) return HearBehindFragment(line);
  return runs_.empty() ? HearOpen(line) : HearInDoubt(line);
}

// Whatever is said here, the client says, up to the line that ends it; unless Traefik was restarted
// before that line came.
ForgeryGuard::Reply ForgeryGuard::HearBehindFragment(const Sight& line) {
  if (line.kind != Kind::kClf || !line.names_known) return {0, 0, Word::kRefused};
  const auto level = LevelOf(line);
  const bool within = level && *level != kOfTheSource && *level >= runs_before_;
  if (within) {
    runs_.back().Add(line);
    return {0, 0, Word::kHeld};
  }
  if (!level && line.fit.fit != CountFit::kNothingKnown) {
    const size_t refused = RefuseAbove(runs_before_ - 1);
    Reply reply = Hold(line);
    reply.refused = refused;
    return reply;
  }
  if (level == kOfTheSource && rest_) return GoOnBehindRest();
  Reply reply{0, 0, Word::kRefused};
  if (level) reply = EndBlock(line, *level);
  fragment_ = false;
  if (!line.has_server && runs_.empty()) {
    reply.word = Word::kBelieved;
    reply.given_out.reset();
  }
  return reply;
}

ForgeryGuard::Reply ForgeryGuard::HearInDoubt(const Sight& line) {
  const auto level = LevelOf(line);
  const bool may_end = line.kind == Kind::kClf && line.names_known;
  if (level == runs_.size() - 1) {
    runs_.back().Add(line);
    return {0, 0, Word::kHeld};
  }
  // A process that is ending may write what took long: that the source goes on does not follow.
  if (level == kOfTheSource && line.fit.fit == CountFit::kLate) {
    ++runs_.back().lines;
    return {0, 0, Word::kHeld};
  }
  if (level == kOfTheSource && line.kind == Kind::kClf && !line.names_known) {
    rest_ = line.count;
    return {0, 0, Word::kRefused};
  }
  if (!level || !may_end) return Hold(line);
  if (level == kOfTheSource && rest_) return GoOnBehindRest();
  if (level == kOfTheSource && IsSecondProcess(runs_.front())) {
    const size_t lines = Lines();
    runs_.clear();
    return {lines, 0, Word::kBelieved};
  }
  return EndBlock(line, *level);
}

ForgeryGuard::Reply ForgeryGuard::Hold(const Sight& line) {
  if (runs_.size() >= kMostRuns) return {0, 0, Word::kRefused};
  if (runs_.empty()) {
    since_doubt_ = line.bytes;
    drained_ = 0;
  }
  runs_.emplace_back(line);
  return {0, 0, Word::kHeld};
}

ForgeryGuard::Reply ForgeryGuard::HearOpen(const Sight& line) {
  const bool free = std::exchange(free_, false) || line.little_known;
  const CountFit fit = line.fit.fit;
  const bool fits = fit == CountFit::kNothingKnown || GoesOn(fit) ||
                    (fit == CountFit::kPossible && line.names_known);
  return free || fits ? Reply{} : Hold(line);
}

bool ForgeryGuard::IsSecondProcess(const Run& run) {
  if (candidate_.runs == 0 || Distance(candidate_.next, run.first) > kNear) candidate_ = {};
  candidate_.next = run.last + 1;
  ++candidate_.runs;
  std::vector<uint64_t>& clients = candidate_.clients;
  const bool is_new = std::find(clients.begin(), clients.end(), run.client) == clients.end();
  if (is_new && clients.size() < kClientsOfAProcess) clients.push_back(run.client);
  const bool many = candidate_.runs >= kManyRuns || clients.size() >= kClientsOfAProcess;
  return candidate_.runs >= kRunsOfAProcess && many && run.names_known && runs_.size() == 1;
}

ForgeryGuard::Reply ForgeryGuard::Drained(End end) {
  if (runs_.empty() || (end == End::kForNow && ++drained_ < 2)) return {};
  const Release release = ReleaseAll();
  return {release.believed, release.refused};
}

}  // namespace stickyd
