// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "stickyd/app/app.h"

int main(int argc, char** argv) {
  return stickyd::Main(std::vector<std::string>(argv + 1, argv + argc));
}
