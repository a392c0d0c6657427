// SPDX-License-Identifier: Apache-2.0
// finding.h: what the audit found in a configuration, and the rule that found it.
// Role:    audit makes findings; expose shows them.
// Shape:   names and values are the configuration's own, and so somebody else's text: whoever
//          prints one makes it harmless first. `rule` lives as long as the program.
// Source:  docs/AUDIT.md has the rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

enum class FindingLevel : uint8_t { kInfo, kWarning, kError };
inline std::string_view Name(FindingLevel level) {
  constexpr std::string_view kNames[] = {"info", "warning", "error"};
  return kNames[static_cast<size_t>(level)];
}

// A rule of the audit, as people see it. (`Rule` in rule.h is one of the detector's.)
struct AuditRuleInfo {
  std::string_view id;        // "A5"
  std::string_view sharpens;  // the id of a second list that is part of this rule, or ""
  std::string_view name;      // "single_server"
  FindingLevel level;         // the highest that its findings have
  std::string_view title;
  std::string_view why;  // why it will break
};

// A part of the configuration that a finding is about.
struct FindingObject {
  std::string_view kind;  // "service", "router", "entry point", "middleware", "server", "traefik"
  std::string name;
  friend bool operator==(const FindingObject&, const FindingObject&) = default;
};

// A place in a file. Lines and columns count from 1; line 0 is the whole file.
struct FileSpot {
  std::string file;
  size_t line = 0;
  size_t column = 0;
  friend bool operator==(const FileSpot&, const FileSpot&) = default;
};

// One setting of one part of the configuration: what to set it to, or to remove it, or what its
// key should be.
struct FixEdit {
  enum class Action : uint8_t { kSet, kRemove, kRename };
  Action action = Action::kSet;
  FindingObject object;  // the service or router
  std::string path;      // below its kind: "sticky.cookie.name"
  std::string value;     // of kSet: the value; of kRename: the new key
};

// One change said in each way of writing it. Empty where that way does not exist.
struct Fix {
  std::string text;
  std::string yaml;              // for the file provider
  std::string labels;            // Docker, Swarm, Nomad, Consul
  std::string kubernetes;        // an IngressRoute, a TraefikService, or an annotation
  std::vector<FixEdit> edits{};  // the same for a program; empty where it takes a person
};

struct Finding {
  const AuditRuleInfo* rule = nullptr;
  FindingLevel level = FindingLevel::kInfo;
  std::string service;  // below which people find it; empty: all of Traefik
  std::vector<FindingObject> objects;
  std::string text;  // one or two sentences with the real names and values
  Fix fix;
  std::string detail;       // what else tells two findings of one rule and one set of objects apart
  std::string fingerprint;  // the same in every run: of rule, objects and detail, not of the rest
  bool accepted = false;    // it is in the baseline, or a comment in the file says so
  std::vector<FileSpot> spots;  // of the files that were read, the nearest first
};

}  // namespace stickyd
