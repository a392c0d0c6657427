// SPDX-License-Identifier: Apache-2.0
// saved_fuzz: folders of saved answers of Traefik's API. Four lines are a folder: rawdata, entry
// points, version, time. Refused with a reason, or usable; and what changed between them is said.
#include <string>

#include "fuzz_input.h"
#include "stickyd/model/config_changes.h"
#include "stickyd/traefik/interpreter.h"
#include "stickyd/traefik/saved_configs.h"
#include "support/memory_file_system.h"

namespace stickyd {
namespace {

constexpr size_t kMostFolders = 8;

// One that lists its folders.
class SavedFolders : public MemoryFileSystem {
 public:
  Result<std::vector<std::string>> List(const std::string&) const override { return folders_; }
  std::string AddFolder() {
    folders_.push_back(std::to_string(folders_.size()));
    return "/saved/" + folders_.back() + "/";
  }

 private:
  std::vector<std::string> folders_;
};

void Save(std::string_view input, SavedFolders& files) {
  for (size_t i = 0; i < kMostFolders && !input.empty(); ++i) {
    const std::string folder = files.AddFolder();
    for (const char* name : {"rawdata.json", "entrypoints.json", "version.json", "time.json"}) {
      const std::string_view part = TakePart(input);
      if (!part.empty()) files.Append(folder + name, part);
    }
  }
}

void Use(const SavedConfigs& saved) {
  const auto interpreter = *Interpreter::Create({}, KeyedHash({}));
  for (const auto& config : saved.configs) interpreter->AddConfig(config);
  for (const auto& [name, router] : saved.configs.back()->routers) {
    AccessRecord record;
    record.router = std::string_view(name);
    record.start.low = saved.configs.back()->time;
    Observation seen;
    interpreter->FindRoute(record, seen);
    static_cast<void>(interpreter->Rivals(*seen.route));
  }
  for (const auto& change : ChangeBook(interpreter->configs()).All()) {
    Must(change.after <= change.by && !change.text.empty(), "a change has a time and a text");
  }
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  SavedFolders files;
  Save(AsText(data, size), files);
  Within({200'000, 1000}, size, [&] {
    const auto saved = ReadSavedConfigs(files, "/saved");
    if (saved) {
      Use(*saved);
    } else {
      Must(!saved.error().message.empty(), "a refusal has a reason");
    }
  });
  return 0;
}
