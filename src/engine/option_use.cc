// SPDX-License-Identifier: Apache-2.0
#include "option_use.h"

#include <re2/re2.h>

#include <functional>

#include "stickyd/session/identifier.h"

namespace stickyd {

struct OptionUse::Waiting {
  using IsMet = std::function<bool(const AccessRecord&, const Observation&, const Identifier&)>;
  std::string option;
  IsMet is_met;
};

namespace {

using Exclude = IdentifierOptions::Exclude;

std::string_view WithoutProvider(std::string_view name) { return name.substr(0, name.rfind('@')); }

// An identifier that knows one exclusion only: what it excludes, that one does.
auto Excludes(const PipelineOptions& options, std::vector<std::string> Exclude::*list,
              const std::string& value, ExcludeReason reason) {
  IdentifierOptions alone;
  alone.sessions = {"none"};
  alone.trusted_proxies = options.identifier.trusted_proxies;
  (alone.exclude.*list).push_back(value);
  auto made = Identifier::Create(alone, KeyedHash({}));
  const std::shared_ptr<Identifier> one = made ? std::move(*made) : nullptr;
  return [one, reason](const AccessRecord& record, const Observation& seen, const Identifier&) {
    if (one == nullptr) return true;
    Observation scratch = seen;
    one->Identify(
        record, [](const Route&, std::string_view) { return false; }, scratch);
    return scratch.excluded == reason;
  };
}

auto Maps(const std::string& pattern) {
  re2::RE2::Options quiet;
  quiet.set_log_errors(false);
  const auto router = std::make_shared<re2::RE2>(pattern, quiet);
  return [router](const AccessRecord&, const Observation& seen, const Identifier&) {
    return re2::RE2::FullMatch(seen.route->router, *router);
  };
}

auto IsRoot(const std::string& root) {
  return [root](const AccessRecord&, const Observation& seen, const Identifier&) {
    return seen.route->router == root ||
           WithoutProvider(seen.route->router) == WithoutProvider(root);
  };
}

}  // namespace

OptionUse::OptionUse(const PipelineOptions& options) {
  const auto wait = [this](const char* name, const std::string& value, Waiting::IsMet is_met) {
    waiting_.push_back(std::make_unique<Waiting>(
        Waiting{std::string("--") + name + " " + value, std::move(is_met)}));
  };
  const auto& sessions = options.identifier.sessions;
  for (size_t i = 0; i < sessions.size(); ++i) {
    if (sessions[i] == "auto" || sessions[i] == "none") continue;
    wait("session", sessions[i],
         [i](const AccessRecord& record, const Observation&, const Identifier& identifier) {
           return identifier.HasSession(record, i);
         });
  }
  const Exclude& exclude = options.identifier.exclude;
  const struct {
    const char* name;
    std::vector<std::string> Exclude::*list;
    ExcludeReason reason;
  } kinds[] = {{"exclude.path", &Exclude::paths, ExcludeReason::kPath},
               {"exclude.user-agent", &Exclude::user_agents, ExcludeReason::kUserAgent},
               {"exclude.client", &Exclude::clients, ExcludeReason::kClient},
               {"exclude.service", &Exclude::services, ExcludeReason::kService}};
  for (const auto& kind : kinds) {
    for (const std::string& value : exclude.*kind.list) {
      wait(kind.name, value, Excludes(options, kind.list, value, kind.reason));
    }
  }
  for (const auto& map : options.interpreter.service_map) {
    wait("service.map", map.router + "=" + map.name, Maps(map.router));
  }
  for (const std::string& root : options.interpreter.roots) wait("root", root, IsRoot(root));
}
OptionUse::~OptionUse() = default;

void OptionUse::Note(const AccessRecord& record, const Observation& seen,
                     const Identifier& identifier) {
  std::erase_if(waiting_,
                [&](const auto& waiting) { return waiting->is_met(record, seen, identifier); });
}

std::vector<std::string> OptionUse::Idle() const {
  std::vector<std::string> idle;
  idle.reserve(waiting_.size());
  for (const auto& waiting : waiting_) idle.push_back(waiting->option);
  return idle;
}

}  // namespace stickyd
