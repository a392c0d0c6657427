// SPDX-License-Identifier: Apache-2.0
// reader.h: a log's text -> what the oracle decides on.
// Role:    parser, interpreter and sequence tracker are the product's (what a line says, where
//          Traefik's configuration leads it, which counts may be compared:
//          sequence_tracker_test.cc);
//          who is who and what was learnt when is read anew here.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "seen.h"
#include "stickyd/config/settings.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd::oracle {

struct Log {
  std::unique_ptr<Interpreter> interpreter;  // has the names
  std::vector<Seen> records;

  std::string_view ServerName(ServerId server) const { return interpreter->servers().Name(server); }
};

Log Read(const Settings& settings, std::string_view text);

}  // namespace stickyd::oracle
