// SPDX-License-Identifier: Apache-2.0
// draft_fuzz: files before the deploy. The first letter says what the file is called. Whatever is
// in it, the reading ends, says where what it found is, and what mends it is a text again.
#include <memory>

#include "fuzz_input.h"
#include "stickyd/audit/audit.h"
#include "stickyd/draft/draft.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  std::string text(AsText(data, size));
  const bool toml = text.starts_with('t');
  const std::vector<DraftFile> files = {
      {toml ? "a.toml" : "a.yml", text.substr(text.empty() ? 0 : 1)}};
  const Draft draft = ReadDraft(files, "");
  auto config = ReadConfig(draft.answers);
  if (!config) {
    Must(config.error().code == ErrorCode::kLimit, "what is read is an answer of the API");
    return 0;
  }
  AuditInput input;
  input.configs = {std::make_shared<TraefikConfig>(std::move(*config))};
  input.draft = &draft.facts;
  std::vector<Finding> findings = Audit(input);
  for (const FileSpot& spot : Locate(draft, files, findings)) Must(spot.line > 0, "a line");
  size_t changes = 0;
  for (const Finding& finding : findings) {
    Must(!finding.text.empty() && !finding.fix.text.empty(), "a sentence and a fix");
    for (const FileSpot& spot : finding.spots) Must(spot.file == files[0].name, "the file");
    if (finding.fix.edits.empty() || ++changes > 5) continue;
    const auto after = Apply(draft, files, finding);
    if (after == nullptr) continue;
    Must(after->size() == 1, "the same files");
    const std::string patch = UnifiedDiff("a", files[0].text, after->front().text);
    Must(patch.empty() == (files[0].text == after->front().text), "a patch for each change");
    ReadDraft(*after, "");
  }
  return 0;
}
