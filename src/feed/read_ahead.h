// SPDX-License-Identifier: Apache-2.0
// read_ahead.h: a file's lines, read and parsed by threads while others are decided on.
// Role:    FinishedLogs reads a file through it where it may use more than one thread.
// Shape:   blocks of whole lines, with bytes of their own. Workers take turns at reading, so that
//          blocks are in the order of the file; each parses what it has read. Blocks come out in
//          that order, whichever is ready first. A few of them may wait.
// Threads: one thread uses it; the workers are its own. Next may wait for them. The destructor
//          waits for a read under way, too: it is for files, not for pipes.
// Cost:    two blocks for each worker and two more, of kBlockBytes or one line each; lines are
//          copied once.
// Source:  docs/ARCHITECTURE.md, "Batches".
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "line_reader.h"

namespace stickyd {

class ReadAhead : public LineReader {
 public:
  static constexpr size_t kBlockBytes = size_t{256} * 1024;
  static constexpr size_t kMostLines = 512;  // of a block

  // `workers`: threads, at least one. `extra_fields`: see PlainParser.
  ReadAhead(std::unique_ptr<InputStream> stream, size_t max_line_bytes,
            const std::vector<std::string>& extra_fields, size_t workers);
  ~ReadAhead() override;

  std::span<ParsedLine> Next() override;
  const Status& status() const override { return lines_.status(); }
  uint64_t consumed() const override { return lines_.consumed(); }
  uint64_t bytes_read() const override { return lines_.bytes_read(); }
  size_t blocks() const { return blocks_.size(); }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t capacity = 0, size = 0;
    std::vector<ParsedLine> lines;
    size_t count = 0;  // of them
    std::unique_ptr<PlainParser> parser;
    bool last = false;
    bool ready = false;  // guarded by mutex_
  };

  void Work();
  Block& BlockOf(uint64_t turn) { return blocks_[turn % blocks_.size()]; }
  // Waits until the block of the turn has been given back. False: nobody wants more.
  bool AwaitRoom(uint64_t turn);
  // Reads the lines of the next block. REQUIRES: reading_ is held.
  void Read(Block& block);
  // False: it does not fit.
  static bool Add(const Line& line, Block& block);
  static std::string_view Copy(std::string_view text, Block& block);

  // Of whoever holds reading_; of the user, once there are no more lines.
  std::mutex reading_;
  StreamLines lines_;
  Line waiting_;  // did not fit into the block before
  bool line_waits_ = false;
  bool ended_ = false;
  uint64_t turn_ = 0;  // of the next block

  // A block is of the worker whose turn it is, then of the user, as these say.
  std::vector<Block> blocks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t given_back_ = 0;  // so many turns are over; guarded by mutex_
  bool stop_ = false;        // guarded by mutex_

  // Of the user.
  uint64_t next_ = 0;  // turn
  bool at_end_ = false;

  std::vector<std::jthread> workers_;  // last: they use the others
};

}  // namespace stickyd
