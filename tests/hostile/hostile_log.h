// SPDX-License-Identifier: Apache-2.0
// hostile_log.h: a log that hostile clients had a real Traefik write among the requests of people
// whose sessions are known, and what stickyd must say of it.
// Role:    hostile_live_test makes them, hostile_replay_test has kept some (tests/data/hostile).
// Shape:   a folder with access.log and requests.tsv, a row for each request in the order in which
//          they were sent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "golden/analysis.h"

namespace stickyd {

// A request that was sent, and what came of it.
struct SentRequest {
  // A field: the cookie is one that v1.7 to v2.4 set. Where a Traefik does not take it, the request
  // is the break that an upgrade makes.
  static constexpr const char* kOldCookie = "Cookie of an older Traefik";

  bool hostile = false;
  std::string client;       // its address: a hostile one is used once
  std::string mark;         // `n=17`, in its query; empty: its client tells
  std::string server;       // that answered it; empty if none did, or it is not known
  std::string verdict;      // a person's: first, held, break
  std::string field, what;  // a hostile one's
};

class HostileLog {
 public:
  // REQUIRES: lines of the log end in line feeds.
  HostileLog(const std::string& log, std::vector<SentRequest> sent);

  static std::vector<SentRequest> ReadRequests(const std::string& table);
  static std::string WriteRequests(const std::vector<SentRequest>& sent);

  // Nothing that did not happen is said, and everything that happened to people is. Returns what
  // became of it: a row for each field, then the reasons of lines that are no records.
  std::string Check() const;
  size_t lines() const { return lines_.size(); }
  size_t breaks() const;       // of people
  size_t old_cookies() const;  // so many more may be counted where cookies are logged
  static bool IsService(const std::string& name);

 private:
  // Of the same Traefik, hours later: what has not come by then is missing.
  std::string Later() const;
  // The request whose own line it is, as far as the line says so; null: none.
  const SentRequest* SenderOf(const std::string& line) const;
  void CheckLine(uint64_t number, const Judged& judged, std::set<const SentRequest*>& seen) const;
  void CheckNames(const PipelineStats& stats) const;
  void CheckPeople(const std::set<const SentRequest*>& seen) const;
  void CheckReasons(const SourceStats& source) const;
  std::string Report(const SourceStats& source, const std::set<const SentRequest*>& seen) const;

  std::vector<std::string> lines_;
  const std::vector<SentRequest> sent_;
  std::map<std::string, const SentRequest*> by_mark_, by_client_;
};

}  // namespace stickyd
