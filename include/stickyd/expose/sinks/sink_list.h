// SPDX-License-Identifier: Apache-2.0
// sink_list.h: several sinks, as one.
// Role:    a command adds every sink that it was asked for, and gives the pipeline the list.
// Threads: pipeline thread only.
#pragma once

#include <vector>

#include "stickyd/model/outcome.h"

namespace stickyd {

class SinkList : public OutcomeSink {
 public:
  // It must outlive the list.
  void Add(OutcomeSink* sink) { sinks_.push_back(sink); }

  void OnRecord(const Outcome& outcome, bool open) override {
    for (OutcomeSink* sink : sinks_) sink->OnRecord(outcome, open);
  }
  void OnClosed(const Outcome& outcome) override {
    for (OutcomeSink* sink : sinks_) sink->OnClosed(outcome);
  }

 private:
  std::vector<OutcomeSink*> sinks_;
};

}  // namespace stickyd
