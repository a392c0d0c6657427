// SPDX-License-Identifier: Apache-2.0
#include "setup.h"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "log_sink.h"
#include "stickyd/app/version.h"
#include "stickyd/base/listen_address.h"
#include "stickyd/base/output_file.h"
#include "stickyd/base/text.h"

namespace stickyd {

namespace {

// The message as a string of JSON, which logfmt reads as well: whatever is in it, a line stays one.
class QuotedMessage : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    const std::string quoted =
        nlohmann::json(std::string(message.payload.data(), message.payload.size()))
            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out.append(quoted.data(), quoted.data() + quoted.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<QuotedMessage>();
  }
};

std::unique_ptr<spdlog::formatter> LogFormatter(LogStyle style) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<QuotedMessage>('*').set_pattern(
      style == LogStyle::kJson ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","msg":%*})"
                               : "time=%Y-%m-%dT%H:%M:%S.%eZ level=%l msg=%*");
  return formatter;
}

}  // namespace

void SetUpLog(const Settings& settings) {
  spdlog::sink_ptr sink = std::make_shared<spdlog::sinks::null_sink_mt>();  // it may be closed
  if (auto out = OutputFile::OpenStandardError(WhenFull::kDrop))
    sink = std::make_shared<LogSink>(std::move(*out));
  auto logger = std::make_shared<spdlog::logger>("stickyd", std::move(sink));
  logger->set_formatter(LogFormatter(settings.log_style));
  logger->set_level(spdlog::level::from_str(settings.log_level));
  spdlog::set_default_logger(std::move(logger));
}

namespace {

constexpr size_t kMostCa = size_t{16} << 20U;  // bytes of a file of certificates

Status TryListen(const std::string& text) {
  const auto address = ListenAddress::Parse(text);
  return address ? address->Try() : tl::unexpected(address.error());
}

}  // namespace

Result<PipelineSetup> SetUpPipeline(const Settings& settings, OutcomeSink* sink) {
  if (settings.snapshot_dir.empty()) return SetUpPipeline(settings, sink, SavedConfigs{});
  auto saved = ReadSavedConfigs(RealFileSystem(), settings.snapshot_dir);
  if (!saved) return Fail(saved.error().code, "--traefik.snapshot: " + saved.error().message);
  return SetUpPipeline(settings, sink, std::move(*saved));
}

Result<PipelineSetup> SetUpPipeline(const Settings& settings, OutcomeSink* sink,
                                    SavedConfigs saved) {
  auto key = HashKey(settings.state_dir);
  if (!key) return Fail(key.error().code, "--state-dir: " + key.error().message);
  auto pipeline = Pipeline::Create(settings.pipeline, KeyedHash(*key), sink);
  if (!pipeline) return tl::unexpected(pipeline.error());
  PipelineSetup setup{std::move(*pipeline), {}};
  for (auto& config : saved.configs) setup.pipeline->AddConfig(std::move(config));
  if (saved.left_out != 0) setup.problems.push_back(LeftOut(saved));
  for (const Error& refused : saved.refused) setup.problems.push_back(refused.message);
  return setup;
}

std::vector<ApiTarget> ApiTargets(const TraefikSettings& settings) {
  std::vector<ApiTarget> targets;
  for (const std::string& url : settings.urls) {
    ApiTarget target{url, settings.host, settings.basic_file, settings.bearer_file, {}};
    target.http.timeout = settings.timeout;
    target.http.connect_timeout = settings.timeout;
    target.http.user_agent = "stickyd/" + std::string(GetBuildInfo().version);
    target.http.ca_file = settings.ca;
    target.http.client_cert = settings.cert;
    target.http.client_key = settings.key;
    target.http.insecure = settings.insecure;
    targets.push_back(std::move(target));
  }
  return targets;
}

Unusable FindUnusable(const Settings& settings) {
  Unusable found;
  const auto told = [&](const char* option, size_t value, const Error& error) {
    return SettingsProblem{settings.PlaceOf(option, value),
                           fmt::format("--{}: {}", option, error.message)};
  };
  const auto check = [&](const char* option, size_t value, const Status& status) {
    if (!status) found.problems.push_back(told(option, value, status.error()));
  };
  if (!settings.events.empty()) check("events", 0, OutputFile::Try(settings.events));
  check("state-dir", 0, TryHashKey(settings.state_dir));
  for (size_t i = 0; i < settings.watch.listen_addresses.size(); ++i)
    check("web.listen-address", i, TryListen(settings.watch.listen_addresses[i]));
  for (const ProbeTarget& probe : settings.watch.probes) {
    if (probe.options.ca_file.empty()) continue;
    const auto ca = ReadWholeFile(RealFileSystem(), probe.options.ca_file, kMostCa);
    if (ca) continue;
    const std::string section = "probe." + probe.name;
    found.problems.push_back(
        {settings.PlaceOf(section), fmt::format("{}.ca: {}", section, ca.error().message)});
  }
  if (settings.snapshot_dir.empty()) return found;
  auto saved = ReadSavedConfigs(RealFileSystem(), settings.snapshot_dir);
  if (!saved) {
    found.problems.push_back(told("traefik.snapshot", 0, saved.error()));
    return found;
  }
  for (const Error& refused : saved->refused)
    found.refused.push_back(told("traefik.snapshot", 0, refused));
  found.saved = std::move(*saved);
  return found;
}

void Complain(const char* command, std::string_view message) {
  constexpr size_t kMostShown = 4000;
  fmt::print(stderr, "stickyd {}: {}\n", command, Printable(message, kMostShown));
}

void PrintProblems(const char* command, const std::vector<SettingsProblem>& problems) {
  for (const SettingsProblem& problem : problems)
    Complain(command, problem.place + ": " + problem.message);
}

}  // namespace stickyd
