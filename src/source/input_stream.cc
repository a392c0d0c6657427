#include "stickyd/source/input_stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace stickyd {
namespace {

constexpr size_t kPeek = 6;  // the longest magic number

// A file whose first bytes can be looked at before they are read.
class PeekedFile {
 public:
  PeekedFile(std::unique_ptr<File> file, bool waits) : file_(std::move(file)), waits_(waits) {}

  Status Peek() {
    head_.resize(kPeek);
    size_t size = 0;
    while (size < kPeek) {
      auto count = ReadFile(std::span<char>(head_).subspan(size));
      if (!count) return tl::unexpected(count.error());
      if (*count == 0) break;
      size += *count;
    }
    head_.resize(size);
    return {};
  }
  std::string_view head() const { return {head_.data(), head_.size()}; }

  Result<size_t> Read(std::span<char> buffer) {
    if (given_ < head_.size()) {
      const size_t count = std::min(buffer.size(), head_.size() - given_);
      std::memcpy(buffer.data(), head_.data() + given_, count);
      given_ += count;
      consumed_ += count;
      return count;
    }
    auto count = ReadFile(buffer);
    if (count) consumed_ += *count;
    return count;
  }
  uint64_t consumed() const { return consumed_; }

 private:
  // Pipes are opened without blocking; here their writer is waited for.
  Result<size_t> ReadFile(std::span<char> buffer) {
    if (waits_) {
      pollfd poll_fd{file_->descriptor(), POLLIN, 0};
      while (::poll(&poll_fd, 1, -1) < 0 && errno == EINTR) {
      }
    }
    return file_->Read(buffer);
  }

  std::unique_ptr<File> file_;
  const bool waits_;
  std::vector<char> head_;
  size_t given_ = 0;
  uint64_t consumed_ = 0;
};

class PlainStream : public InputStream {
 public:
  explicit PlainStream(PeekedFile file) : file_(std::move(file)) {}
  Result<size_t> Read(std::span<char> buffer) override { return file_.Read(buffer); }
  uint64_t consumed() const override { return file_.consumed(); }
  bool compressed() const override { return false; }

 private:
  PeekedFile file_;
};

class CompressedStream : public InputStream {
 public:
  CompressedStream(PeekedFile file, std::string path)
      : file_(std::move(file)), path_(std::move(path)), archive_(archive_read_new()) {}
  ~CompressedStream() override { archive_read_free(archive_); }
  CompressedStream(const CompressedStream&) = delete;
  CompressedStream& operator=(const CompressedStream&) = delete;

  Status Open() {
    archive_read_support_filter_gzip(archive_);
    archive_read_support_filter_zstd(archive_);
    archive_read_support_filter_xz(archive_);
    archive_read_support_format_raw(archive_);
    archive_read_support_format_empty(archive_);
    const auto read = [](archive*, void* self, const void** data) -> la_ssize_t {
      auto* stream = static_cast<CompressedStream*>(self);
      auto count = stream->file_.Read(stream->buffer_);
      if (!count) return ARCHIVE_FATAL;
      *data = stream->buffer_.data();
      return static_cast<la_ssize_t>(*count);
    };
    archive_entry* entry = nullptr;
    if (archive_read_open(archive_, this, nullptr, read, nullptr) != ARCHIVE_OK) return Broken();
    const int header = archive_read_next_header(archive_, &entry);
    if (header == ARCHIVE_EOF) at_end_ = true;
    return header == ARCHIVE_OK || header == ARCHIVE_EOF ? Status() : Broken();
  }

  Result<size_t> Read(std::span<char> buffer) override {
    if (at_end_) return size_t{0};
    const la_ssize_t count = archive_read_data(archive_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<size_t>(count);
    at_end_ = true;
    return Broken();
  }
  uint64_t consumed() const override { return file_.consumed(); }
  bool compressed() const override { return true; }

 private:
  tl::unexpected<Error> Broken() {
    const char* text = archive_error_string(archive_);
    return Fail(ErrorCode::kInvalidInput, path_ + ": " + (text != nullptr ? text : "damaged"));
  }

  PeekedFile file_;
  const std::string path_;
  archive* archive_;
  std::vector<char> buffer_ = std::vector<char>(size_t{64} * 1024);
  bool at_end_ = false;
};

bool IsCompressed(std::string_view head) {
  using namespace std::string_view_literals;
  return head.starts_with("\x1f\x8b"sv) || head.starts_with("\x28\xb5\x2f\xfd"sv) ||
         head.starts_with(
             "\xfd"
             "7zXZ\0"sv);
}

}  // namespace

Result<std::unique_ptr<InputStream>> InputStream::Open(const FileSystem& files,
                                                       const std::string& path) {
  auto file = files.Open(path);
  if (!file) return tl::unexpected(file.error());
  auto info = (*file)->Info();
  if (!info) return tl::unexpected(info.error());
  PeekedFile peeked(std::move(*file), info->kind != FileKind::kRegular);
  if (auto status = peeked.Peek(); !status) return tl::unexpected(status.error());
  if (!IsCompressed(peeked.head())) return std::make_unique<PlainStream>(std::move(peeked));
  auto stream = std::make_unique<CompressedStream>(std::move(peeked), path);
  if (auto status = stream->Open(); !status) return tl::unexpected(status.error());
  return stream;
}

}  // namespace stickyd
