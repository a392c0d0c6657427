// SPDX-License-Identifier: Apache-2.0
// running.h: the program's commands, run within the test: what they print, and how they end.
// Role:    tests of commands derive from it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "stickyd/app/app.h"
#include "support/json_line.h"
#include "support/temp_dir.h"

namespace stickyd {

class Running : public testing::Test {
 protected:
  using Arguments = std::vector<std::string>;

  // Nothing of this machine's configuration is read.
  int Run(const std::string& command, Arguments arguments) {
    arguments.insert(arguments.begin(), {command, "--config.file", "/dev/null"});
    return Call(arguments);
  }
  int Call(const Arguments& arguments) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = Main(arguments);
    err_ = testing::internal::GetCapturedStderr();
    out_ = testing::internal::GetCapturedStdout();
    return code;
  }
  std::string Path(const std::string& name) const { return folder_.path() / name; }
  std::string Put(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
    return Path(name);
  }
  static std::string ContentOf(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // A client that is pinned to a and served by b from the third request on: a break.
  static std::string BrokenLog() {
    std::string log;
    uint64_t count = 0;
    const auto add = [&](const JsonRequest& request) { log += JsonLine(request, ++count); };
    add({.start_ms = 0, .client = "2.2.2.2", .server = 'b'});
    add({.start_ms = 1000, .set_cookie = "s=http://10.0.0.a:80; Path=/"});
    add({.start_ms = 2000, .cookie = "s=http://10.0.0.a:80"});
    add({.start_ms = 3000,
         .server = 'b',
         .cookie = "s=http://10.0.0.a:80",
         .set_cookie = "s=http://10.0.0.b:80; Path=/"});
    add({.start_ms = 9000, .client = "2.2.2.2", .server = 'b'});
    add({.start_ms = 900'000, .client = "2.2.2.3", .server = 'b'});
    return log;
  }

  const TempDir folder_;
  std::string out_;
  std::string err_;
};

}  // namespace stickyd
