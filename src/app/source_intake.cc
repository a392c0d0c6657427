#include "source_intake.h"

namespace stickyd {
namespace {

constexpr size_t kPlacesPerReason = 3;

}  // namespace

void SourceIntake::CountOther() {
  if (fate.kind() == LineFate::Kind::kSkipped) {
    ++stats.skipped[static_cast<size_t>(fate.skipped())];
    return;
  }
  ++stats.unparsed[static_cast<size_t>(fate.unparsed())];
  if (fate.unparsed() == UnparsedReason::kFieldsDropped) stats.dropped |= record.dropped;
}

void SourceIntake::NotePlace(uint32_t file) {
  if (fate.kind() != LineFate::Kind::kUnparsed) return;
  const auto reason = static_cast<size_t>(fate.unparsed());
  if (places_[reason] >= kPlacesPerReason) return;
  ++places_[reason];
  stats.unparsed_places.push_back({fate.unparsed(), file, line});
}

}  // namespace stickyd
