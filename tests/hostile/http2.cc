// SPDX-License-Identifier: Apache-2.0
#include "http2.h"

#include <algorithm>

#include "support/http_client.h"

namespace stickyd {
namespace {

// Types of frames, and flags of theirs.
constexpr unsigned kData = 0;
constexpr unsigned kHeaders = 1;
constexpr unsigned kReset = 3;
constexpr unsigned kSettings = 4;
constexpr unsigned kGoAway = 7;
constexpr unsigned kContinuation = 9;
constexpr unsigned kEndStream = 1;
constexpr unsigned kAck = 1;
constexpr unsigned kEndHeaders = 4;

constexpr size_t kFrameHead = 9;
constexpr size_t kLargestFrame = 16'384;

void AppendFrame(std::string& out, unsigned type, unsigned flags, unsigned stream,
                 std::string_view payload) {
  const auto byte = [&](size_t value) { out += static_cast<char>(value & 0xFFU); };
  byte(payload.size() >> 16U);
  byte(payload.size() >> 8U);
  byte(payload.size());
  byte(type);
  byte(flags);
  out += std::string(3, '\0');
  byte(stream);
  out += payload;
}

void AppendText(std::string& out, std::string_view text) {
  constexpr size_t kInOneByte = 127;
  if (text.size() < kInOneByte) {
    out += static_cast<char>(text.size());
  } else {
    out += static_cast<char>(kInOneByte);
    size_t rest = text.size() - kInOneByte;
    for (; rest >= 128; rest >>= 7U) out += static_cast<char>(rest % 128 + 128);
    out += static_cast<char>(rest);
  }
  out += text;
}

bool ReadExactly(const UniqueFd& fd, size_t size, std::string& out) {
  out.resize(size);
  for (size_t at = 0; at < size;) {
    const ssize_t count = ::recv(fd.get(), out.data() + at, size - at, 0);
    if (count <= 0) return false;
    at += static_cast<size_t>(count);
  }
  return true;
}

}  // namespace

std::string Http2Request(const Http2Fields& fields) {
  std::string block;
  for (const auto& [name, value] : fields) {
    block += '\0';
    AppendText(block, name);
    AppendText(block, value);
  }
  std::string out = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  AppendFrame(out, kSettings, 0, 0, {});
  for (size_t at = 0; at < block.size(); at += kLargestFrame) {
    const std::string_view piece = std::string_view(block).substr(at, kLargestFrame);
    const unsigned last = at + piece.size() == block.size() ? kEndHeaders : 0U;
    AppendFrame(out, at == 0 ? kHeaders : kContinuation, (at == 0 ? kEndStream : 0U) | last, 1,
                piece);
  }
  return out;
}

std::string ReadHttp2Body(const UniqueFd& fd) {
  std::string body;
  std::string head;
  std::string payload;
  while (ReadExactly(fd, kFrameHead, head)) {
    const auto byte = [&](size_t i) { return static_cast<unsigned char>(head[i]); };
    const size_t size = size_t{byte(0)} << 16U | size_t{byte(1)} << 8U | size_t{byte(2)};
    if (!ReadExactly(fd, size, payload)) break;
    const unsigned type = byte(3);
    const unsigned flags = byte(4);
    if (type == kReset || type == kGoAway) break;
    if (type == kSettings && (flags & kAck) == 0) {
      std::string ack;
      AppendFrame(ack, kSettings, kAck, 0, {});
      Write(fd, ack);
    }
    if (type == kData) body += payload;
    if ((type == kData || type == kHeaders) && (flags & kEndStream) != 0) break;
  }
  return body;
}

}  // namespace stickyd
