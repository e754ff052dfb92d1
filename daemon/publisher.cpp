#include "node/publisher.hpp"

#include <charconv>
#include <chrono>

#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "log/checkpoint.hpp"
#include "node/errors.hpp"
#include "record/document.hpp"

namespace moot::node {
namespace {

std::uint64_t unix_now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

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

/// The JSON lines of the answer (docs/cli.md). Kinds are [a-z0-9_], so nothing needs escaping.
std::string answer_lines(const std::string& heads, const std::vector<std::uint32_t>& ends,
                         const store::Outcome* outcome) {
  std::string lines;
  lines.reserve(heads.size() + ends.size() * 24 + 160);
  std::uint32_t begin = 0;
  std::uint64_t entry = outcome == nullptr ? 0 : outcome->first;
  for (const std::uint32_t end : ends) {
    lines.append(heads, begin, end - begin);
    begin = end;
    if (outcome != nullptr) {
      lines += ",\"entry\":";
      append_number(lines, entry++);
    }
    lines += "}\n";
  }
  if (outcome == nullptr || !outcome->checkpoint) return lines;
  const log::Head& head = outcome->checkpoint->head;
  lines += "{\"checkpoint\":{\"size\":";
  append_number(lines, head.size);
  lines += ",\"root\":\"" + crypto::to_base64(head.root) + "\"}}\n";
  return lines;
}

}  // namespace

std::string own_log_ahead_words(const log::Head& ahead) {
  return "a peer holds a newer head of our own log (" + std::to_string(ahead.size) +
         " entries) than this home has: was this home restored from a backup?";
}

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
    prepared.line_heads += "{\"record\":\"" + record::to_string(text.id) + "\",\"kind\":\"";
    prepared.line_heads += text.kind;
    prepared.line_heads += '"';
    prepared.line_ends.push_back(static_cast<std::uint32_t>(prepared.line_heads.size()));
    prepared.records.push_back(new_record(text, salt_reader.fixed<limits::salt_bytes>()));
  }
  return prepared;
}

Publisher::Publisher(Commits& commits, Driver& driver, const log::OrganisationId& own,
                     const crypto::SigningKey& log_key)
    : commits_(commits), driver_(driver), own_(own), log_key_(log_key) {}

void Publisher::publish(PreparedPublish prepared, Done done) {
  if (is_stopping_) {
    return done(fail(error_of("stopping", "the node is stopping; nothing was published",
                              "publish again when it runs")));
  }
  if (prepared.is_dry_run) {
    const std::string lines = answer_lines(prepared.line_heads, prepared.line_ends, nullptr);
    return done(control::Answer{.json = lines, .incomplete = false});
  }
  if (ahead_) {
    return done(fail(error_of("refused", own_log_ahead_words(*ahead_) + " Nothing was published",
                              "do not publish from two copies of one home; if this one is "
                              "a restored backup, its log key must be replaced")));
  }
  store::Publish job{.records = std::move(prepared.records),
                     .time_ms = unix_now_ms(),
                     .sign = [own = own_, &key = log_key_](const log::Head& head) {
                       return log::sign_checkpoint(own, head, key);
                     }};
  auto on_durable = [this, heads = std::move(prepared.line_heads),
                     ends = std::move(prepared.line_ends),
                     done = std::move(done)](const store::JobResult& result) {
    if (!result) return done(fail(error_of(result.error(), "the records were not published")));
    driver_.handle_published();
    done(control::Answer{.json = answer_lines(heads, ends, &*result), .incomplete = false});
  };
  commits_.submit(std::move(job), std::move(on_durable));
}

}  // namespace moot::node
