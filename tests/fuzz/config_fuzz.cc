// SPDX-License-Identifier: Apache-2.0
// config_fuzz: what claims to be Traefik's rawdata. Refused or usable, never a crash, and whatever
// the audit says of it has a rule, a sentence and a fix.
#include "fuzz_input.h"
#include "stickyd/audit/audit.h"
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
  AuditInput input;
  input.configs = {std::make_shared<TraefikConfig>(std::move(*config))};
  input.replicas = input.configs;
  for (const Finding& finding : Audit(input)) {
    Must(finding.rule != nullptr && finding.level <= finding.rule->level, "a rule and its level");
    Must(!finding.text.empty() && !finding.fix.text.empty(), "a sentence and a fix");
  }
  return 0;
}
