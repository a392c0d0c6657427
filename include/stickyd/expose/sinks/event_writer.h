// SPDX-License-Identifier: Apache-2.0
// event_writer.h: one JSON object per break, for Loki or a SIEM.
// Role:    watch and analyze write one when a break's cause is decided.
// Shape:   docs/REPORT.md "Break events". There is a limit per service and minute of event time.
//          Events beyond it are counted, and the next event says how many were left out.
// Errors:  each event that could not be written is counted, and the daemon goes on. Whoever opens
//          the file decides whether it waits for a reader.
// Threads: pipeline thread only.
#pragma once

#include <cstdint>
#include <map>

#include "stickyd/base/output_file.h"
#include "stickyd/expose/sinks/verdict_writer.h"

namespace stickyd {

class EventWriter : public OutcomeSink {
 public:
  EventWriter(OutputFile out, uint32_t per_minute)
      : out_(std::move(out)), per_minute_(per_minute) {}
  void SetNames(const OutcomeNames& names) { names_ = names; }

  void OnRecord(const Outcome& outcome, bool open) override;
  void OnClosed(const Outcome& outcome) override;
  // Writes what was settled. If there is nothing, it returns how the last attempt went.
  Status Flush() { return out_.Flush(); }
  Status Reopen() { return out_.Reopen(); }
  // Flushes for the last time. It fails if events were lost earlier, even if all is well now.
  Status Finish();

  uint64_t suppressed() const { return suppressed_; }
  uint64_t written() const { return out_.lines().written; }
  uint64_t failed() const { return out_.lines().failed; }
  uint64_t dropped() const { return out_.lines().dropped; }
  uint64_t waiting() const { return out_.waiting(); }

 private:
  struct Budget {
    int64_t minute = 0;
    uint32_t used = 0;
    uint64_t left_out = 0;
  };
  OutputFile out_;
  const uint32_t per_minute_;
  OutcomeNames names_;
  std::map<ServiceId, Budget> budgets_;
  uint64_t suppressed_ = 0;
};

}  // namespace stickyd
