// SPDX-License-Identifier: Apache-2.0
// compose.cc: Compose files: the labels of their services, as Traefik's Docker and Swarm providers
//             read them, and the flags of Traefik where it is one of them.
#include <fmt/format.h>

#include <algorithm>

#include "container.h"
#include "draft_builder.h"
#include "stickyd/base/text.h"
#include "stickyd/base/version.h"

namespace stickyd {
namespace {

constexpr size_t kMostReplicas = 1000;
constexpr size_t kMostLabels = 2000;  // of one container
constexpr size_t kMostWords = 2000;   // of one command

// One service of the project, of all its files.
struct ComposeService {
  std::string name;
  std::vector<const Node*> parts;  // the later one counts

  const Node* Find(std::initializer_list<std::string_view> path) const {
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if (const Node* node = (*part)->At(path)) return node;
    }
    return nullptr;
  }
};

class Project {
 public:
  Project(const std::vector<const Node*>& documents, const std::vector<DraftFile>& files,
          DraftBuilder& out)
      : out_(out) {
    name_ = NameOf(documents, files);
    for (const Node* document : documents) {
      const Node* services = document->Find("services");
      if (const Node* include = document->Find("include")) {
        out_.NotKnown(include->key_place, "Files that include names are not read; name them too.");
      }
      if (services == nullptr) continue;
      for (const Node& service : services->children) {
        if (service.IsMap()) AddPart(service);
      }
    }
  }

  void Read() {
    // Flags first: they say who is exposed.
    for (const ComposeService& service : services_) ReadTraefik(service);
    for (const ComposeService& service : services_) ReadService(service);
  }

 private:
  // `name`, or that of the folder, in the characters that Compose keeps.
  static std::string NameOf(const std::vector<const Node*>& documents,
                            const std::vector<DraftFile>& files) {
    for (const Node* document : documents) {
      const std::string_view name = document->TextOf("name");
      if (!name.empty() && !IsVariable(name)) return std::string(name);
    }
    std::string_view path = files[documents.front()->place.file].name;
    path = path.substr(0, path.rfind('/') == npos ? 0 : path.rfind('/'));
    path.remove_prefix(path.rfind('/') == npos ? 0 : path.rfind('/') + 1);
    std::string out;
    for (const char c : ToLower(path)) {
      const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (kept) out += c;
    }
    return out;
  }

  void AddPart(const Node& service) {
    const auto same = std::find_if(services_.begin(), services_.end(),
                                   [&](const auto& known) { return known.name == service.key; });
    if (same == services_.end()) {
      services_.push_back({service.key, {&service}});
    } else {
      same->parts.push_back(&service);
    }
  }

  void ReadTraefik(const ComposeService& service) {
    const Node* image = service.Find({"image"});
    if (image == nullptr || !IsTraefik(image->text)) return;
    const size_t colon = image->text.rfind(':');
    std::string_view tag = colon == npos ? "" : std::string_view(image->text).substr(colon + 1);
    tag.remove_prefix(tag.starts_with('v') ? 1 : 0);
    if (IsAtLeast(tag, "1.0"))
      out_.set_version(tag.substr(0, tag.find_first_not_of("0123456789.")));
    const Node* command = service.Find({"command"});
    if (command == nullptr) return;
    std::vector<const Node*> words;
    Node split;
    if (command->IsText()) {
      ForEachPart(command->text, ' ', [&](std::string_view word) {
        if (split.children.size() >= kMostWords) return;
        Node& each = split.children.emplace_back();
        each.kind = Node::Kind::kText;
        each.place = command->place;
        each.text = word;
      });
      for (const Node& each : split.children) words.push_back(&each);
    }
    for (const Node& each : command->children) words.push_back(&each);
    words.resize(std::min(words.size(), kMostWords));
    SchemaReading reading;
    reading.version = out_.version();
    reading.complain = [&](const SchemaComplaint& complaint) {
      if (EqualsIgnoreCase(complaint.path, "configFile")) return;
      out_.Complain(complaint, FindingLevel::kError, "Traefik then does not start.");
    };
    AddStatic(ReadBySchema(reading, StaticSchema(), TreeOfFlags(words), ""), out_);
  }

  static bool IsTraefik(std::string_view image) {
    image = image.substr(0, image.find('@'));
    const size_t colon = image.rfind(':');
    if (colon != npos && image.find('/', colon) == npos) image = image.substr(0, colon);
    return image == "traefik" || image.ends_with("/traefik");
  }

  void ReadService(const ComposeService& service) {
    if (const Node* extends = service.Find({"extends"})) {
      out_.NotKnown(extends->key_place, "What extends brings in is not read.");
    }
    for (const bool swarm : {false, true}) {
      std::vector<Label> labels;
      const Node* last = nullptr;
      for (const Node* part : service.parts) {
        const Node* node = swarm ? part->At({"deploy", "labels"}) : part->Find("labels");
        if (node == nullptr) continue;
        last = node;
        for (Label& label : LabelsOf(*node)) {
          if (labels.size() >= kMostLabels) break;
          if (EqualsIgnoreCase(label.key.substr(0, 8), "traefik.")) labels.push_back(label);
        }
      }
      if (!labels.empty()) Add(service, std::move(labels), *last, swarm);
    }
  }

  void Add(const ComposeService& service, std::vector<Label> labels, const Node& place,
           bool swarm) {
    Container container;
    container.name = service.name;
    container.own = NormalizedName(swarm ? fmt::format("{}_{}", name_, service.name)
                                         : fmt::format("{}_{}", service.name, name_));
    container.swarm = swarm;
    container.labels = std::move(labels);
    container.place = &place;
    for (const auto& path :
         {std::initializer_list<std::string_view>{"scale"}, {"deploy", "replicas"}}) {
      const Node* node = service.Find(path);
      if (node == nullptr) continue;
      const auto number = ParseNumber<size_t>(node->text);
      if (number) container.replicas = std::min(*number, kMostReplicas);
      container.unknown_number |= !number;
    }
    const Node* mode = service.Find({"deploy", "mode"});
    container.unknown_number |= mode != nullptr && mode->text == "global";
    AddContainer(container, out_);
  }

  DraftBuilder& out_;
  std::string name_;
  std::vector<ComposeService> services_;
};

}  // namespace

bool IsCompose(const Node& document) {
  const Node* services = document.Find("services");
  if (services == nullptr || !services->IsMap() || document.Find("apiVersion") != nullptr) {
    return false;
  }
  return std::any_of(services->children.begin(), services->children.end(), [](const Node& each) {
    return each.Find("image") != nullptr || each.Find("build") != nullptr ||
           each.Find("labels") != nullptr || each.Find("deploy") != nullptr ||
           each.Find("extends") != nullptr;
  });
}

bool ReadComposeFiles(const std::vector<const Node*>& documents,
                      const std::vector<DraftFile>& files, DraftBuilder& out) {
  if (documents.empty()) return false;
  Project(documents, files, out).Read();
  return true;
}

}  // namespace stickyd
