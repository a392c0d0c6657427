// SPDX-License-Identifier: Apache-2.0
// routing.h: records and configurations for tests of what the interpreter makes of them.
// Role:    route_test.cc and interpret_test.cc derive from it.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "stickyd/traefik/config_reader.h"
#include "stickyd/traefik/cookie_codec.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class Routing : public testing::Test {
 protected:
  void Use(const InterpreterOptions& options) {
    interpreter_ = *Interpreter::Create(options, KeyedHash({}));
    traits_ = {};
  }
  static EventTime AtSecond(int64_t second) { return EventTime(std::chrono::seconds(second)); }
  // Rawdata of Traefik's API, as it was read then.
  void Configure(const std::string& rawdata, int64_t second = 0, const std::string& version = "",
                 const std::string& entry_points = "") {
    auto config = ReadConfig({rawdata, entry_points, version, AtSecond(second)});
    ASSERT_TRUE(config.has_value()) << config.error().message;
    interpreter_->AddConfig(std::make_shared<TraefikConfig>(std::move(*config)));
  }
  // A JSON record; empty: not logged.
  static AccessRecord RecordOf(const char* router, const char* service, const char* url,
                               int64_t second = 1) {
    const auto text = [](const char* of) { return *of == '\0' ? Text() : Text(of); };
    AccessRecord record;
    record.format = LogFormat::kJson;
    record.start = {AtSecond(second), AtSecond(second)};
    record.router = text(router);
    record.service = text(service);
    record.server_url = text(url);
    return record;
  }
  // The route stays valid until the next one is asked for.
  const Route& RouteOf(const AccessRecord& record) {
    Observation seen;
    interpreter_->FindRoute(record, seen);
    return *seen.route;
  }
  Observation See(const AccessRecord& record) {
    Observation seen;
    interpreter_->FindRoute(record, seen);
    interpreter_->Interpret(record, traits_, seen);
    return seen;
  }
  std::string ScopeOf(const AccessRecord& record) {
    return interpreter_->scopes().Name(RouteOf(record).scope);
  }
  std::string ServiceOf(const AccessRecord& record) {
    return interpreter_->services().Name(RouteOf(record).service);
  }
  std::string NameOf(ServerId server) const { return interpreter_->servers().Name(server); }

  std::unique_ptr<Interpreter> interpreter_ = *Interpreter::Create({}, KeyedHash({}));
  SourceTraits traits_;
};

}  // namespace stickyd
