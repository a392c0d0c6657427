// SPDX-License-Identifier: Apache-2.0
// kube_traefik.cc: Traefik itself among the workloads: the version of its image, and its flags,
//                  which are the static configuration.
#include "kube_reader.h"
#include "stickyd/base/text.h"
#include "stickyd/base/version.h"

namespace stickyd {
namespace {

// The tag of an image of Traefik; null if it is another image.
std::optional<std::string_view> TraefikTag(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const size_t colon = image.rfind(':');
  const bool tagged = colon != npos && image.find('/', colon) == npos;
  const std::string_view name = tagged ? image.substr(0, colon) : image;
  if (name != "traefik" && !name.ends_with("/traefik")) return std::nullopt;
  std::string_view tag = tagged ? image.substr(colon + 1) : "";
  tag.remove_prefix(tag.starts_with('v') ? 1 : 0);
  return tag.substr(0, tag.find_first_not_of("0123456789."));
}

void ReadContainer(const Node& container, KubeReader& reader) {
  const auto tag = TraefikTag(container.TextOf("image"));
  if (!tag) return;
  if (IsAtLeast(*tag, "1.0")) reader.out.set_version(*tag);
  std::vector<const Node*> words;
  for (const std::string_view key : {"command", "args"}) {
    const Node* list = container.Find(key);
    if (list == nullptr) continue;
    for (const Node& word : list->children) words.push_back(&word);
  }
  SchemaReading reading;
  reading.version = reader.out.version();
  reading.complain = [&](const SchemaComplaint& complaint) {
    if (EqualsIgnoreCase(complaint.path, "configFile")) return;
    reader.out.Complain(complaint, FindingLevel::kError, "Traefik then does not start.");
  };
  AddStatic(ReadBySchema(reading, StaticSchema(), TreeOfFlags(words), ""), reader.out);
}

}  // namespace

void ReadTraefikWorkloads(KubeReader& reader) {
  for (const std::string_view kind : {"Deployment", "DaemonSet", "StatefulSet"}) {
    for (const KubeObject* object : reader.cluster.OfKind(kind)) {
      const Node* containers = object->node->At({"spec", "template", "spec", "containers"});
      if (containers == nullptr || !containers->IsList()) continue;
      for (const Node& container : containers->children) ReadContainer(container, reader);
    }
  }
}

}  // namespace stickyd
