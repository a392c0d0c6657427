// SPDX-License-Identifier: Apache-2.0
// explainer.h: what `explain` shows of a record or a line, for people and for programs.
// Role:    the command makes one and lets the pipeline show it everything.
// Shape:   text goes out as it is found; JSON is one document at the end.
// Threads: pipeline thread only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/config/settings.h"
#include "stickyd/engine/inspector.h"
#include "stickyd/engine/pipeline.h"

namespace stickyd {

// Which lines, records or sessions to explain: one of these.
struct ExplainTarget {
  std::optional<uint64_t> line;
  std::optional<uint32_t> file;  // of the line; nullopt: of any
  std::optional<uint64_t> count;
  std::string session;
};

class Explainer : public Inspector {
 public:
  explicit Explainer(ExplainTarget target) : target_(std::move(target)) {}
  void SetNames(const Pipeline& pipeline, const std::vector<std::string>& files) {
    pipeline_ = &pipeline;
    files_ = &files;
  }
  // There is nothing more to come.
  virtual void Finish() {}
  bool found() const { return found_; }

  bool Wants(const Outcome& outcome) const override;
  bool WantsLine(uint32_t file, uint64_t line) const override {
    return target_.line == line && file == target_.file.value_or(file);
  }

 protected:
  const std::string& Server(ServerId id) const { return pipeline_->servers().Name(id); }
  const std::string& Service(const Outcome& outcome) const {
    return pipeline_->services().Name(outcome.service);
  }
  const std::string& Scope(const Outcome& outcome) const {
    return pipeline_->scopes().Name(outcome.scope);
  }
  std::string File(uint32_t file) const {
    return file < files_->size() ? (*files_)[file] : std::string();
  }
  std::string CookieWords(const Observation& seen) const;
  std::string AdviceOn(const Outcome& outcome) const;
  // Why a record whose verdict was open is no break.
  static std::string_view WhyNoBreak(const Judgement& judgement);
  // What Traefik could be told to log, or stickyd to read, so that this is settled.
  static std::vector<std::string> Hints(const Inspection& at);
  // A tick of a history as time; histories hold the low half only, so it is taken to be near.
  static EventTime NearTime(Tick tick, EventTime near) {
    return near + EventDuration(tick.Since(Tick(near)));
  }

  bool found_ = false;

 private:
  const ExplainTarget target_;
  const Pipeline* pipeline_ = nullptr;
  const std::vector<std::string>* files_ = nullptr;
};

std::unique_ptr<Explainer> MakeTextExplainer(ExplainTarget target);
std::unique_ptr<Explainer> MakeJsonExplainer(ExplainTarget target);

// Why a line gave no record, as a sentence; "" where the name of the reason says all.
std::string_view WhyNoRecord(LineFate fate);
// `unparsed` or `skipped`, and the reason's name.
std::string_view KindName(LineFate fate);
std::string_view ReasonName(LineFate fate);
// What to do about it, or "".
std::string_view AdviceOn(LineFate fate);

}  // namespace stickyd
