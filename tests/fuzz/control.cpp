// Hostile bytes on the control socket: nothing but clean refusals, and what decodes is encoded and
// decoded again to the same.
#include "control/control.hpp"

#include <cstdlib>

using namespace moot;

namespace {

void must(bool condition) {
  if (!condition) std::abort();
}

bool same(const control::Response& a, const control::Response& b) {
  if (a.has_value() != b.has_value()) return false;
  if (a) return *a == *b;
  const Error& x = a.error();
  const Error& y = b.error();
  if (x.code != y.code || x.message != y.message || x.hint != y.hint) return false;
  if (x.problems.size() != y.problems.size()) return false;
  for (std::size_t i = 0; i < x.problems.size(); ++i) {
    const Problem& p = x.problems[i];
    const Problem& q = y.problems[i];
    if (p.where != q.where || p.found != q.found || p.allowed != q.allowed || p.hint != q.hint) {
      return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView message(data, size);
  if (const auto request = control::decode_request(message)) {
    const auto again = control::decode_request(control::encode(*request));
    must(again && *again == *request);
  }
  if (const auto response = control::decode_response(message)) {
    const auto again = control::decode_response(control::encode(*response));
    must(again && same(*again, *response));
  }
  return 0;
}
