#include "crypto/key_file.hpp"

#include <sys/stat.h>

#include <fstream>

#include "base/limits.hpp"
#include "support.hpp"
#include "support/shared.hpp"

namespace moot::crypto {
namespace {

namespace fs = std::filesystem;
using moot::test::read_file;
using moot::test::TemporaryFolder;

constexpr auto owner_only = fs::perms::owner_read | fs::perms::owner_write;

SigningKey fixed_key() {
  FixedBytes<32> seed{};
  return SigningKey::from_seed(seed);
}

const std::string fixed_text = "moot/log-key/v1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

void put(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
  fs::permissions(path, owner_only);
}

TEST(KeyFile, ReadsBackWhatItWrote) {
  const TemporaryFolder folder;
  const SigningKey key = SigningKey::generate();
  for (const KeyUse use : {KeyUse::log, KeyUse::node}) {
    const fs::path path = folder.path() / (use == KeyUse::log ? "log" : "node");
    ASSERT_TRUE(write_key_file(path, use, key).has_value());
    EXPECT_EQ(fs::status(path).permissions(), owner_only);
    EXPECT_EQ(read_key_file(path, use).value().public_key(), key.public_key());
  }
}

TEST(KeyFile, HasTheDocumentedText) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_key_file(folder.path() / "key", KeyUse::log, fixed_key()).has_value());
  EXPECT_EQ(read_file(folder.path() / "key"), fixed_text);
  EXPECT_EQ(text_of(key_file_text(KeyUse::log, fixed_key())), fixed_text);
}

TEST(KeyFile, IsWrittenOwnerOnlyWhateverTheUmask) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(0777);
  const auto written = write_key_file(folder.path() / "key", KeyUse::log, fixed_key());
  ::umask(before);
  ASSERT_TRUE(written.has_value());
  EXPECT_EQ(fs::status(folder.path() / "key").permissions(), owner_only);
}

TEST(KeyFile, IsNeverWrittenOverAnother) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "key";
  put(path, "precious");
  EXPECT_EQ(write_key_file(path, KeyUse::log, fixed_key()).error(), Fault::file_exists);
  EXPECT_EQ(read_file(path), "precious");

  fs::create_symlink(folder.path() / "elsewhere", folder.path() / "link");
  EXPECT_EQ(write_key_file(folder.path() / "link", KeyUse::log, fixed_key()).error(),
            Fault::file_exists);
  EXPECT_FALSE(fs::exists(folder.path() / "elsewhere"));
}

TEST(KeyFile, SaysThatItCannotBeWritten) {
  const TemporaryFolder folder;
  EXPECT_EQ(write_key_file(folder.path() / "no" / "key", KeyUse::log, fixed_key()).error(),
            Fault::cannot_write_file);
  EXPECT_EQ(errno, ENOENT);
}

TEST(KeyFile, IsRefusedWhenOthersMayReadOrWriteIt) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "key";
  put(path, fixed_text);
  ASSERT_TRUE(read_key_file(path, KeyUse::log).has_value());
  for (const fs::perms extra : {fs::perms::group_read, fs::perms::others_read,
                                fs::perms::group_write, fs::perms::others_write}) {
    fs::permissions(path, owner_only | extra);
    EXPECT_EQ(read_key_file(path, KeyUse::log).error(), Fault::wrong_mode);
  }
}

TEST(KeyFile, IsRefusedForAnotherUse) {
  const TemporaryFolder folder;
  put(folder.path() / "key", fixed_text);
  EXPECT_EQ(read_key_file(folder.path() / "key", KeyUse::node).error(), Fault::wrong_use);
}

TEST(KeyFile, IsReadFromAPlainFileOnly) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_key_file(folder.path() / "key", KeyUse::log).error(), Fault::cannot_read_file);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(read_key_file(folder.path(), KeyUse::log).error(), Fault::cannot_read_file);

  put(folder.path() / "key", fixed_text);
  fs::create_symlink(folder.path() / "key", folder.path() / "link");
  EXPECT_EQ(read_key_file(folder.path() / "link", KeyUse::log).error(), Fault::cannot_read_file);
  EXPECT_EQ(errno, ELOOP);

  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_key_file(folder.path() / "pipe", KeyUse::log).error(), Fault::cannot_read_file);
}

TEST(KeyFile, IsRefusedWhenLargerThanAnyKey) {
  const TemporaryFolder folder;
  put(folder.path() / "key", fixed_text + std::string(limits::file_key_bytes_max, 'A'));
  EXPECT_EQ(read_key_file(folder.path() / "key", KeyUse::log).error(), Fault::unknown_format);
}

TEST(ParseKeyFile, RefusesATextCutAnywhere) {
  for (std::size_t size = 0; size < fixed_text.size(); ++size) {
    const auto key = parse_key_file(view_of(fixed_text).first(size), KeyUse::log);
    ASSERT_FALSE(key.has_value()) << size;
    EXPECT_EQ(key.error(), size < 16 ? Fault::unknown_format : Fault::bad_encoding) << size;
  }
}

TEST(ParseKeyFile, RefusesTrailingBytesAndSecondSpellings) {
  const auto refused = [](std::string_view text) {
    return !parse_key_file(view_of(text), KeyUse::log).has_value();
  };
  EXPECT_FALSE(refused(fixed_text));
  EXPECT_TRUE(refused(fixed_text + "\n"));
  EXPECT_TRUE(refused(fixed_text + "x"));
  EXPECT_TRUE(refused(" " + fixed_text));
  std::string changed = fixed_text;
  changed[fixed_text.size() - 3] = 'B';  // a bit that no byte uses
  EXPECT_TRUE(refused(changed));
  changed = fixed_text;
  changed[fixed_text.size() - 2] = 'A';  // 33 bytes
  EXPECT_TRUE(refused(changed));
  changed = fixed_text;
  changed[fixed_text.size() - 3] = '=';  // 31 bytes
  EXPECT_TRUE(refused(changed));
  changed = fixed_text;
  changed[20] = static_cast<char>(0xff);  // which libsodium alone takes for a slash
  EXPECT_TRUE(refused(changed));
  changed = fixed_text;
  changed[14] = '2';  // another version
  EXPECT_EQ(parse_key_file(view_of(changed), KeyUse::log).error(), Fault::unknown_format);
}

}  // namespace
}  // namespace moot::crypto
