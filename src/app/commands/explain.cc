// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>

#include "../setup.h"
#include "commands.h"
#include "explainer.h"
#include "stickyd/app/app.h"
#include "stickyd/base/text.h"
#include "stickyd/feed/finished_logs.h"

namespace stickyd {
namespace {

struct Asked {
  ExplainTarget target;
  std::vector<std::string> files;
  int questions = 0;
};

// FILE:N, as grep -n and compilers say it. A file of that very name comes first.
void TakeLineOfFile(Asked& asked, uint32_t index) {
  std::string& path = asked.files[index];
  const size_t colon = path.rfind(':');
  if (colon == std::string::npos || colon == 0 || RealFileSystem().Stat(path)) return;
  const auto line = ParseNumber<uint64_t>(std::string_view(path).substr(colon + 1));
  if (!line || *line == 0) return;
  path.resize(colon);
  asked.target.line = line;
  asked.target.file = index;
  ++asked.questions;
}

Asked WhatIsAsked(const Settings& settings) {
  Asked asked;
  asked.files = settings.files;
  asked.target.line = settings.explain.line;
  asked.target.count = settings.explain.count;
  asked.target.session = settings.explain.session;
  asked.questions = (settings.explain.line ? 1 : 0) + (settings.explain.count ? 1 : 0) +
                    (settings.explain.session.empty() ? 0 : 1);
  for (uint32_t i = 0; i < asked.files.size(); ++i) TakeLineOfFile(asked, i);
  return asked;
}

}  // namespace

int RunExplain(const Settings& settings) {
  const Asked asked = WhatIsAsked(settings);
  if (asked.files.empty() || asked.questions != 1) {
    fmt::print(stderr, "stickyd explain: one of FILE:N, --line, --count or --id, and a file\n");
    return kExitUsage;
  }
  const auto explainer = settings.output == ReportFormat::kJson ? MakeJsonExplainer(asked.target)
                                                                : MakeTextExplainer(asked.target);
  auto setup = SetUpPipeline(settings, nullptr);
  if (!setup) {
    Complain("explain", setup.error().message);
    return setup.error().code == ErrorCode::kInvalidInput ? kExitConfig : kExitFound;
  }
  Pipeline& pipeline = *setup->pipeline;
  pipeline.SetInspector(explainer.get());
  FinishedLogs files(RealFileSystem(), asked.files, {settings.pipeline.max_line_bytes}, pipeline);
  explainer->SetNames(pipeline, files.paths());
  while (files.Step(8192)) {
  }
  pipeline.Finish();
  explainer->Finish();
  for (const std::string& problem : files.problems()) Complain("explain", problem);
  if (!explainer->found() && (files.problems().empty() || files.bytes_read() > 0)) {
    fmt::print(stderr, "stickyd explain: {}\n",
               asked.target.line    ? "no such record: there is no such line"
               : asked.target.count ? "no such record"
                                    : "no such record; hashes of sessions need the same "
                                      "--state-dir");
  }
  return explainer->found() && files.problems().empty() ? kExitFine : kExitFound;
}

}  // namespace stickyd
