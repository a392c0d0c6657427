// SPDX-License-Identifier: Apache-2.0
#include "hostile_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

#include "padded.h"
#include "stickyd/base/text.h"
#include "stickyd/parse/line_parser.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

// Of services and routers that there are; v1.7 has no providers in its names.
const std::set<std::string> kServices = {"shop@file", "private@file", "hidden@file",
                                         "shop",      "private",      "hidden"};

constexpr std::string_view kHostileNetwork = "127.66.";
constexpr uint64_t kLaterLines = 4;
constexpr double kSecondsOfAYear = 365.2425 * 86'400;

void Replace(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The address of a hostile client where Traefik says whose request it was: at the end of the first
// field of CLF, as JSON's connection, or as the end of its forwarded list.
std::string HostileClientOf(std::string_view line) {
  for (size_t at = line.find(kHostileNetwork); at != std::string_view::npos;
       at = line.find(kHostileNetwork, at + 1)) {
    const size_t end = line.find_first_not_of("0123456789.", at);
    const std::string_view before = line.substr(0, at);
    const std::string_view after = line.substr(std::min(end, line.size()));
    const bool clf = (at == 0 || before.ends_with(", ")) && after.starts_with(" - ");
    const bool json =
        before.ends_with("\"ClientAddr\":\"") || after.starts_with("\",\"ClientPort\"");
    if (clf || json) return std::string(line.substr(at, end - at));
  }
  return {};
}

// `n=17` of ` /?n=17 ` or `"/?n=17"`.
std::string MarkOf(std::string_view line) {
  for (size_t at = line.find("/?"); at != std::string_view::npos; at = line.find("/?", at + 1)) {
    const size_t end = line.find_first_not_of("0123456789", std::min(at + 4, line.size()));
    if (at > 0 && end != std::string_view::npos && line.substr(at + 3).starts_with('=') &&
        line[at - 1] == line[end]) {
      return std::string(line.substr(at + 2, end - at - 2));
    }
  }
  return {};
}

std::set<std::string> NamesWithRequests(const PipelineStats& stats) {
  std::set<std::string> names;
  for (const auto& [name, service] : stats.services) {
    if (service.requests.sum() > 0) names.insert(name);
  }
  return names;
}

}  // namespace

HostileLog::HostileLog(const std::string& log, std::vector<SentRequest> sent)
    : sent_(std::move(sent)) {
  std::istringstream input(log);
  for (std::string line; std::getline(input, line);) lines_.push_back(line);
  for (const SentRequest& one : sent_) {
    if (!one.mark.empty()) by_mark_[one.mark] = &one;
    if (one.hostile) by_client_[one.client] = &one;
  }
}

std::vector<SentRequest> HostileLog::ReadRequests(const std::string& table) {
  std::vector<SentRequest> sent;
  std::istringstream input(table);
  for (std::string line; std::getline(input, line);) {
    std::vector<std::string> fields;
    ForEachPart(line, '\t', [&](std::string_view part) { fields.emplace_back(part); });
    fields.resize(7);
    sent.push_back(
        {fields[0] == "hostile", fields[1], fields[2], fields[3], fields[4], fields[5], fields[6]});
  }
  return sent;
}

std::string HostileLog::WriteRequests(const std::vector<SentRequest>& sent) {
  std::string table;
  for (const SentRequest& one : sent) {
    table += one.hostile ? "hostile" : "person";
    for (const std::string* field :
         {&one.client, &one.mark, &one.server, &one.verdict, &one.field, &one.what}) {
      table.append("\t").append(*field);
    }
    table += '\n';
  }
  return table;
}

const SentRequest* HostileLog::SenderOf(const std::string& line) const {
  const auto marked = by_mark_.find(MarkOf(line));
  if (marked != by_mark_.end()) return marked->second;
  const auto hostile = by_client_.find(HostileClientOf(line));
  return hostile == by_client_.end() ? nullptr : hostile->second;
}

// The last person's line, with higher counts, four years later: as leap years come.
std::string HostileLog::Later() const {
  const std::string mark = "/?" + sent_.back().mark;
  const auto last = std::find_if(lines_.rbegin(), lines_.rend(), [&](const std::string& line) {
    return line.find(mark) != std::string::npos;
  });
  if (last == lines_.rend()) return {};
  LineParser parser(last->size(), {});
  AccessRecord record;
  const Padded padded(*last);
  parser.Parse(padded.line(), record);
  const uint64_t count = record.request_count.value_or(0);
  const int64_t year =
      1970 + static_cast<int64_t>(Seconds(record.start.low.time_since_epoch()) / kSecondsOfAYear);
  std::string later;
  for (uint64_t i = 1; i <= kLaterLines; ++i) {
    std::string line = *last;
    for (const char* const form : {"\" {} \"", "\"RequestCount\":{},"}) {
      Replace(line, fmt::format(fmt::runtime(form), count),
              fmt::format(fmt::runtime(form), count + i));
    }
    for (const char* const form : {"/{}:", "\"{}-"}) {
      Replace(line, fmt::format(fmt::runtime(form), year),
              fmt::format(fmt::runtime(form), year + 4));
    }
    later += line + "\n";
  }
  return later;
}

bool HostileLog::IsService(const std::string& name) { return kServices.contains(name); }

size_t HostileLog::breaks() const {
  return static_cast<size_t>(std::count_if(sent_.begin(), sent_.end(),
                                           [](const auto& one) { return one.verdict == "break"; }));
}

std::string HostileLog::Check() const {
  const TempDir folder;
  const std::string path = folder.path() / "access.log";
  std::ofstream log(path);
  for (const std::string& line : lines_) log << line << '\n';
  log << Later();
  log.close();
  const Analysis analysis = AnalyzeLog({"--proxy.trusted", "127.99.0.1"}, path);
  const SourceStats& source = analysis.stats.sources.at(0);
  EXPECT_EQ(source.lines, Counted(source));
  EXPECT_EQ(source.lines, lines_.size() + kLaterLines);
  EXPECT_EQ(source.sequences.missing, 0U) << "missing lines are made up";
  EXPECT_EQ(source.sequences.restarts_told, 0U) << "restarts are made up";
  EXPECT_EQ(source.sequences.sequences, 1U) << "processes are made up";
  EXPECT_EQ(analysis.stats.clock_steps, 0U) << "steps of the clock are made up";
  CheckNames(analysis.stats);
  std::set<const SentRequest*> seen;
  for (const auto& [number, judged] : analysis.by_line) {
    if (number <= lines_.size()) CheckLine(number, judged, seen);
  }
  CheckPeople(seen);
  CheckReasons(source);
  return Report(source, seen);
}

// Every record is the line of a request that was sent, and of no other.
void HostileLog::CheckLine(uint64_t number, const Judged& judged,
                           std::set<const SentRequest*>& seen) const {
  const std::string& line = lines_[number - 1];
  SCOPED_TRACE("line " + std::to_string(number) + ": " + line.substr(0, 400));
  const SentRequest* const sender = SenderOf(line);
  if (sender == nullptr) {
    EXPECT_EQ(judged.verdict, "no_server") << "nobody's request is a record";
    return;
  }
  EXPECT_TRUE(seen.insert(sender).second) << "two records of one request";
  if (!sender->server.empty()) {
    EXPECT_EQ(judged.server, sender->server);
  }
  if (sender->hostile) {
    if (sender->field == SentRequest::kOldCookie) return;
    EXPECT_NE(judged.verdict, "break") << sender->field << ": " << sender->what;
  } else {
    EXPECT_EQ(judged.verdict, sender->verdict) << sender->client;
  }
}

size_t HostileLog::old_cookies() const {
  return static_cast<size_t>(std::count_if(sent_.begin(), sent_.end(), [](const auto& one) {
    return one.field == SentRequest::kOldCookie;
  }));
}

void HostileLog::CheckNames(const PipelineStats& stats) const {
  for (const std::string& name : NamesWithRequests(stats))
    EXPECT_TRUE(kServices.contains(name)) << name;
  std::set<std::string> servers;
  for (const SentRequest& one : sent_) servers.insert(one.server);
  for (const auto& of_service : stats.servers) {
    for (const auto& [name, count] : of_service) EXPECT_TRUE(servers.contains(name)) << name;
  }
}

void HostileLog::CheckPeople(const std::set<const SentRequest*>& seen) const {
  for (const SentRequest& one : sent_) {
    if (one.hostile) continue;
    EXPECT_TRUE(seen.contains(&one)) << one.mark << " is lost";
  }
}

// What is refused has its reason. JSON escapes what clients write, and CLF of v1.7 has no user:
// there nobody makes lines of their own.
void HostileLog::CheckReasons(const SourceStats& source) const {
  const auto count = [&](UnparsedReason reason) {
    return source.unparsed.at(static_cast<size_t>(reason));
  };
  const bool forgeable = lines_.size() > sent_.size();
  EXPECT_EQ(count(UnparsedReason::kForged) > 0, forgeable);
  EXPECT_EQ(count(UnparsedReason::kFragment) > 0, forgeable);
  EXPECT_EQ(count(UnparsedReason::kInvalidJson), 0U);
  EXPECT_EQ(count(UnparsedReason::kBrokenWrapper), 0U);
}

std::string HostileLog::Report(const SourceStats& source,
                               const std::set<const SentRequest*>& seen) const {
  struct Row {
    size_t sent = 0, answered = 0, records = 0;
  };
  std::map<std::string, Row> rows;
  for (const SentRequest& one : sent_) {
    Row& row = rows[one.hostile ? one.field : "(people)"];
    ++row.sent;
    row.answered += one.server.empty() ? 0U : 1U;
    row.records += seen.contains(&one) ? 1U : 0U;
  }
  std::string text = "field\tsent\treached a server\trecords\n";
  for (const auto& [field, row] : rows) {
    text += fmt::format("{}\t{}\t{}\t{}\n", field, row.sent, row.answered, row.records);
  }
  text += fmt::format("lines {}, parsed {}", source.lines, source.parsed);
  for (size_t i = 0; i < source.unparsed.size(); ++i) {
    const char* const reason = UnparsedReasonName(static_cast<UnparsedReason>(i));
    if (source.unparsed[i] > 0) text += fmt::format(", {} {}", reason, source.unparsed[i]);
  }
  const auto skipped = std::accumulate(source.skipped.begin(), source.skipped.end(), uint64_t{0});
  return text + fmt::format(", skipped {}\n", skipped);
}

}  // namespace stickyd
