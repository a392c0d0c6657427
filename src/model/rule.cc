// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/rule.h"

namespace stickyd {

#ifdef STICKYD_MUTATION
Rule disabled_rule = Rule::kCount;
#endif

}  // namespace stickyd
