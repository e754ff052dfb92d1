// Force-included into the files that use Cap'n Proto 0.9, before its headers: under C++20 clang-16 follows the newer
// rule for rewritten comparisons and no longer finds `const char* == StringPtr` by turning it round (capnp/blob.h).
#pragma once
#ifdef __cplusplus
#include <kj/string.h>
namespace kj {
inline bool operator==(const char* a, const StringPtr& b) { return b == StringPtr(a); }
inline bool operator!=(const char* a, const StringPtr& b) { return !(b == StringPtr(a)); }
}  // namespace kj
#endif
