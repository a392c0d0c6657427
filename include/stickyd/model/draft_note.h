// SPDX-License-Identifier: Apache-2.0
// draft_note.h: what reading files before the deploy found that no answer of Traefik's API shows.
// Role:    draft writes notes; the rules D1 to D5 of audit make findings of them.
// Shape:   texts hold names and values of the files, and so somebody else's text: whoever prints
//          one makes it harmless first.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stickyd/model/finding.h"

namespace stickyd {

enum class DraftNoteKind : uint8_t {
  kBrokenFile,    // nobody can read it
  kUnreadKey,     // Traefik refuses or ignores a key, or its value
  kDefinedTwice,  // two files or containers give one name to different things
  kUnused,        // a service that no router leads to
  kNotKnown       // it cannot be known before the deploy
};

struct DraftNote {
  DraftNoteKind kind = DraftNoteKind::kNotKnown;
  FindingLevel level = FindingLevel::kInfo;
  FileSpot spot;
  std::string service;                 // below which people find it; may be empty
  std::vector<FindingObject> objects;  // beside the service
  std::string text;                    // one or two sentences
  std::string fix;                     // a sentence
  std::string detail;                  // the path of the key, which tells it from others
  std::vector<FixEdit> edits;          // that mend it, where the files show how
};

// What the access log of a static configuration keeps.
struct AccessLogDraft {
  bool json = false;
  bool filtered = false;                     // requests are left out
  std::vector<std::string> dropped_headers;  // of those that tell causes
  std::vector<std::string> dropped_fields;   // of those without which nothing is told
};

// What the audit of files knows beyond the configuration.
struct DraftFacts {
  std::vector<DraftNote> notes;
  std::set<std::string, std::less<>> unknown_number;     // services: how many servers they have
  std::set<std::string, std::less<>> unknown_addresses;  // services: where their servers are
  std::set<std::string, std::less<>> named_cookies;      // services whose cookie has a name there
  std::optional<AccessLogDraft> access_log;              // of a static configuration that has one
};

}  // namespace stickyd
