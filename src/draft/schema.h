// SPDX-License-Identifier: Apache-2.0
// schema.h: the keys that Traefik reads, and what it makes of a document by them.
// Role:    the readers of files and of labels give it a tree; what they get is a tree in Traefik's
//          own spelling, as its API would show it.
// Shape:   keys are compared without case, as Traefik does. Labels come as a tree as well: see
//          labels.h.
// Errors:  a key or value that Traefik does not take is told to `complain`, and left out.
// Threads: thread-safe; the schema is read once.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "node.h"

namespace stickyd {

extern const std::string_view kDynamicKeys;
extern const std::string_view kStaticKeys;

struct SchemaKey {
  enum class Type : uint8_t { kText, kBool, kInt, kList, kMap, kObject, kObjects, kAny, kKept };
  enum class Where : uint8_t { kBoth, kFile, kLabel };
  std::string name;  // "*": any
  Type type = Type::kText;
  bool may_be_empty = false;
  bool only_v2 = false;
  Where where = Where::kBoth;
  std::string since;  // "3.4"; empty: always
  std::vector<SchemaKey> keys;

  const SchemaKey* Find(std::string_view key) const;  // without case
};
// Is (a part of) it put in by a template or a variable, so that it cannot be known?
bool IsVariable(std::string_view text);

SchemaKey SchemaOf(std::string_view text);  // as the texts in schema_text.cc
const SchemaKey& DynamicSchema();
const SchemaKey& StaticSchema();

struct SchemaComplaint {
  enum class Kind : uint8_t { kUnknown, kMisplaced, kTooNew, kTooOld, kBadValue, kEmpty };
  Kind kind = Kind::kUnknown;
  NodePlace place;
  std::string path;     // "http.services.shop.loadBalancer.stickyness"
  std::string text;     // a sentence about the key
  std::string instead;  // the key that was meant, where one is near
};

struct SchemaReading {
  SchemaKey::Where where = SchemaKey::Where::kFile;
  std::string_view version;  // of Traefik; empty: any
  // The API server of Kubernetes reads it first: case counts, and a key without a value is none.
  bool api_server = false;
  const SchemaKey* root = nullptr;  // where keys may be that stand in a wrong place
  std::function<void(SchemaComplaint)> complain;
};

// `node` is the value of `schema`, which stands at `path` ("" for the root).
nlohmann::json ReadBySchema(const SchemaReading& reading, const SchemaKey& schema, const Node& node,
                            const std::string& path);

}  // namespace stickyd
