#include "support/services.hpp"

#include <array>
#include <cstdio>

namespace moot::test {
namespace {

std::uint64_t mixed(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::string uuid(std::uint64_t n, std::uint64_t salt) {
  const std::uint64_t a = mixed(n * 2 + salt);
  const std::uint64_t b = mixed(a + n);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-8%03x-%012llx", static_cast<unsigned>(a),
                static_cast<unsigned>(a >> 32 & 0xffff), static_cast<unsigned>(a >> 52),
                static_cast<unsigned>(b & 0xfff), static_cast<unsigned long long>(b >> 16));
  return text.data();
}

}  // namespace

std::string services(std::uint64_t first, std::uint64_t count) {
  constexpr std::array<const char*, 8> what = {"Food parcels",     "Debt advice", "Lunch club",
                                               "Youth group",      "Warm space",  "Befriending",
                                               "Bereavement help", "Repair cafe"};
  std::string out;
  out.reserve(count * 720);
  for (std::uint64_t n = first; n < first + count; ++n) {
    const char* name = what[mixed(n) % what.size()];
    const std::string number = std::to_string(n);
    out +=
        R"({"id":")" + uuid(n, 1) + R"(","name":")" + name + " " + number +
        R"(","status":"active","description":"Open to anyone who lives nearby. Come along on the day, or ring first if )"
        R"(you need help to get here; nobody is turned away and there is nothing to pay.","url":"https://example.org/services/)" +
        number + R"(","email":"hello@example.org","organization_id":")" + uuid(mixed(n) % 1000, 2) +
        R"(","schedules":[{"id":")" + uuid(n, 3) +
        R"(","freq":"WEEKLY","byday":"TU,TH","opens_at":"10:00","closes_at":"14:00","dtstart":"2026-01-06"}],)"
        R"("phones":[{"id":")" +
        uuid(n, 4) + R"(","number":"+44 1632 960)" + std::to_string(100 + n % 900) +
        R"("}],"eligibility_description":"Anyone","minimum_age":18,"last_modified":"2026-01-02T03:04:05Z"})"
        "\n";
  }
  return out;
}

}  // namespace moot::test
