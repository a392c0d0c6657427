// SPDX-License-Identifier: Apache-2.0
// config_fuzz: what claims to be Traefik's rawdata. Refused or usable, never a crash.
#include "fuzz_input.h"
#include "stickyd/traefik/config_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  ApiAnswers answers;
  answers.rawdata = AsText(data, size);
  Result<TraefikConfig> config;
  Within({20'000, 200}, size, [&] { config = ReadConfig(answers); });
  if (!config) {
    Must(!config.error().message.empty(), "a refusal has a reason");
    return 0;
  }
  for (const auto& [name, roots] : config->roots_of) {
    for (const auto& root : roots)
      Must(config->FindService(root) == nullptr || config->Tree(root) != nullptr, "a tree");
  }
  return 0;
}
