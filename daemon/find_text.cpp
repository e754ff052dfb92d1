#include "node/find_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/limits.hpp"
#include "node/errors.hpp"
#include "query/words.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

void append_utf8(std::string& to, char32_t c) {
  if (c < 0x80) {
    to += static_cast<char>(c);
  } else if (c < 0x800) {
    to += static_cast<char>(0xC0 | (c >> 6));
    to += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    to += static_cast<char>(0xE0 | (c >> 12));
    to += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    to += static_cast<char>(0x80 | (c & 0x3F));
  }
}

/// Simple case folding of the alphabets of European names (Unicode CaseFolding.txt, status C).
char32_t lower(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;  // Latin-1
  if (c == 0x178) return 0xFF;
  const bool is_odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
  if (is_odd_upper) return (c & 1) != 0 ? c + 1 : c;  // Latin Extended-A
  if (c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x131 && c != 0x138) return c | 1;
  if (c >= 0x391 && c <= 0x3A9) return c + 32;  // Greek
  if (c >= 0x400 && c <= 0x40F) return c + 80;  // Cyrillic
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  return c;
}

/// The number that four hexadecimal digits are; none when they are not.
std::optional<char32_t> hex4(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  char32_t value = 0;
  for (const char digit : digits.substr(0, 4)) {
    const auto lowered = static_cast<char>(digit | 0x20);
    if (digit >= '0' && digit <= '9') {
      value = value * 16 + static_cast<char32_t>(digit - '0');
    } else if (lowered >= 'a' && lowered <= 'f') {
      value = value * 16 + static_cast<char32_t>(lowered - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

/// One character of a JSON text at `at`, which moves past it. Bytes that are no UTF-8, and longer
/// sequences, are given one by one as they are (second value true).
std::pair<char32_t, bool> next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first == '\\' && at + 1 < text.size()) {
    const char kind = text[at + 1];
    if (const auto code = kind == 'u' ? hex4(text.substr(at + 2)) : std::nullopt) {
      at += 6;
      return {*code, false};
    }
    at += 2;
    const bool is_space = kind == 'n' || kind == 't' || kind == 'r' || kind == 'f';
    return {is_space ? U' ' : static_cast<char32_t>(static_cast<unsigned char>(kind)), false};
  }
  if (first >= 0xC2 && first < 0xE0 && at + 1 < text.size() && (byte(at + 1) & 0xC0) == 0x80) {
    const char32_t code = (char32_t{first} & 0x1F) << 6 | (byte(at + 1) & 0x3F);
    at += 2;
    return {code, false};
  }
  ++at;
  return {first, first >= 0x80};
}

/// What stands around a place, cut at characters.
std::string excerpt_around(const std::string& text, std::size_t at, std::size_t length) {
  const std::size_t spare =
      limits::excerpt_bytes > length ? (limits::excerpt_bytes - length) / 2 : 0;
  std::size_t begin = at > spare ? at - spare : 0;
  std::size_t end = std::min(text.size(), at + std::min(length, limits::excerpt_bytes) + spare);
  const auto is_inside = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  while (is_inside(begin)) ++begin;
  while (end > begin && is_inside(end)) --end;
  return text.substr(begin, end - begin);
}

class Search {
 public:
  Search(const log::LogReader& reader, const Follows& follows, std::string wanted,
         std::size_t limit, const std::atomic<bool>& is_stopping)
      : reader_(reader),
        follows_(follows),
        wanted_(std::move(wanted)),
        limit_(limit),
        is_stopping_(is_stopping) {}

  void run() {
    for (const log::OrganisationId& organisation : reader_.organisations()) search(organisation);
  }
  Json take() {
    return {{"found", std::move(found_)}, {"searched", searched_}, {"truncated", is_truncated_}};
  }

 private:
  bool is_over() const { return is_stopping_ || is_truncated_; }

  void search(const log::OrganisationId& organisation) {
    const auto state = reader_.state(organisation);
    for (log::LeafIndex first = 0; state && first < state->held && !is_over();) {
      const auto part = reader_.bodies(organisation, first, limits::block_entries,
                                       limits::search_read_bytes, true);
      if (part.next <= first) return;
      search(organisation, first, part);
      first = part.next;
    }
  }

  void search(const log::OrganisationId& organisation, log::LeafIndex first,
              const log::LogReader::Bodies& part) {
    const std::uint64_t count = part.next - first;
    const Bytes bundle = reader_.leaves(organisation, first, count, limits::search_read_bytes);
    auto leaves = log::split_leaves(bundle, count);
    if (!leaves || leaves->size() != count) return;
    const auto items = log::split_bodies(part.bundle, first, *leaves);
    if (!items) return;
    for (const log::BodyItem& item : *items) {
      if (item.status != log::BodyStatus::held || is_over()) continue;
      ++searched_;
      const std::string text = folded(text_of(item.body));
      const std::size_t at = text.find(wanted_);
      if (at == std::string::npos) continue;
      list(organisation, item, (*leaves)[item.entry - first],
           excerpt_around(text, at, wanted_.size()));
    }
  }

  void list(const log::OrganisationId& organisation, const log::BodyItem& item, ByteView leaf,
            std::string excerpt) {
    if (found_.size() == limit_) {
      is_truncated_ = true;
      return;
    }
    const auto record = log::decode_record(leaf);
    if (!record) return;
    found_.push_back({{"organisation", log::to_text(organisation)},
                      {"name", follows_.name_of(organisation)},
                      {"record", query::record_text(record->record)},
                      {"kind", record->kind},
                      {"entry", item.entry},
                      {"part", query::word_of(item.part)},
                      {"excerpt", std::move(excerpt)}});
  }

  const log::LogReader& reader_;
  const Follows& follows_;
  const std::string wanted_;
  const std::size_t limit_;
  const std::atomic<bool>& is_stopping_;
  Json found_ = Json::array();
  std::uint64_t searched_ = 0;
  bool is_truncated_ = false;
};

}  // namespace

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, is_raw] = next_character(text, at);
    if (is_raw) {
      out += static_cast<char>(code);
    } else if (code <= ' ' || code == 0xA0) {
      if (out.empty() || out.back() != ' ') out += ' ';
    } else {
      append_utf8(out, lower(code));
    }
  }
  return out;
}

Result<std::string, Error> find_text(const log::LogReader& reader, const Follows& follows,
                                     const std::string& text, std::uint64_t limit,
                                     const std::atomic<bool>& is_stopping) {
  std::string wanted = folded(text);
  while (wanted.starts_with(' ')) wanted.erase(0, 1);
  while (wanted.ends_with(' ')) wanted.pop_back();
  if (wanted.empty() || wanted.size() > limits::search_text_bytes_max) {
    return fail(error_of("usage", "this cannot be looked for",
                         "give a word or a few, at most " +
                             std::to_string(limits::search_text_bytes_max) + " bytes"));
  }
  const std::size_t most =
      limit == 0
          ? limits::found_texts_max
          : static_cast<std::size_t>(std::min<std::uint64_t>(limit, limits::found_texts_max));
  Search search(reader, follows, std::move(wanted), most, is_stopping);
  search.run();
  if (is_stopping) return fail(error_of("stopping", "the node is stopping"));
  Json document = {{"text", text}};
  document.update(search.take());
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace moot::node
