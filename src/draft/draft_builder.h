// SPDX-License-Identifier: Apache-2.0
// draft_builder.h: the configuration that the files make together, and what was noticed on the way.
// Role:    the reader of each kind of file adds what it finds; draft.cc links it and writes it as
//          the answers of an API.
// Shape:   names are qualified (shop@docker). Bodies are JSON in Traefik's own spelling. A service
//          whose servers have no address before the deploy has made-up ones of the form
//          http://CONTAINER:PORT, and says so.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "node.h"
#include "schema.h"
#include "stickyd/draft/draft.h"

namespace stickyd {

// Where a part of the configuration stands, and how one of its settings is written there.
struct Origin {
  enum class Syntax : uint8_t {
    kKeys,    // YAML: below `node`
    kToml,    // the table that `prefix` names
    kLabels,  // a label, or an annotation, that begins with `prefix`
    kNone     // it has no settings that could be edited
  };
  Syntax syntax = Syntax::kNone;
  NodePlace place;     // its name, or what else tells where it is
  Node node;           // of kKeys: the map that settings are below; of kLabels: the list or map
  std::string prefix;  // of kToml: "http.services.shop.loadBalancer"; of kLabels, with a dot behind
  std::string missing;  // of kLabels: the map of labels, which is to be put into `node` first
};

struct DraftPart {
  nlohmann::json body;
  Origin origin;
  bool implied = false;  // nobody wrote it: Traefik makes it of a container
  bool dropped = false;  // two define it, so that Traefik has neither
};
using DraftParts = std::map<std::string, DraftPart, std::less<>>;

class DraftOrigins {
 public:
  std::map<std::pair<std::string, std::string>, Origin, std::less<>> of;  // by kind and name
  const Origin* Find(std::string_view kind, std::string_view name) const;
};

class DraftBuilder {
 public:
  DraftBuilder(const std::vector<DraftFile>& files, std::string_view version)
      : version_(version), files_(files) {}

  DraftParts services;
  DraftParts routers;
  DraftParts middlewares;
  nlohmann::json static_config = nlohmann::json::object();  // in Traefik's own spelling
  std::set<std::string, std::less<>> providers;  // all of whose objects are in the files: "file"
  DraftFacts facts;

  std::string_view version() const { return version_; }
  void set_version(std::string_view version) {
    if (version_.empty()) version_ = version;
  }
  // One more server that is made up; false beyond kMostPlaceholders.
  bool TakeServer() { return ++servers_ <= kMostPlaceholders; }
  FileSpot Spot(const NodePlace& place) const {
    return {files_[place.file].name, place.line, place.column};
  }
  // No more than kMostNotes of them; a rule says how many were left out.
  void Note(DraftNote note);
  // A note of kNotKnown at a place.
  void NotKnown(const NodePlace& place, std::string text);
  // What a reading by the schema complains of. `then`: what Traefik does about it.
  void Complain(const SchemaComplaint& complaint, FindingLevel level, std::string_view then);

 private:
  static constexpr size_t kMostPlaceholders = 100'000;
  size_t servers_ = 0;
  std::string version_;
  const std::vector<DraftFile>& files_;
};

// Stands for a rule that cannot be known yet: some hosts, which nobody can name.
inline constexpr const char* kSomeRule = "HostRegexp(`^.+$`)";

// The kinds of files. Each returns false if the document is none of its kind.
bool ReadDynamicFile(const Node& document, DraftBuilder& out);
bool ReadStaticFile(const Node& document, DraftBuilder& out);
// `document` is one Compose file, or what several of one project make together.
bool ReadComposeFiles(const std::vector<const Node*>& documents,
                      const std::vector<DraftFile>& files, DraftBuilder& out);
bool IsCompose(const Node& document);
// All documents that have an apiVersion and a kind.
void ReadManifests(const std::vector<const Node*>& documents, DraftBuilder& out);
bool IsManifest(const Node& document);
// Values of Helm and kustomizations make manifests: a note says that they are not known.
bool NoteGenerator(const Node& document, std::string_view file, DraftBuilder& out);

// Flags of a command line, `--entrypoints.web.address=:80`, as a tree of keys. `places` are theirs.
Node TreeOfFlags(const std::vector<const Node*>& words);
// Static settings, whatever they were read from.
void AddStatic(const nlohmann::json& settings, DraftBuilder& out);

// What the access log keeps; null where none is configured.
std::optional<AccessLogDraft> ReadAccessLog(const nlohmann::json& static_config);

// Answers of the API for all that has been added; links routers and services first.
ApiAnswers WriteAnswers(DraftBuilder& builder);
// Disables what Traefik would, and notes what nothing leads to.
void LinkDraft(DraftBuilder& builder);

// `Normalize` of Traefik's Docker provider: letters and digits, the rest as single hyphens.
std::string NormalizedName(std::string_view name);

}  // namespace stickyd
