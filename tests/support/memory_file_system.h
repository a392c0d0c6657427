// SPDX-License-Identifier: Apache-2.0
// memory_file_system.h: files in memory, with error switches.
// Shape:   a file is a node with a number of its own (its inode); names lead to nodes, symbolic
//          links to names. Folders exist where something is in them. Rename, Remove and Truncate do
//          to open files what a kernel does.
#pragma once

#include <fnmatch.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stickyd/base/file_system.h"

namespace stickyd {

class MemoryFileSystem : public FileSystem {
 public:
  // Verbs.
  void Append(const std::string& path, std::string_view text) {
    NodeAt(path, FileKind::kRegular).bytes += text;
  }
  void Create(const std::string& path) { Append(path, ""); }
  void MakeFifo(const std::string& path) { NodeAt(path, FileKind::kFifo); }
  void MakeSpecial(const std::string& path, FileKind kind) { NodeAt(path, kind); }
  void WriteFifo(const std::string& path, std::string_view text) {
    NodeAt(path, FileKind::kFifo).bytes += text;
  }
  void Truncate(const std::string& path, size_t size = 0) { Find(path)->bytes.resize(size); }
  void Rename(const std::string& from, const std::string& to) {
    Remove(to);
    names_[to] = names_.at(from);
    names_.erase(from);
  }
  void Remove(const std::string& path) {
    if (const auto found = names_.find(path); found != names_.end()) {
      --found->second->links;
      names_.erase(found);
    }
    links_.erase(path);
  }
  void CopyTruncate(const std::string& path, const std::string& to) {
    const std::string bytes = Find(path)->bytes;
    Remove(to);
    Append(to, bytes);
    Truncate(path);
  }
  void Symlink(const std::string& path, const std::string& to) { links_[path] = to; }
  // A folder is moved away, with what is in it, and comes back.
  void Hide(const std::string& folder) { hidden_.push_back(folder + "/"); }
  void Show(const std::string& folder) { std::erase(hidden_, folder + "/"); }
  void FreeInode(const std::string& path) {
    next_inode_ = Find(path)->id;
  }  // the next file gets it
  void SetInput(std::string_view text, bool closed) {
    Node& node = NodeAt("-", FileKind::kFifo);
    node.bytes += text;
    node.closed = closed;
  }

  // Switches; nullopt: it works again.
  using Switch = std::optional<ErrorCode>;
  void FailStat(const std::string& path, Switch code) { Set(fail_stat_, path, code); }
  void FailOpen(const std::string& path, Switch code) { Set(fail_open_, path, code); }
  void FailRead(const std::string& path, Switch code) { Find(path)->fail_read = code; }
  void set_most_per_read(size_t bytes) { most_per_read_ = bytes; }              // short reads
  void set_on_glob(std::function<void()> call) { on_glob_ = std::move(call); }  // takes time
  void set_can_notify(bool can) { can_notify_ = can; }
  size_t open_files() const { return open_files_; }
  size_t most_open_files() const { return most_open_files_; }  // at a time, so far

  Result<FileInfo> Stat(const std::string& path) const override {
    if (const auto fail = Get(fail_stat_, path)) return Error(*fail, path);
    const auto node = Find(path);
    if (node != nullptr) return InfoOf(*node);
    if (IsFolder(path)) return FileInfo{{7, 1}, 0, 0, 1, FileKind::kDirectory};
    return Error(ErrorCode::kNotFound, path);
  }
  Result<std::unique_ptr<File>> Open(const std::string& path) const override {
    if (const auto fail = Get(fail_open_, path)) return Error(*fail, path);
    auto node = Find(path);
    if (node == nullptr) {
      return Error(IsFolder(path) ? ErrorCode::kNotAFile : ErrorCode::kNotFound, path);
    }
    if (node->kind > FileKind::kFifo && node->kind != FileKind::kNull) {
      return Error(ErrorCode::kNotAFile, path);
    }
    return std::make_unique<OpenNode>(*this, path, std::move(node));
  }
  std::vector<std::string> Glob(const std::string& pattern) const override {
    if (on_glob_) on_glob_();
    std::vector<std::string> paths;
    const auto add = [&](const std::string& path) {
      if (!IsHidden(path) && ::fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0) {
        paths.push_back(path);
      }
    };
    for (const auto& [path, node] : names_) add(path);
    for (const auto& [path, to] : links_) add(path);
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  Result<std::vector<std::string>> List(const std::string& folder) const override {
    std::vector<std::string> names;
    for (const std::string& path : Glob(folder + "/*")) {
      names.push_back(path.substr(folder.size() + 1));
    }
    return names;
  }
  std::string Resolve(const std::string& path) const override {
    std::string at = path;
    for (int i = 0; i < 40; ++i) {
      const auto link = links_.find(at);
      if (link == links_.end()) return at;
      at = link->second;
    }
    return path;  // in a circle
  }
  bool CanNotify(const std::string&) const override { return can_notify_; }

 private:
  struct Node {
    uint64_t id = 0;
    FileKind kind = FileKind::kRegular;
    std::string bytes;
    uint64_t links = 1;
    bool closed = false;  // standard input whose writer has gone
    Switch fail_read;
  };
  using NodePtr = std::shared_ptr<Node>;

  class OpenNode : public File {
   public:
    OpenNode(const MemoryFileSystem& files, std::string path, NodePtr node)
        : files_(files), path_(std::move(path)), node_(std::move(node)) {
      files_.most_open_files_ = std::max(files_.most_open_files_, ++files_.open_files_);
    }
    ~OpenNode() override { --files_.open_files_; }
    Result<size_t> Read(std::span<char> buffer) override {
      if (node_->fail_read) return Error(*node_->fail_read, path_);
      const size_t left = at_ < node_->bytes.size() ? node_->bytes.size() - at_ : 0;
      const size_t count = std::min({left, buffer.size(), files_.most_per_read_});
      std::memcpy(buffer.data(), node_->bytes.data() + at_, count);
      at_ += count;
      ended_ = path_ == "-" && count == 0 && node_->closed;
      return count;
    }
    Status SeekTo(uint64_t offset) override {
      at_ = offset;
      return {};
    }
    Result<FileInfo> Info() const override { return InfoOf(*node_); }
    bool ended() const override { return ended_; }

   private:
    const MemoryFileSystem& files_;
    const std::string path_;
    const NodePtr node_;
    size_t at_ = 0;
    bool ended_ = false;
  };

  static tl::unexpected<stickyd::Error> Error(ErrorCode code, const std::string& path) {
    return Fail(code, path + ": made to fail");
  }
  static FileInfo InfoOf(const Node& node) {
    return {{7, node.id}, node.bytes.size(), 0, node.links, node.kind};
  }
  static void Set(std::map<std::string, ErrorCode>& map, const std::string& path, Switch code) {
    map.erase(path);
    if (code) map.emplace(path, *code);
  }
  static Switch Get(const std::map<std::string, ErrorCode>& map, const std::string& path) {
    const auto found = map.find(path);
    return found == map.end() ? Switch() : found->second;
  }
  bool IsHidden(const std::string& path) const {
    return std::any_of(hidden_.begin(), hidden_.end(),
                       [&](const std::string& folder) { return path.starts_with(folder); });
  }
  bool IsFolder(const std::string& path) const {
    return std::any_of(names_.begin(), names_.end(), [&](const auto& name) {
      return name.first.starts_with(path + "/") && !IsHidden(name.first);
    });
  }
  NodePtr Find(const std::string& path) const {
    const std::string real = Resolve(path);
    const auto found = names_.find(real);
    return found == names_.end() || IsHidden(path) || IsHidden(real) ? nullptr : found->second;
  }
  Node& NodeAt(const std::string& path, FileKind kind) {
    NodePtr& node = names_[Resolve(path)];
    if (node == nullptr) {
      node = std::make_shared<Node>();
      node->id = std::exchange(next_inode_, 0);
      if (node->id == 0) node->id = ++last_inode_;
      node->kind = kind;
    }
    return *node;
  }

  std::map<std::string, NodePtr> names_;
  std::map<std::string, std::string> links_;
  std::vector<std::string> hidden_;
  std::map<std::string, ErrorCode> fail_stat_, fail_open_;
  size_t most_per_read_ = std::numeric_limits<size_t>::max();
  std::function<void()> on_glob_;
  bool can_notify_ = true;
  uint64_t last_inode_ = 100, next_inode_ = 0;
  mutable size_t open_files_ = 0, most_open_files_ = 0;
};

}  // namespace stickyd
