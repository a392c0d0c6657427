// SPDX-License-Identifier: Apache-2.0
// fault_of.h: why a request failed that should have.
#pragma once

#include <gtest/gtest.h>

#include "stickyd/web/http_client.h"

namespace stickyd {

inline HttpFault FaultOf(const tl::expected<HttpAnswer, HttpFailure>& answer) {
  EXPECT_FALSE(answer.has_value());
  return answer ? HttpFault::kStopped : answer.error().fault;
}

}  // namespace stickyd
