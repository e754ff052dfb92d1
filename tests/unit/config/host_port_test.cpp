#include "config/host_port.hpp"

#include <gtest/gtest.h>

namespace moot::config {
namespace {

TEST(HostPort, ReadsNamesAndAddresses) {
  EXPECT_EQ(parse_host_port("node.example.org:7117"), (HostPort{"node.example.org", 7117}));
  EXPECT_EQ(parse_host_port("localhost:0"), (HostPort{"localhost", 0}));
  EXPECT_EQ(parse_host_port("127.0.0.1:65535"), (HostPort{"127.0.0.1", 65535}));
  EXPECT_EQ(parse_host_port("[::1]:7117"), (HostPort{"::1", 7117}));
  EXPECT_EQ(parse_host_port("[2001:db8::8]:1"), (HostPort{"2001:db8::8", 1}));
}

TEST(HostPort, IsWrittenAsItIsRead) {
  for (const std::string text : {"a:1", "127.0.0.1:7117", "[::]:7117", "[2001:db8::8]:80"}) {
    const auto where = parse_host_port(text);
    ASSERT_TRUE(where.has_value()) << text;
    EXPECT_EQ(to_text(*where), text);
  }
}

TEST(HostPort, RefusesBadPorts) {
  for (const std::string_view text : {"a", "a:", "a:65536", "a:99999999999", "a:-1", "a:+1", "a:01",
                                      "a: 1", "a:1 ", "a:http", "[::1]", "[::1]7117"}) {
    EXPECT_FALSE(parse_host_port(text).has_value()) << text;
  }
}

TEST(HostPort, RefusesBadHosts) {
  for (const std::string_view text :
       {":1", "::1:1", "[]:1", "[::1:1", "::1]:1", "[127.0.0.1]:1", "[zz]:1", "256.0.0.1:1",
        "1.2.3:1", "a..b:1", ".a:1", "a b:1", "h\xc3\xb6st:1", "moot://a:1", "a/b:1", "*:1",
        "[fe80::1%eth0]:1"}) {
    EXPECT_FALSE(parse_host_port(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_host_port(std::string_view("127.0.0.1\0x:1", 13)).has_value());
  EXPECT_FALSE(parse_host_port(std::string(64, 'a') + ":1").has_value());
  EXPECT_TRUE(parse_host_port(std::string(63, 'a') + ":1").has_value());
}

}  // namespace
}  // namespace moot::config
