// SPDX-License-Identifier: Apache-2.0
// odd_paths_test: what a log's name can lead to besides a log, and that it is read once it leads to
// one. All of it on files in memory and on real ones.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "following.h"
#include "stickyd/base/fd.h"
#include "stickyd/source/input_stream.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The verbs of a test, on either file system.
class World {
 public:
  virtual ~World() = default;
  virtual const FileSystem& files() const = 0;
  virtual std::string Path(const std::string& name) const = 0;
  virtual void Append(const std::string& name, const std::string& text) = 0;
  virtual void Link(const std::string& name, const std::string& to) = 0;
  virtual void MakeSpecial(const std::string& name, FileKind kind) = 0;
  virtual void Remove(const std::string& name) = 0;
  // The file, or the folder that it is in, may not be read; or may again.
  virtual void Deny(const std::string& name) = 0;
  virtual void Grant(const std::string& name) = 0;
};

class MemoryWorld : public World {
 public:
  const FileSystem& files() const override { return files_; }
  std::string Path(const std::string& name) const override { return "/log/" + name; }
  void Append(const std::string& name, const std::string& text) override {
    files_.Append(Path(name), text);
  }
  void Link(const std::string& name, const std::string& to) override {
    files_.Symlink(Path(name), Path(to));
  }
  void MakeSpecial(const std::string& name, FileKind kind) override {
    if (kind == FileKind::kDirectory) return files_.Create(Path(name) + "/inside");
    files_.MakeSpecial(Path(name), kind);
  }
  void Remove(const std::string& name) override {
    files_.Remove(Path(name) + "/inside");
    files_.Remove(Path(name));
  }
  void Deny(const std::string& name) override {
    files_.FailStat(Path(name), ErrorCode::kPermission);
    files_.FailOpen(Path(name), ErrorCode::kPermission);
  }
  void Grant(const std::string& name) override {
    files_.FailStat(Path(name), std::nullopt);
    files_.FailOpen(Path(name), std::nullopt);
  }

 private:
  MemoryFileSystem files_;
};

// Root may read everything: the world is looked at as somebody else then.
class RealWorld : public World {
 public:
  ~RealWorld() override {
    if (seteuid(getuid()) != 0) ADD_FAILURE() << "cannot become root again";
  }
  const FileSystem& files() const override { return RealFileSystem(); }
  std::string Path(const std::string& name) const override { return (folder_.path() / name); }
  void Append(const std::string& name, const std::string& text) override {
    fs::create_directories(fs::path(Path(name)).parent_path());
    std::ofstream(Path(name), std::ios::app) << text;
  }
  void Link(const std::string& name, const std::string& to) override {
    fs::create_symlink(Path(to), Path(name));
  }
  void MakeSpecial(const std::string& name, FileKind kind) override {
    if (kind == FileKind::kDirectory) fs::create_directory(Path(name));
    if (kind == FileKind::kSocket) MakeSocket(Path(name));
    if (kind == FileKind::kCharacterDevice) fs::create_symlink("/dev/zero", Path(name));
    if (kind == FileKind::kNull) fs::create_symlink("/dev/null", Path(name));
  }
  void Remove(const std::string& name) override { fs::remove_all(Path(name)); }
  void Deny(const std::string& /*name*/) override {
    fs::permissions(folder_.path(), fs::perms::none);
    const bool root = getuid() == 0;
    EXPECT_TRUE(!root || seteuid(65534) == 0);
  }
  void Grant(const std::string& /*name*/) override {
    EXPECT_EQ(seteuid(getuid()), 0);
    fs::permissions(folder_.path(), fs::perms(0755));
  }

 private:
  static void MakeSocket(const std::string& path) {
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  TempDir folder_;
};

class OddPathsTest : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::string_view(GetParam()) == "memory") {
      world_ = std::make_unique<MemoryWorld>();
    } else {
      world_ = std::make_unique<RealWorld>();
    }
  }
  void Start(const std::string& name) {
    const std::vector<std::string> patterns = {world_->Path(name)};
    follower_ = std::make_unique<LogFollower>(world_->files(), patterns, 100, StartAt::kEnd);
    Step();
  }
  void Step() {
    now_ += std::chrono::milliseconds(250);
    follower_->Check(now_);
    for (const auto& lane : follower_->lanes()) {
      for (Line line; lane.file->Next(line);) lines_.emplace_back(line.text);
    }
  }
  // It is down, for one reason.
  void ExpectProblem(const std::string& what) {
    for (int i = 0; i < 3; ++i) {
      Step();
      EXPECT_FALSE(follower_->States()[0].up);
      EXPECT_THAT(follower_->States()[0].problems, ElementsAre(HasSubstr(what)));
    }
  }
  void ExpectRead(const std::vector<std::string>& lines) {
    Step();
    EXPECT_TRUE(follower_->States()[0].up);
    EXPECT_THAT(follower_->States()[0].problems, IsEmpty());
    EXPECT_EQ(lines_, lines);
  }

  std::unique_ptr<World> world_;
  std::unique_ptr<LogFollower> follower_;
  FollowedFile::Clock::time_point now_{std::chrono::hours(1)};
  std::vector<std::string> lines_;
};

TEST_P(OddPathsTest, LinkInACircleThatIsReplacedByAFileIsReadFromItsBeginning) {
  world_->Link("a", "b");
  world_->Link("b", "a");
  Start("a");
  ExpectProblem("a");
  world_->Remove("a");
  world_->Append("a", "first\n");
  ExpectRead({"first"});
}

TEST_P(OddPathsTest, LinkInACircleThatIsMendedFurtherOnIsReadFromItsBeginning) {
  world_->Link("a", "b");
  world_->Link("b", "a");
  Start("a");
  ExpectProblem("a");
  world_->Remove("b");
  world_->Append("b", "first\n");
  ExpectRead({"first"});
}

TEST_P(OddPathsTest, FileThatIsReplacedByACircleForAWhileIsReadOn) {
  world_->Append("a", "old\n");
  Start("a");
  world_->Append("a", "last\n");
  Step();
  world_->Remove("a");
  world_->Link("a", "b");
  world_->Link("b", "a");
  for (int i = 0; i < 40; ++i) Step();
  ExpectProblem("a");
  world_->Remove("a");
  world_->Append("a", "new\n");
  ExpectRead({"last", "new"});
}

TEST_P(OddPathsTest, LinkThatLeadsNowhereIsReadOnceItLeadsToAFile) {
  world_->Link("a", "b");
  Start("a");
  ExpectProblem("a");
  world_->Append("b", "first\n");
  ExpectRead({"first"});
}

TEST_P(OddPathsTest, FileInPlaceOfAFolderIsWaitedFor) {
  world_->Append("folder", "no folder yet");
  Start("folder/a");
  ExpectProblem("folder/a");
  world_->Remove("folder");
  world_->Append("folder/a", "first\n");
  ExpectRead({"first"});
}

TEST_P(OddPathsTest, FileThatMayNotBeReadIsReadOnceItMay) {
  world_->Append("a", "old\n");
  world_->Deny("a");
  Start("a");
  ExpectProblem("let the daemon's user");
  world_->Grant("a");
  Step();  // what was there may have been read by the daemon before this one
  world_->Append("a", "new\n");
  ExpectRead({"new"});
}

TEST_P(OddPathsTest, WhatIsNoLogIsRefusedUntilItIsOne) {
  const std::pair<FileKind, const char*> kinds[] = {
      {FileKind::kCharacterDevice, "a character device, which may never end: name a regular file"},
      {FileKind::kSocket, "a socket, which may never end: name a regular file"},
      {FileKind::kNull, "the null device"},
      {FileKind::kDirectory, "a directory: name its files, as in /"},
  };
  for (const auto& [kind, said] : kinds) {
    SCOPED_TRACE(said);
    world_->MakeSpecial("a", kind);
    Start("a");
    ExpectProblem(said);
    EXPECT_EQ(follower_->States()[0].stats.read_bytes, 0U);
    world_->Remove("a");
    world_->Append("a", "first\n");
    ExpectRead({"first"});
    world_->Remove("a");
    lines_.clear();
  }
}

TEST_P(OddPathsTest, DeviceThatAPatternMatchesIsNamedAndTheOthersAreRead) {
  world_->MakeSpecial("1.log", FileKind::kCharacterDevice);
  world_->Append("2.log", "old\n");
  Start("*.log");
  world_->Append("2.log", "new\n");
  for (int i = 0; i < 3; ++i) {
    Step();
    EXPECT_THAT(follower_->States()[0].problems, ElementsAre(HasSubstr("a character device")));
  }
  EXPECT_EQ(follower_->States()[0].stats.read_bytes, 4U);
  world_->Remove("1.log");
  ExpectRead({"new"});
  EXPECT_EQ(follower_->lanes().size(), 1U);
}

TEST_P(OddPathsTest, WhatIsNoLogIsRefusedAsAFinishedFileToo) {
  world_->MakeSpecial("device", FileKind::kCharacterDevice);
  world_->MakeSpecial("socket", FileKind::kSocket);
  world_->MakeSpecial("folder", FileKind::kDirectory);
  world_->MakeSpecial("null", FileKind::kNull);
  for (const char* name : {"device", "socket", "folder"}) {
    const auto stream = InputStream::Open(world_->files(), world_->Path(name));
    ASSERT_FALSE(stream.has_value());
    EXPECT_EQ(stream.error().code, ErrorCode::kNotAFile);
    EXPECT_THAT(stream.error().message, HasSubstr(": name "));
  }
  EXPECT_TRUE(InputStream::Open(world_->files(), world_->Path("null")).has_value());
}

INSTANTIATE_TEST_SUITE_P(Files, OddPathsTest, testing::Values("memory", "real"),
                         [](const auto& world) { return std::string(world.param); });

TEST(OddPathsMemoryTest, BlockDevicesAreRefused) {
  MemoryFileSystem files;
  files.MakeSpecial("/a", FileKind::kBlockDevice);
  LogFollower follower(files, {"/a"}, 100, StartAt::kBeginning);
  follower.Check(FollowedFile::Clock::time_point(std::chrono::hours(1)));
  EXPECT_THAT(follower.States()[0].problems, ElementsAre(HasSubstr("a block device")));
}

TEST(OddPathsMemoryTest, FileOfAPatternThatMayNotBeLookedAtIsAProblemUntilItIsGone) {
  MemoryFileSystem files;
  files.Create("/log/a");
  files.FailStat("/log/a", ErrorCode::kPermission);
  LogFollower follower(files, {"/log/*"}, 100, StartAt::kBeginning);
  FollowedFile::Clock::time_point now(std::chrono::hours(1));
  follower.Check(now);
  EXPECT_THAT(follower.States()[0].problems, ElementsAre(HasSubstr("let the daemon's user")));
  files.Remove("/log/a");
  follower.Check(now + std::chrono::seconds(1));
  EXPECT_THAT(follower.States()[0].problems, ElementsAre(HasSubstr("no file matches")));
}

// However it is spelled, a pipe is one and a file is one; a terminal is standard input or nothing.
TEST(OddPathsRealTest, DescriptorsAreWhatTheyLeadTo) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  for (const char* form : {"/dev/fd/", "/proc/self/fd/"}) {
    const auto info = RealFileSystem().Stat(form + std::to_string(reader.get()));
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->kind, FileKind::kFifo);
  }
  ASSERT_EQ(::write(writer.get(), "a\n", 2), 2);
  writer.Reset();
  auto stream = InputStream::Open(RealFileSystem(), "/dev/fd/" + std::to_string(reader.get()));
  ASSERT_TRUE(stream.has_value());
  std::array<char, 10> buffer{};
  EXPECT_EQ((*stream)->Read(buffer).value_or(0), 2U);
  const UniqueFd device(::open("/dev/zero", O_RDONLY));
  EXPECT_FALSE(InputStream::Open(RealFileSystem(), "/dev/fd/" + std::to_string(device.get())));
}

}  // namespace
}  // namespace stickyd
