// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <sstream>

#include "option_table.h"
#include "stickyd/config/help_text.h"
#include "stickyd/config/options.h"

namespace stickyd {
namespace {

constexpr size_t kWidestNames = 36;

// In the order of docs/stickyd.1 and docs/CONFIGURATION.md. An option stands under the first
// heading that has all of its groups, from the end.
struct Heading {
  const char* text;
  unsigned groups;
};
constexpr Heading kHeadings[] = {
    {"What decides", ~0U},
    {"Asking Traefik", kTraefikOptions},
    {"Following and serving (watch)", kWatchOptions},
    {"Checking (check)", kCheckOptions},
    {"Reports", kAnalyzeOptions | kAuditOptions | kExplainOptions | kDecodeOptions | kProbeOptions},
    {"Decoding (decode)", kDecodeOptions},
    {"What a configuration breaks (audit)", kAuditOptions},
    {"How much (simulate, probe)", kSimulateOptions | kProbeOptions},
    {"A made-up Traefik (simulate)", kSimulateOptions},
    {"Asking a site (probe)", kProbeOptions | kTargetOptions},
};

const Heading* HeadingOf(const Option& option) {
  return &*std::find_if(std::rbegin(kHeadings), std::rend(kHeadings), [&](const Heading& heading) {
    return (option.groups & ~heading.groups) == 0;
  });
}

HelpEntry Entry(const Option& option) {
  const std::string argument = option.argument;
  return {std::string("  --") + option.name + (argument.empty() ? "" : " " + argument),
          std::string(option.help) + (option.repeatable ? " [repeatable]" : "")};
}

}  // namespace

std::string Folded(const HelpEntry& entry, size_t column, size_t width) {
  std::string out;
  std::string line = entry.head;
  if (column > 0 && line.size() + 2 > column) {
    out += line + "\n";
    line.clear();
  }
  line.resize(column, ' ');
  bool empty = true;
  std::istringstream words(entry.text);
  std::string word;
  while (words >> word) {
    if (!empty && line.size() + 1 + word.size() > width) {
      out += line + "\n";
      line.assign(column, ' ');
      empty = true;
    }
    line += (empty ? "" : " ") + word;
    empty = false;
  }
  return out + line + "\n";
}

std::string OptionsHelp(unsigned groups, size_t width) {
  const size_t column = std::min(kWidestNames, width * 2 / 5);
  std::string out;
  for (const Heading& heading : kHeadings) {
    bool first = true;
    for (const Option& option : OptionTable()) {
      if ((option.groups & groups) == 0 || HeadingOf(option) != &heading) continue;
      if (first) out += std::string("\n") + heading.text + ":\n";
      first = false;
      out += Folded(Entry(option), column, width);
    }
  }
  return out;
}

}  // namespace stickyd
