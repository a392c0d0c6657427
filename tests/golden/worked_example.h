// SPDX-License-Identifier: Apache-2.0
// worked_example.h: the examples of docs/DETECTION.md, read as that document says they are to be
// read, and the log that each of them stands for.
// Errors:  what cannot be read, or looks like an example and stands where none is, is a complaint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

// What stands behind the arrow. Empty: the example says nothing of it.
struct ExampleClaim {
  std::string verdict, evidence, cause, state;
  std::optional<uint64_t> missing;  // requests, at the end of the log
};

struct ExampleRequest {
  size_t place = 0;  // line of the document
  std::optional<int64_t> start_ms, duration_ms;
  bool clf = false;
  std::string address, port, server;
  std::string client_host;  // empty: the address
  std::string method = "GET", scheme = "https", host = "shop.example.com", path = "/";
  std::string status, router;  // empty: as the server and the service have it
  std::string service = "shop@file";
  uint64_t file = 1;
  std::optional<uint64_t> count;              // none: in the order of the starts
  std::map<std::string, std::string> fields;  // of JSON: headers
  ExampleClaim claim;
};

struct WorkedExample {
  size_t place = 0;  // line of the document
  std::vector<std::string> options;
  std::vector<ExampleRequest> requests;
  std::vector<std::string> services;  // that Traefik's API shows; none: it was not asked
};

struct WorkedExamples {
  std::vector<WorkedExample> examples;
  std::vector<std::string> complaints;
};

WorkedExamples ReadExamples(const std::string& document);

// What `A` stands for; nothing for `-`.
std::string ExampleServer(const std::string& letter);

// The text of each of its files.
std::vector<std::string> LogsOf(const WorkedExample& example);

// What the API answers, by the names of the files it is saved in.
std::map<std::string, std::string> AnswersOf(const WorkedExample& example);

}  // namespace stickyd
