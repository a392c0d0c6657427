// SPDX-License-Identifier: Apache-2.0
// forgery_guard.h: tells which lines of a source may be a client's own words; not what they say.
// Role:    LaneIntake asks it about every line once CLF was seen, before the line is decided on.
// Shape:   CLF prints a user name as it came. The user of an absolute URL, which needs no login,
//          can hold line feeds, and so any number of whole lines, between `CLIENT - ` and the rest
//          of Traefik's own line. All of it is one write, at most as long as a request's head. Such
//          a client does not know the RequestCount that Traefik has reached, and mostly not the
//          names of routers and servers. So the guard believes what goes on as the source did. A
//          line that does not is held, and so are the lines that go on with it, until the lines
//          behind them tell. If the source goes on where it was, the held lines were forged. The
//          line that went on is the rest of the line that was forged in (if its router is new, only
//          once another line goes on behind it). If the source does not go on, Traefik was
//          restarted, or lines were lost. A held run may be interrupted itself: runs are a stack.
// Units:   bytes of text, without container runtimes' wrappers; event time.
// Threads: pipeline thread only.
// Cost:    a few comparisons for a line that is believed.
// Source:  docs/SECURITY.md "The log"; Traefik pkg/middlewares/accesslog/logger.go
//          usernameIfPresent.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

#include "stickyd/diagnose/sequence_tracker.h"
#include "stickyd/model/event_time.h"

namespace stickyd {

class ForgeryGuard {
 public:
  // As much as one request can write: Go's default limit of a head, and the line around it.
  static constexpr size_t kMostForgedBytes = (size_t{1} << 20U) + (size_t{1} << 16U);

  enum class Kind : uint8_t {
    kClf,
    kJson,
    kRest,      // a line with Traefik's end that is no record, but has a count
    kFragment,  // the beginning of a line
    kOther,
  };
  struct Sight {
    Kind kind = Kind::kOther;
    size_t bytes = 0;
    bool after_gap = false;
    bool counted = false;  // it has a count
    uint64_t count = 0;
    CountSight fit;             // of its count; of none, FitsWithout
    bool little_known = false;  // the source has shown too few lines to contradict one
    bool names_known = false;   // of router, service and server; asked if NeedsNames
    bool has_server = false;    // else nothing is counted of it but that it came
    uint64_t client = 0;        // any hash of the client's text
    EventTime end;
  };
  enum class Word : uint8_t { kBelieved, kHeld, kRefused };
  // What becomes of the lines that are held, then of this one.
  struct Reply {
    size_t believed = 0;  // so many of the oldest
    size_t refused = 0;   // so many of the newest of the others
    Word word = Word::kBelieved;
    std::optional<uint64_t> given_out{};  // this count, to a request that is no record
  };

  // Must Sight::names_known be filled in?
  bool NeedsNames(CountFit fit) const {
    return !runs_.empty() || fragment_ || (fit != CountFit::kNext && fit != CountFit::kLate);
  }
  Reply Hear(const Sight& line);
  // There are no more lines now, or ever: what is held was not followed by the line it would have
  // been forged in. One write may still be under way, so it takes two calls to be sure.
  enum class End : uint8_t { kForNow, kForGood };
  Reply Drained(End end);
  // No line of CLF was seen yet: nothing to guard against.
  bool idle() const { return !clf_seen_ && !fragment_; }

 private:
  static constexpr size_t kOfTheSource = SIZE_MAX;  // a level below all runs

  // Lines that go on with each other, but not with what was before.
  struct Run {
    uint64_t first = 0, last = 0;  // counts
    std::unordered_set<uint64_t> counts;
    size_t lines = 0;
    bool names_known = true;
    uint64_t client = 0;  // of the first line
    EventTime first_end, last_end;

    explicit Run(const Sight& line);
    void Add(const Sight& line);
    void Note(uint64_t count);
    bool MayBeRestart() const;
    bool IsRestart() const;
  };
  // A second process begins to write into the source: its runs of lines between those of the first
  // one look forged, but they go on from one run to the next, and come from many clients.
  struct Candidate {
    uint64_t next = 0;  // behind the last count of the run before
    uint32_t runs = 0;
    std::vector<uint64_t> clients;  // of the first line of each run
  };

  struct Release {
    size_t believed = 0, refused = 0;
  };
  Release LeaveBehind(const Sight& line);
  Release ReleaseAll();
  Reply HearRest(const Sight& line);
  Reply HearRecord(const Sight& line);
  Reply HearBehindFragment(const Sight& line);
  Reply HearInDoubt(const Sight& line);
  Reply HearOpen(const Sight& line);
  std::optional<size_t> LevelOf(const Sight& line) const;
  size_t RefuseAbove(size_t level);
  Reply EndBlock(const Sight& line, size_t level);
  Reply GoOnBehindRest();
  Reply Hold(const Sight& line);
  size_t Lines() const;
  bool IsSecondProcess(const Run& run);

  bool clf_seen_ = false;
  bool free_ = true;           // the next record may have any count
  bool fragment_ = false;      // one was seen, and not the rest of its line
  size_t since_fragment_ = 0;  // bytes
  size_t runs_before_ = 0;     // the fragment; behind it one is held at a time
  // The count of a line that may have ended what was forged: it goes on with the source, but its
  // names are news. The next line tells.
  std::optional<uint64_t> rest_;
  std::vector<Run> runs_;   // that are held, oldest first
  size_t since_doubt_ = 0;  // bytes since the oldest of them
  uint32_t drained_ = 0;    // calls of Drained since then
  Candidate candidate_;
};

}  // namespace stickyd
