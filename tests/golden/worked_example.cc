// SPDX-License-Identifier: Apache-2.0
// worked_example.cc: from a document to its examples; example_log.cc makes logs of them.
#include "worked_example.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <sstream>

#include "stickyd/base/text.h"
#include "stickyd/model/verdict.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

using re2::RE2;

std::vector<std::string> SplitExample(const std::string& text, const char* gap) {
  std::string lines = text;
  RE2::GlobalReplace(&lines, "^ +| +$", "");
  RE2::GlobalReplace(&lines, gap, "\n");
  std::istringstream in(lines);
  std::vector<std::string> parts;
  for (std::string part; std::getline(in, part);) parts.push_back(part);
  return parts;
}
std::vector<std::string> Columns(const std::string& text) { return SplitExample(text, " {2,}"); }

// `lb=A` has the value that names server A, as v3.7 writes it; `lb=A@v2.11` as v2.11 does.
std::string WithCookieValues(std::string header) {
  static const RE2 name(R"(=([A-Z])(?:@(v[0-9.]+))?(;|$))");
  std::string letter;
  std::string version;
  std::string end;
  while (RE2::PartialMatch(header, name, &letter, &version, &end)) {
    const auto encoding = EncodingOfVersion(version.empty() ? "v3.7" : version);
    if (!encoding) break;
    RE2::Replace(&header, name, "=" + EncodeCookie(*encoding, ExampleServer(letter)) + end);
  }
  return header;
}

bool AddTime(const std::string& column, ExampleRequest& request) {
  int64_t h = 0;
  int64_t m = 0;
  int64_t s = 0;
  std::string ms;
  std::string unit;
  if (RE2::FullMatch(column, R"((\d\d):(\d\d):(\d\d)(?:\.(\d{3}))?)", &h, &m, &s, &ms)) {
    request.clf = ms.empty();
    request.start_ms = ((h * 60 + m) * 60 + s) * 1000 + (ms.empty() ? 0 : std::stoi(ms));
    return true;
  }
  if (!RE2::FullMatch(column, R"((\d+)(ms|s))", &s, &unit)) return false;
  request.duration_ms = unit == "s" ? s * 1000 : s;
  return true;
}

// Who asked, who answered, and where this was written.
bool AddPlaces(const std::string& column, ExampleRequest& request) {
  uint64_t count = 0;
  if (RE2::FullMatch(column, R"(count (\d+))", &count)) {
    request.count = count;
    return true;
  }
  return RE2::FullMatch(column, R"(((?:\d+\.){3}\d+)(?::(\d+))?)", &request.address,
                        &request.port) ||
         RE2::FullMatch(column, R"(([A-Z]|-))", &request.server) ||
         RE2::FullMatch(column, R"(ClientHost (.+))", &request.client_host) ||
         RE2::FullMatch(column, R"(router (\S+))", &request.router) ||
         RE2::FullMatch(column, R"(service (\S+))", &request.service) ||
         RE2::FullMatch(column, R"(file ([1-9]))", &request.file);
}

bool AddHeaders(const std::string& column, ExampleRequest& request) {
  std::string name;
  std::string value;
  if (RE2::FullMatch(column, R"((https?)://([a-z.]+)(/\S*))", &request.scheme, &request.host,
                     &request.path) ||
      RE2::FullMatch(column, R"(([A-Z]{3,}))", &request.method) ||
      RE2::FullMatch(column, R"(([1-5]\d\d))", &request.status)) {
    return true;
  }
  if (!RE2::FullMatch(column, R"(((?:origin )?[A-Za-z-]+): (.+))", &name, &value)) return false;
  value = WithCookieValues(value);
  if (name == "Set-Cookie") {
    request.fields["downstream_Set-Cookie"] = value;
    request.fields["origin_Set-Cookie"] = value;
  } else if (name.starts_with("origin ")) {
    request.fields["origin_" + name.substr(7)] = value;
  } else {
    request.fields["request_" + name] = value;
  }
  return true;
}

template <class Enum>
bool IsName(const std::string& name) {
  bool found = false;
  ForEachValue<Enum>([&](Enum value) { found = found || Name(value) == name; });
  return found;
}

bool AddClaim(const std::string& kind, const std::string& name, ExampleClaim& claim) {
  if (kind == "evidence") return IsName<Evidence>(claim.evidence = name);
  if (kind == "cause") return IsName<Cause>(claim.cause = name);
  return kind == "state" && IsName<StickyState>(claim.state = name);
}

// Empty, or what cannot be read.
std::string ReadClaim(const std::string& text, ExampleClaim& claim) {
  const auto columns = Columns(text);
  const auto parts = SplitExample(columns.empty() ? "" : columns[0], ", ");
  if (parts.empty() || !IsName<Verdict>(parts[0])) return "no verdict:" + text;
  claim.verdict = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    std::string kind;
    std::string name;
    uint64_t missing = 0;
    if (RE2::FullMatch(parts[i], R"(missing (\d+))", &missing)) {
      claim.missing = missing;
    } else if (!RE2::FullMatch(parts[i], "([a-z]+) (.+)", &kind, &name) ||
               !AddClaim(kind, name, claim)) {
      return "no claim: " + parts[i];
    }
  }
  // What is behind the gap is for humans. A claim must not get lost there.
  for (size_t i = 1; i < columns.size(); ++i) {
    if (RE2::PartialMatch(columns[i], "^(evidence|cause|state|missing) "))
      return "write `, " + columns[i] + "`";
  }
  return "";
}

// Empty, or what cannot be read.
std::string AddColumn(const std::string& column, ExampleRequest& request) {
  const bool known =
      AddTime(column, request) || AddPlaces(column, request) || AddHeaders(column, request);
  return known ? "" : "no column of a log: " + column;
}

bool IsComplete(const ExampleRequest& request) {
  if (!request.start_ms || !request.duration_ms) return false;
  if (request.address.empty() || request.server.empty()) return false;
  if (!request.clf) return !request.port.empty();
  // Nothing that CLF cannot show.
  return request.port.empty() && request.client_host.empty() && request.fields.empty() &&
         request.scheme == "https" && request.host == "shop.example.com";
}

// Empty, or what cannot be read.
std::string ReadRequest(const std::string& text, ExampleRequest& request) {
  const size_t arrow = text.find("->");
  if (arrow == std::string::npos) return "no verdict";
  for (const std::string& column : Columns(text.substr(0, arrow))) {
    const std::string wrong = AddColumn(column, request);
    if (!wrong.empty()) return wrong;
  }
  if (!IsComplete(request)) return "a column is missing, or is none of this format";
  return ReadClaim(text.substr(arrow + 2), request.claim);
}

bool LooksLikeLog(const std::string& line) {
  return RE2::PartialMatch(line, R"(^\W*(\d+\W+)?\d\d:\d\d:\d\d\b.*->)") ||
         RE2::PartialMatch(line, R"(->\s*(first|held|break|ambiguous|unresolved)\b)");
}

// What is in backticks.
std::vector<std::string> Quoted(const std::string& cell) {
  std::vector<std::string> quoted;
  re2::StringPiece rest(cell);
  for (std::string one; RE2::FindAndConsume(&rest, "`([^`]*)`", &one);) quoted.push_back(one);
  return quoted;
}

bool IsService(const std::string& text) {
  static const RE2 tree(R"([a-z-]+: (failover|weighted) of [a-z-]+(, [a-z-]+)+)");
  static const RE2 pool(
      R"([a-z-]+: [A-Z](, [A-Z])*(, cookie)?(, strategy hrw)?(, [A-Z] is DOWN)?)");
  return RE2::FullMatch(text, tree) || RE2::FullMatch(text, pool);
}

class ExampleReader {
 public:
  void Read(const std::string& line) {
    ++place_;
    if (RE2::PartialMatch(line, "^ *(```|~~~)")) {
      Fence(line);
    } else if (inside_) {
      Inside(line);
    } else if (LooksLikeLog(line)) {
      Complain("a line of a log in no example");
    } else if (!fence_) {
      Row(line);
    }
  }

  WorkedExamples Done() {
    if (fence_) Complain("a block without an end");
    if (read_.examples.empty()) Complain("no example");
    return std::move(read_);
  }

 private:
  enum class Table : uint8_t { kNone, kLines, kServices };

  // Every block is an example, but for those that name another language.
  void Fence(const std::string& line) {
    if (inside_) Close();
    fence_ = !fence_;
    inside_ = fence_ && line == "```";
    if (inside_) example_ = {place_, {}, {}, {}};
  }

  // A table whose rows vary the example before it; the last cell has the cause of the last line.
  void Row(const std::string& line) {
    if (!line.starts_with("|")) {
      table_ = Table::kNone;
    } else if (line.starts_with("| line 1 |")) {
      table_ = Table::kLines;
    } else if (line.starts_with("| services that the API shows |")) {
      table_ = Table::kServices;
    } else if (!line.starts_with("|---")) {
      Vary(SplitExample(line.substr(1), R"(\|)"));
    }
  }

  void Vary(const std::vector<std::string>& cells) {
    const auto causes = Quoted(cells.back());
    const bool has_cause = causes.size() == 1 && IsName<Cause>(causes[0]) &&
                           Trim(cells.back()) == "`" + causes[0] + "`";
    if (table_ == Table::kNone) {
      if (has_cause) Complain("a cause in no table of examples");
      return;
    }
    WorkedExample varied = example_;
    if (!has_cause || varied.requests.empty()) return Complain("no cause, or no log");
    for (ExampleRequest& request : varied.requests) request.place = place_;
    varied.requests.back().claim.cause = causes[0];
    if (table_ == Table::kLines) {
      VaryLines(cells, varied);
    } else {
      varied.services = Quoted(cells[0]);
      for (const std::string& service : varied.services) {
        if (!IsService(service)) Complain("no service: " + service);
      }
      read_.examples.push_back(varied);
    }
  }

  // A cell for each line. All is the same on a new connection.
  void VaryLines(const std::vector<std::string>& cells, WorkedExample& varied) {
    if (cells.size() != varied.requests.size() + 1) return Complain("no cell for each line");
    for (size_t i = 0; i + 1 < cells.size(); ++i) {
      for (const std::string& column : Quoted(cells[i])) {
        const std::string wrong = AddColumn(column, varied.requests[i]);
        if (!wrong.empty()) Complain(wrong);
      }
    }
    read_.examples.push_back(varied);
    varied.requests.back().port = "4002";
    read_.examples.push_back(varied);
  }

  void Close() {
    if (example_.requests.empty()) Complain("an empty example");
    for (size_t i = 0; i + 1 < example_.requests.size(); ++i) {
      if (example_.requests[i].claim.missing) Complain("only the last line tells what is missing");
    }
    read_.examples.push_back(example_);
  }

  void Inside(const std::string& line) {
    std::string options;
    if (place_ == example_.place + 1 && RE2::FullMatch(line, "with (--.+)", &options)) {
      example_.options = SplitExample(options, " +");
      return;
    }
    ExampleRequest request;
    request.place = place_;
    const std::string wrong = ReadRequest(line, request);
    if (!wrong.empty()) Complain(wrong);
    if (!example_.requests.empty() && example_.requests[0].clf != request.clf) {
      Complain("another format than the first line has");
    }
    example_.requests.push_back(request);
  }

  void Complain(const std::string& what) {
    read_.complaints.push_back(fmt::format("line {}: {}", place_, what));
  }

  WorkedExamples read_;
  WorkedExample example_;  // the last one
  size_t place_ = 0;
  bool fence_ = false, inside_ = false;
  Table table_ = Table::kNone;
};

}  // namespace

WorkedExamples ReadExamples(const std::string& document) {
  ExampleReader reader;
  std::istringstream lines(document);
  for (std::string line; std::getline(lines, line);) reader.Read(line);
  return reader.Done();
}

std::string ExampleServer(const std::string& letter) {
  return letter == "-" ? "" : fmt::format("http://10.0.0.{}:80", letter[0] - 'A' + 1);
}

}  // namespace stickyd
