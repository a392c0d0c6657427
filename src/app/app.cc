// SPDX-License-Identifier: Apache-2.0
#include "stickyd/app/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <system_error>

#include "commands/commands.h"
#include "setup.h"
#include "stickyd/app/version.h"
#include "stickyd/base/nearest.h"
#include "stickyd/base/text.h"
#include "stickyd/config/help_text.h"
#include "terminal.h"

namespace stickyd {
namespace {

void PrintHelp() {
  const size_t width = TerminalWidth(stdout);
  std::string out = Folded(
      "stickyd finds broken sticky sessions in Traefik access logs, and says why they broke.",
      width);
  out += "\nusage: stickyd COMMAND [OPTION...]\n\n";
  for (const Command& command : Commands()) {
    out += Folded({std::string("  ") + command.name, command.summary}, 12, width);
  }
  out += "\n" + Folded("stickyd COMMAND --help has the options of a command.", width);
  fmt::print("{}", out);
}

void PrintCommandHelp(const Command& command) {
  const size_t width = TerminalWidth(stdout);
  std::string out = fmt::format("usage: stickyd {} {}\n\n{}\nExample:\n  {}\n", command.name,
                                command.usage, Folded(command.summary, width), command.example);
  if (command.options != 0) {
    out += "\n" + Folded(
                      "Options, also as STICKYD_... in the environment and in the "
                      "configuration file:",
                      width);
    out += OptionsHelp(command.options, width);
  }
  out += "\n" + Folded(
                    "Exit codes: 0 fine, 1 something was found or failed, 2 usage, 78 bad "
                    "configuration, 130 ended by Ctrl-C.",
                    width);
  fmt::print("{}", out);
}

// REQUIRES: there is no such command.
std::string WhatIsNoCommand(const std::string& name) {
  std::vector<std::string_view> names = {"help", "--help", "--version"};
  for (const Command& command : Commands()) names.emplace_back(command.name);
  const char* kind = name.starts_with('-') ? "option" : "command";
  const std::string meant = DidYouMean(name, names);
  return fmt::format("there is no {} '{}'{}", kind, Printable(name),
                     meant.empty() ? "; see stickyd --help" : meant);
}

int RunVersion(const Settings& /*settings*/) {
  fmt::print("{}", VersionText());
  return kExitFine;
}

int RunCommand(const Command& command, const std::vector<std::string>& arguments) {
  const auto reread = [&command, arguments] {
    return ReadSettings(arguments, command.options, Environment::OfProcess(), RealFileSystem());
  };
  SettingsResult read = reread();
  read.settings.reread = reread;
  PrintProblems(command.name, read.problems);
  const std::vector<std::string>& strays = read.settings.arguments;
  if (strays.size() > command.most_arguments) {
    Complain(command.name, "'" + strays[command.most_arguments] + "' is no option");
    return kExitUsage;
  }
  if (read.usage) return kExitUsage;
  const ReportFormat output = read.settings.output;
  const bool junit = output == ReportFormat::kJunit;
  const unsigned writers = junit ? kProbeOptions | kAuditOptions : kAuditOptions;
  if ((junit || output == ReportFormat::kSarif) && (command.options & writers) == 0) {
    Complain(command.name,
             junit ? "--output: junit is for probe and audit" : "--output: sarif is for audit");
    return kExitUsage;
  }
  if (!read.problems.empty()) return kExitConfig;
  SetUpLog(read.settings);
  return command.run(read.settings);
}

bool Has(const std::vector<std::string>& arguments, const char* option) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::find(arguments.begin(), end, option) != end;
}

int Dispatch(const std::vector<std::string>& arguments) {
  if (arguments.size() == 2 && arguments[0] == "help") return Dispatch({arguments[1], "--help"});
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
      arguments[0] == "help") {
    PrintHelp();
    return arguments.empty() ? kExitUsage : kExitFine;
  }
  // Whatever the configuration is.
  if (arguments[0] == "--version" || (arguments[0] == "version" && arguments.size() == 1)) {
    return RunVersion({});
  }
  const auto command =
      std::find_if(Commands().begin(), Commands().end(),
                   [&](const Command& known) { return arguments[0] == known.name; });
  if (command == Commands().end()) {
    fmt::print(stderr, "stickyd: {}\n", WhatIsNoCommand(arguments[0]));
    return kExitUsage;
  }
  const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
  if (Has(rest, "--help") || Has(rest, "-h")) {
    PrintCommandHelp(*command);
    return kExitFine;
  }
  if (Has(rest, "--version")) return RunVersion({});
  return RunCommand(*command, rest);
}

}  // namespace

const std::vector<Command>& Commands() {
  static const std::vector<Command> commands = {
      {"watch", "the daemon: follow logs, keep sessions, serve metrics, the page and events",
       "[OPTION...]",
       "stickyd watch --log /var/log/traefik/access.log --traefik.snapshot /var/lib/stickyd/api",
       OptionsOf("watch"), 0, RunWatch},
      {"analyze", "find breaks in finished log files, plain or compressed, or in a pipe",
       "[OPTION...] FILE... | -",
       "stickyd analyze --verdicts verdicts.jsonl /var/log/traefik/access.log*",
       OptionsOf("analyze"), SIZE_MAX, RunAnalyze},
      {"audit",
       "what in Traefik's configuration breaks sessions, or will: each finding with its fix",
       "--traefik.url URL | --traefik.snapshot DIR | FILE... [OPTION...] | --explain ID",
       "stickyd audit --traefik.url http://127.0.0.1:8080 --fail-on warning", OptionsOf("audit"),
       SIZE_MAX, RunAudit},
      {"explain", "why a line, a request or a session was judged as it was",
       "FILE:N | --line N | --count N | --id HASH [OPTION...] FILE...",
       "stickyd explain /var/log/traefik/access.log:1234", OptionsOf("explain"), SIZE_MAX,
       RunExplain},
      {"check",
       "what the daemon would meet: all mistakes of the configuration at once, and what the logs "
       "hold",
       "[OPTION...]", "stickyd check --as stickyd:adm --config.file /etc/stickyd/stickyd.conf",
       OptionsOf("check"), 0, RunCheck},
      {"decode", "what the value of a sticky cookie stands for, and what Traefik makes of it",
       "[OPTION...] VALUE... | -", "stickyd decode --server http://10.0.0.1:80 df5bd2f9c0180410",
       OptionsOf("decode"), SIZE_MAX, RunDecode},
      {"simulate", "write the access log of a made-up Traefik, healthy or with a fault",
       "[OPTION...]",
       "stickyd simulate --fault server_gone --format json-full --log-file access.log "
       "--truth truth.jsonl",
       OptionsOf("simulate"), 0, RunSimulate},
      {"probe", "ask a site as a browser does: are its sessions sticky, and if not, why?",
       "URL... [OPTION...]",
       "stickyd probe --direct 10.0.0.21:443 --served-by X-Served-By https://app.example.com/",
       OptionsOf("probe"), SIZE_MAX, RunProbe},
      {"cause", "the page about a cause of breaks; without a name, all causes", "[NAME]",
       "stickyd cause insecure_request", 0, 1, RunCause},
      {"version", "which stickyd this is, and how it was built", "", "stickyd version", 0, 0,
       RunVersion},
  };
  return commands;
}

int Main(const std::vector<std::string>& arguments) {
  const bool named = !arguments.empty() && !arguments[0].starts_with('-');
  const auto fail = [&](const std::string& why) {
    std::fputs(("stickyd" + (named ? " " + arguments[0] : "") + ": " + why + "\n").c_str(), stderr);
    return kExitFound;
  };
  const std::string output = "standard output: ";
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on sizes is a full disk: the write says so
  try {
    const int code = Dispatch(arguments);
    // What was printed may not be out yet.
    return std::fflush(stdout) == 0 ? code : fail(output + std::strerror(errno));
  } catch (const std::system_error& error) {  // from fmt::print among others
    return fail(std::ferror(stdout) != 0 ? output + error.code().message() : error.what());
  } catch (const std::exception& error) {
    return fail(error.what());
  }
}

}  // namespace stickyd
