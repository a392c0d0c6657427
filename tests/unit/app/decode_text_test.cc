// SPDX-License-Identifier: Apache-2.0
// decode_text_test: how much of a long list is shown.
#include <gtest/gtest.h>

#include "running.h"

namespace stickyd {
namespace {

using DecodeTextTest = Running;

TEST_F(DecodeTextTest, FiveServicesOfACookieAreNamedAndTheOthersCounted) {
  for (const int services : {5, 7}) {
    const std::string folder = "of" + std::to_string(services);
    std::filesystem::create_directories(Path(folder));
    std::string list;
    for (int i = 0; i < services; ++i) {
      list += (i == 0 ? "\"s" : ",\"s") + std::to_string(i) +
              R"(@file": {"loadBalancer": {"servers": [{"url": "http://10.0.0.1:80"}],)" +
              R"("sticky": {"cookie": {"name": "lb"}}}})";
    }
    Put(folder + "/rawdata.json", R"({"routers": {}, "services": {)" + list + "}}");
    Put(folder + "/time.json", R"({"time_unix_ns": 1000000000})");
    Run("decode", {"lb=df5bd2f9c0180410", "--traefik.snapshot", Path(folder)});
    EXPECT_EQ(out_.find("lb, and so of 2 more services") != std::string::npos, services == 7)
        << out_;
    EXPECT_EQ(out_.find("more services") != std::string::npos, services == 7) << out_;
  }
}

}  // namespace
}  // namespace stickyd
