// SPDX-License-Identifier: Apache-2.0
// rawdata_fuzz: what claims to be lists of Traefik's API, or v1.7's providers. What is taken is a
// document that ReadConfig reads or refuses; it is not longer than a small multiple of its input.
#include "../../src/api/rawdata.h"
#include "fuzz_input.h"
#include "stickyd/traefik/config_reader.h"

namespace {

void Look(const std::optional<std::string>& rawdata, size_t size) {
  using namespace stickyd;
  if (!rawdata) return;
  Must(rawdata->size() <= 300 + 12 * size, "no document grows without bound");
  const auto config = ReadConfig({*rawdata, "", "", EventTime()});
  Must(config.has_value() || !config.error().message.empty(), "a refusal has a reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  const std::string text(AsText(data, size));
  Within({50'000, 1500}, size, [&] {
    Look(RawdataOfProviders(text), size);
    Look(RawdataOfLists(text, "[]", "[]"), size);
    Look(RawdataOfLists("[]", text, "[]"), size);
    Look(RawdataOfLists("[]", "[]", text), size);
    const auto joined = JoinPages({text, "[1]"});
    Must(!joined || joined->ends_with("1]"), "pages stay in order");
  });
  return 0;
}
