// wrapper.h: what container runtimes put around a line, and how pieces come together again.
// Role:    LineParser asks it about every line that may be wrapped.
// Shape:   Docker json-file {"log":"...\n","stream":"stdout","time":"..."} (long lines split over
//          several objects, the last one's log ends with \n), Kubernetes CRI
//          TIME STREAM F|P TEXT, journald's JSON {"MESSAGE":"..."}.
//          The text is owned here, kLinePadding bytes longer than it says, until the next Unwrap.
// Errors:  kBroken for a wrapper that does not hold together, kTooLong for joined pieces over the
//          bound: they cost themselves only.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace stickyd {

class WrapperParser {
 public:
  enum class Outcome { kNotWrapped, kComplete, kPartial, kBroken, kTooLong };

  explicit WrapperParser(size_t max_bytes);
  ~WrapperParser();
  WrapperParser(const WrapperParser&) = delete;
  WrapperParser& operator=(const WrapperParser&) = delete;

  // REQUIRES: kLinePadding readable bytes after `line`.
  Outcome Unwrap(std::string_view line);
  // After kComplete: the line inside, without its line feed.
  std::string_view text() const { return text_; }

 private:
  enum Stream : size_t { kStdout, kStderr, kStreams };
  struct Pieces {
    std::string bytes;
    bool overflow = false;
  };
  class Json;

  Outcome UnwrapJson(std::string_view line);
  Outcome UnwrapCri(std::string_view line);
  Outcome Append(Stream stream, std::string_view piece, bool complete);

  const size_t max_bytes_;
  std::unique_ptr<Json> json_;
  std::array<Pieces, kStreams> pieces_;
  std::string joined_;
  std::string_view text_;
};

}  // namespace stickyd
