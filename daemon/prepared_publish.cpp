#include "node/prepared_publish.hpp"

#include <charconv>
#include <functional>

#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "node/errors.hpp"
#include "record/document.hpp"

namespace moot::node {
namespace {

std::vector<record::Source> sources_of(control::PublishRequest& request) {
  std::vector<record::Source> sources;
  sources.reserve(request.sources.size());
  for (control::SourceText& source : request.sources) {
    sources.push_back({std::move(source.name), std::move(source.text)});
  }
  return sources;
}

store::NewRecord new_record(record::RecordText& text, const log::Salt& salt) {
  store::NewPart part;
  part.part = log::Part::public_part;
  part.salt = salt;
  part.body = to_bytes(view_of(text.body));
  part.commitment = log::body_commitment(salt, part.part, part.body);
  store::NewRecord record;
  record.operation = log::Operation::put;
  record.record = text.id;
  record.kind = std::move(text.kind);
  record.parts.push_back(std::move(part));
  return record;
}

void append_number(std::string& to, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  to.append(std::begin(digits), end);
}

/// Each line's head, then what `append` adds. Kinds are [a-z0-9_], so nothing needs escaping.
template <class Append>
std::string lines_of(const PreparedPublish& prepared, Append append) {
  std::string lines;
  lines.reserve(prepared.line_heads.size() + prepared.line_ends.size() * 24 + 160);
  std::uint32_t begin = 0;
  for (const std::uint32_t end : prepared.line_ends) {
    lines.append(prepared.line_heads, begin, end - begin);
    begin = end;
    append(lines);
    lines += "}\n";
  }
  return lines;
}

void add_line_head(PreparedPublish& to, const log::RecordId& record, const std::string& kind) {
  to.line_heads += "{\"record\":\"" + record::to_string(record) + "\",\"kind\":\"" + kind + '"';
  to.line_ends.push_back(static_cast<std::uint32_t>(to.line_heads.size()));
}

}  // namespace

Result<PreparedPublish, Error> prepare_publish(control::PublishRequest request) {
  PreparedPublish prepared;
  prepared.is_dry_run = request.dry_run;
  const record::ReadOptions options{.kind = request.kind};
  const std::vector<record::Source> sources = sources_of(request);
  record::ReadResult read = record::read_records(sources, options);
  if (!read.problems.empty()) {
    Error error = error_of("refused", "the records are not right; nothing was published");
    error.problems = std::move(read.problems);
    return fail(std::move(error));
  }
  if (read.records.empty()) {
    return fail(error_of("refused", "there is no record in what was given",
                         "a record is a JSON object with an id; see `moot schema KIND`"));
  }
  Bytes salts(read.records.size() * limits::salt_bytes);
  crypto::random_bytes(salts);
  prepared.records.reserve(read.records.size());
  prepared.line_ends.reserve(read.records.size());
  prepared.line_heads.reserve(read.records.size() * 80);
  Reader salt_reader(salts);
  for (record::RecordText& text : read.records) {
    add_line_head(prepared, text.id, text.kind);
    prepared.records.push_back(new_record(text, salt_reader.fixed<limits::salt_bytes>()));
  }
  return prepared;
}

PreparedPublish prepare_withdraw(const log::RecordId& record, const std::string& kind) {
  PreparedPublish prepared;
  store::NewRecord withdrawal;
  withdrawal.operation = log::Operation::withdraw;
  withdrawal.record = record;
  withdrawal.kind = kind;
  prepared.records.push_back(std::move(withdrawal));
  add_line_head(prepared, record, kind);
  return prepared;
}

std::string checked_lines(const PreparedPublish& prepared) {
  return lines_of(prepared, [](std::string&) {});
}

std::string queued_lines(const PreparedPublish& prepared) {
  return lines_of(prepared, [](std::string& line) { line += ",\"state\":\"queued\""; });
}

std::string published_lines(const PreparedPublish& prepared, const store::Outcome& outcome) {
  std::uint64_t entry = outcome.first;
  std::string lines = lines_of(prepared, [&entry](std::string& line) {
    line += ",\"entry\":";
    append_number(line, entry++);
  });
  if (!outcome.checkpoint) return lines;
  const log::Head& head = outcome.checkpoint->head;
  lines += "{\"checkpoint\":{\"size\":";
  append_number(lines, head.size);
  lines += ",\"root\":\"" + crypto::to_base64(head.root) + "\"}}\n";
  return lines;
}

}  // namespace moot::node
