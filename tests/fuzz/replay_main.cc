// SPDX-License-Identifier: Apache-2.0
// replay_main: runs a fuzz target over the files of its corpus and over mutations of them, the same
// ones every time. usage: TARGET CORPUS_DIR MUTATIONS_PER_FILE
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz_input.h"

namespace {

using Bytes = std::string;

void Run(const Bytes& bytes) {
  // A copy of its own: reading past its end is an error that the sanitizer sees.
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

constexpr std::string_view kPieces[] = {"\"",       "\\\"", " - ", "[",   "]",       "ms",
                                        "\n",       "\r",   "\\u", "{",   "}",       ",",
                                        ":",        "null", "-",   "1e9", "\x00",    "\xff",
                                        "\x1b[31m", "=",    "; ",  " \"", "\" 7 \"", "http://"};

Bytes Mutate(const Bytes& bytes, const Bytes& other, std::mt19937_64& random) {
  Bytes made = bytes;
  const auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  for (size_t changes = 1 + below(4); changes > 0; --changes) {
    const size_t at = below(made.size() + 1);
    switch (below(6)) {
      case 0:
        if (at < made.size()) made[at] = static_cast<char>(random());
        break;
      case 1:
        made.erase(at, below(8) + 1);
        break;
      case 2:
        made.insert(at, std::string(kPieces[below(std::size(kPieces))]));
        break;
      case 3:
        made.insert(at, made.substr(below(made.size() + 1), below(64)));
        break;
      case 4:
        made.resize(at);
        break;
      default:
        made.insert(at, other.substr(below(other.size() + 1), below(256)));
    }
  }
  return made;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Bytes> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  if (corpus.empty()) return 2;
  std::mt19937_64 random(1);
  const size_t mutations = std::stoul(argv[2]);
  size_t runs = 0;
  for (const Bytes& bytes : corpus) {
    Run(bytes);
    ++runs;
    for (size_t i = 0; i < mutations; ++i, ++runs) {
      Run(Mutate(bytes, corpus[random() % corpus.size()], random));
    }
  }
  std::cout << runs << " inputs\n";
  return 0;
}
