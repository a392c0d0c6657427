// SPDX-License-Identifier: Apache-2.0
// oracle.h: docs/DETECTION.md sections 2 to 4, read literally and decided by brute force.
// Role:    what the streaming detector must agree with, record by record (oracle_test.cc).
// Shape:   all records of a log, in the order in which they were written; every record is compared
//          with all others. Nothing of src/session and src/diagnose is used here.
// Cost:    cubic in the records of one client.
#pragma once

#include <chrono>
#include <vector>

#include "seen.h"

namespace stickyd::oracle {

// One decision for each record.
std::vector<Decision> Decide(const std::vector<Seen>& records, std::chrono::seconds idle);

}  // namespace stickyd::oracle
