// SPDX-License-Identifier: Apache-2.0
// verdict_writer.h: the verdict of every record, as JSON lines in line order.
// Role:    `analyze --verdicts`. Records whose verdict or cause is still open hold the later ones
//          back until they are settled.
// Shape:   docs/REPORT.md "Verdicts".
// Errors:  a write that fails is reported by Finish, once.
// Threads: pipeline thread only.
// Cost:    memory for the records between the oldest open one and now, at most kMostWaiting.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "stickyd/base/name_table.h"
#include "stickyd/base/output_file.h"
#include "stickyd/model/outcome.h"

namespace stickyd {

// Names for the numbers of an Outcome.
struct OutcomeNames {
  const NameTable<ServerId>* servers = nullptr;
  const NameTable<ServiceId>* services = nullptr;
  const NameTable<ScopeId>* scopes = nullptr;
  const std::vector<std::string>* files = nullptr;
};

std::string SessionName(uint64_t session);

class VerdictWriter : public OutcomeSink {
 public:
  static constexpr size_t kMostWaiting = 4'000'000;

  explicit VerdictWriter(OutputFile out) : out_(std::move(out)) {}
  void SetNames(const OutcomeNames& names) { names_ = names; }

  void OnRecord(const Outcome& outcome, bool open) override;
  void OnClosed(const Outcome& outcome) override;
  Status Finish();

 private:
  struct Waiting {
    Outcome outcome;
    bool open;
  };
  void WriteFront();

  OutputFile out_;
  OutcomeNames names_;
  std::deque<Waiting> waiting_;  // by id
  Status status_;
};

}  // namespace stickyd
