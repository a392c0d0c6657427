#include "source_intake.h"

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kSamplesPerReason = 3;
constexpr size_t kSampleBytes = 200;

}  // namespace

void SourceIntake::CountOther(LineFate fate, const Line& read) {
  if (fate.kind() == LineFate::Kind::kSkipped) {
    ++stats.skipped[static_cast<size_t>(fate.skipped())];
    return;
  }
  const auto reason = static_cast<size_t>(fate.unparsed());
  ++stats.unparsed[reason];
  if (sampled[reason] >= kSamplesPerReason) return;
  ++sampled[reason];
  stats.samples.push_back(std::string(UnparsedReasonName(fate.unparsed())) + ": " +
                          Printable(read.text, kSampleBytes));
}

}  // namespace stickyd
