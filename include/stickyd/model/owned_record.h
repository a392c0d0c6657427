// SPDX-License-Identifier: Apache-2.0
// owned_record.h: a record that owns its texts, for the few that outlive their line.
// Shape:   views of the record point into a copy; it can be moved, not copied.
// Cost:    an allocation of the size of the record's texts.
#pragma once

#include <memory>

#include "stickyd/model/access_record.h"

namespace stickyd {

class OwnedRecord {
 public:
  explicit OwnedRecord(const AccessRecord& record);
  const AccessRecord& operator*() const { return record_; }
  const AccessRecord* operator->() const { return &record_; }

 private:
  AccessRecord record_;
  std::unique_ptr<char[]> texts_;
};

}  // namespace stickyd
