#include "audit/files.hpp"

#include <algorithm>

#include "audit/findings.hpp"
#include "audit/json_text.hpp"
#include "audit/record_words.hpp"
#include "audit/report.hpp"
#include "crypto/encoding.hpp"

namespace moot::audit {
namespace {

constexpr std::string_view proof_first_line = "c2sp.org/tlog-proof@v1";
constexpr std::string_view request_first_line = "moot/establish-request/v1";

std::string_view first_line(std::string_view bytes) { return bytes.substr(0, bytes.find('\n')); }

// Any file may be given: what it holds must not reach a terminal as it is.
std::string printable(std::string_view text) {
  constexpr std::size_t shown_max = 60;
  std::string out;
  for (const char c : text.substr(0, shown_max)) out += c >= 0x20 && c < 0x7f ? c : '?';
  return text.size() > shown_max ? out + "..." : out;
}

/// The organisation and head that the checkpoint in a file names, whether or not it is true.
void name_checkpoint(JudgedFile& file, std::string_view note) {
  if (const auto checkpoint = log::read_checkpoint(note)) {
    file.organisation = checkpoint->organisation;
    file.head = checkpoint->head;
    return;
  }
  const auto parsed = log::parse_note(note);
  if (!parsed) return;
  const auto head = log::read_head(parsed->text);
  if (!head) return;
  file.head = head->second;
  file.findings.push_back("It names the log \"" + printable(head->first) +
                          "\", which is no log of Moot.");
}

void compare_with_expected(JudgedFile& file, const std::optional<log::OrganisationId>& expected) {
  if (!expected || file.organisation == expected) return;
  // False evidence, and a damaged request, is of nobody.
  const bool is_of_somebody =
      file.kind == JudgedFile::Kind::proof || file.kind == JudgedFile::Kind::checkpoint;
  if (!is_of_somebody && !file.organisation) return;
  file.verdict = Verdict::failed;
  const std::string found =
      file.organisation ? log::to_text(*file.organisation) : "another kind of log";
  file.findings.insert(file.findings.begin(), "It is of " + found + ", not of " +
                                                  log::to_text(*expected) + " as was expected.");
}

void say_what_is_proved(JudgedFile& file, const log::JudgedProof& proof) {
  file.findings.push_back("Entry " + std::to_string(proof.index) + " of the " +
                          std::to_string(proof.checkpoint.head.size) +
                          " entries signed by the log key of " +
                          log::to_text(proof.checkpoint.organisation) + ".");
  const auto record = log::decode_record(proof.leaf);
  if (!record) {
    file.findings.emplace_back("The entry is no record.");
    return;
  }
  file.record = *record;
  file.findings.push_back(
      std::string(record->operation == log::Operation::withdraw ? "It withdraws" : "It publishes") +
      " the record " + record_text(record->record) + " of kind " + record->kind + ".");
  for (const log::PartCommitment& part : record->parts) {
    const bool is_here =
        std::any_of(proof.parts.bodies.begin(), proof.parts.bodies.end(),
                    [&](const log::ProofParts::Body& body) { return body.part == part.part; });
    const std::string name = part.part == log::Part::public_part ? "public" : "personal";
    file.findings.push_back(is_here ? "Its " + name + " body is in the file and is what was signed."
                                    : "Its " + name + " body is not in the file.");
  }
}

JudgedFile judge_proof_file(std::string_view bytes) {
  JudgedFile file;
  file.kind = JudgedFile::Kind::proof;
  const auto proof = log::parse_tlog_proof(bytes);
  if (!proof) {
    file.verdict = Verdict::failed;
    file.findings.push_back(
        "The proof file is damaged: " + std::string(log::describe(proof.error())) + ".");
    return file;
  }
  file.entry = proof->index;
  const auto judged = log::judge_proof(bytes);
  if (judged) {
    file.verdict = Verdict::ok;
    file.organisation = judged->checkpoint.organisation;
    file.head = judged->checkpoint.head;
    say_what_is_proved(file, *judged);
    return file;
  }
  name_checkpoint(file, proof->checkpoint);
  if (file.organisation) {
    file.verdict = Verdict::failed;
    file.findings.insert(
        file.findings.begin(),
        "The proof does not hold: " + std::string(log::describe(judged.error())) + ".");
  } else if (!file.head) {
    file.verdict = Verdict::failed;
    file.findings.emplace_back("The checkpoint in it is damaged: it names no size and root.");
  } else {
    file.findings.emplace_back("It cannot be judged without that log's key and entry.");
  }
  return file;
}

JudgedFile judge_checkpoint_file(std::string_view bytes) {
  JudgedFile file;
  file.kind = JudgedFile::Kind::checkpoint;
  name_checkpoint(file, bytes);
  if (file.head) {
    file.findings.push_back("A checkpoint of " + std::to_string(file.head->size) + " entries.");
  }
  file.findings.emplace_back(
      "Its signature cannot be verified alone: the log, or a proof file, holds the key.");
  return file;
}

std::string histories_text(const log::JudgedEvidence& judged) {
  const std::string first = std::to_string(judged.first.size);
  if (judged.first.size == judged.second.size) {
    return "two different histories of " + first + " entries";
  }
  return "a history of " + first + " entries, and another of " +
         std::to_string(judged.second.size) + " whose first " + first + " are not the same";
}

void say_what_is_proved(JudgedFile& file, const log::JudgedEvidence& judged) {
  const std::string organisation = log::to_text(judged.evidence.organisation);
  switch (judged.evidence.kind) {
    case log::EvidenceKind::fork:
      file.findings.push_back("One and the same key of " + organisation + " has signed " +
                              histories_text(judged) + ".");
      file.findings.emplace_back(
          "Whoever holds that key did this: the organisation, or a thief of its key. Ask its "
          "officers: only they can say which history stands.");
      break;
    case log::EvidenceKind::rivals:
      file.findings.push_back("The officers of " + organisation +
                              " have signed two different decisions, both as number " +
                              std::to_string(judged.evidence.epoch) +
                              ", about who holds its keys.");
      file.findings.emplace_back(
          "Only one can stand: ask them. Their next decision must name it and take the other "
          "back.");
      break;
  }
}

JudgedFile judge_evidence_file(std::string_view bytes) {
  JudgedFile file;
  file.kind = JudgedFile::Kind::evidence;
  file.verdict = Verdict::failed;
  const auto judged = log::judge_evidence(view_of(bytes));
  if (!judged) {
    file.findings.push_back("It proves nothing: " + std::string(log::describe(judged.error())) +
                            ".");
    return file;
  }
  file.organisation = judged->evidence.organisation;
  say_what_is_proved(file, *judged);
  file.evidence = *judged;
  return file;
}

std::string_view purpose_words(log::Purpose purpose) {
  switch (purpose) {
    case log::Purpose::planned:
      return "planned";
    case log::Purpose::theft:
      return "after a theft";
    case log::Purpose::restored:
      return "after a loss";
  }
  return {};
}

JudgedFile judge_request_file(std::string_view bytes) {
  JudgedFile file;
  file.kind = JudgedFile::Kind::request;
  auto request = log::parse_request(bytes);
  if (!request) {
    file.verdict = Verdict::failed;
    file.findings.push_back(
        "The request is damaged or forged: " + std::string(log::describe(request.error())) + ".");
    return file;
  }
  file.organisation = request->event.organisation;
  file.findings.push_back("A request to change the keys of " + log::to_text(*file.organisation) +
                          " (" + std::string(purpose_words(request->purpose)) + "), number " +
                          std::to_string(request->event.seq) + ".");
  const log::MissingSignatures missing = log::missing_signatures(*request);
  file.findings.push_back("Signed by " + std::to_string(request->signatures.size()) +
                          " so far; still needed: " + std::to_string(missing.of_current) + ".");
  file.findings.emplace_back(
      "Its signatures are good; whether these officers may decide is for the log to say.");
  file.request = std::move(*request);
  return file;
}

bool is_checkpoint(std::string_view bytes) {
  const auto note = log::parse_note(bytes);
  return note && log::read_head(note->text);
}

}  // namespace

Result<JudgedFile, Error> judge_file(std::string_view bytes,
                                     const std::optional<log::OrganisationId>& expected) {
  if (bytes.size() > limits::proof_file_bytes_max) {
    return fail(Error{"refused",
                      "the file is longer than any that Moot writes (" +
                          std::to_string(limits::proof_file_bytes_max) + " bytes)",
                      "moot verify judges .tlog-proof files and checkpoints",
                      {}});
  }
  const bool is_proof = first_line(bytes) == proof_first_line;
  const bool is_evidence = log::is_evidence(view_of(bytes));
  const bool is_request = first_line(bytes) == request_first_line;
  if (!is_proof && !is_evidence && !is_request && !is_checkpoint(bytes)) {
    const std::string_view line = first_line(bytes);
    return fail(Error{"refused",
                      bytes.empty()
                          ? "the file is empty"
                          : "the file is of no kind that Moot can judge: its first line is \"" +
                                printable(line) + "\"",
                      "moot verify judges .tlog-proof files (their first line is " +
                          std::string(proof_first_line) +
                          "), signed checkpoints, evidence, requests for new keys and bundles",
                      {}});
  }
  JudgedFile file = is_proof      ? judge_proof_file(bytes)
                    : is_evidence ? judge_evidence_file(bytes)
                    : is_request  ? judge_request_file(bytes)
                                  : judge_checkpoint_file(bytes);
  compare_with_expected(file, expected);
  return file;
}

namespace {

std::string_view evidence_verdict(const JudgedFile& file) {
  if (!file.evidence) return "not-evidence";
  switch (file.evidence->evidence.kind) {
    case log::EvidenceKind::fork:
      return "fork-proven";
    case log::EvidenceKind::rivals:
      return "rivals-proven";
  }
  return "not-evidence";
}

void write_head(JsonText& json, const log::Head& head) {
  json.number("size", head.size);
  json.text("root", crypto::to_base64(head.root));
}

void write_evidence(JsonText& json, const JudgedFile& file) {
  json.text("verdict", evidence_verdict(file));
  json.text("file", "evidence");
  json.text("kind", "evidence");
  if (file.organisation) json.text("organisation", log::to_text(*file.organisation));
  if (!file.evidence) return;
  json.number("epoch", file.evidence->evidence.epoch);
  if (file.evidence->evidence.kind != log::EvidenceKind::fork) return;
  json.begin_array("statements");
  for (const log::Head& head : {file.evidence->first, file.evidence->second}) {
    json.begin_object();
    write_head(json, head);
    json.end_object();
  }
  json.end_array();
}

void write_request(JsonText& json, const JudgedFile& file) {
  json.text("verdict", word_of(file.verdict));
  json.text("file", "request");
  json.text("kind", "request");
  if (!file.request) return;
  json.text("organisation", log::to_text(file.request->event.organisation));
  json.number("seq", file.request->event.seq);
  json.text("purpose", log::word_of(file.request->purpose));
  json.number("signed", file.request->signatures.size());
  json.number("missing", log::missing_signatures(*file.request).of_current);
}

void write_proof_or_checkpoint(JsonText& json, const JudgedFile& file) {
  json.text("verdict", word_of(file.verdict));
  json.text("file", file.kind == JudgedFile::Kind::proof ? "proof" : "checkpoint");
  if (file.organisation) json.text("organisation", log::to_text(*file.organisation));
  if (file.head) write_head(json, *file.head);
  if (file.entry) json.number("entry", *file.entry);
  if (!file.record) return;
  json.text("record", record_text(file.record->record));
  json.text("kind", file.record->kind);
  json.text("operation", file.record->operation == log::Operation::withdraw ? "withdraw" : "put");
  if (const auto time = time_text(file.record->time_ms)) json.text("time", *time);
}

}  // namespace

std::string to_json(const JudgedFile& file) {
  JsonText json;
  json.begin_object();
  switch (file.kind) {
    case JudgedFile::Kind::evidence:
      write_evidence(json, file);
      break;
    case JudgedFile::Kind::request:
      write_request(json, file);
      break;
    case JudgedFile::Kind::proof:
    case JudgedFile::Kind::checkpoint:
      write_proof_or_checkpoint(json, file);
      break;
  }
  json.begin_array("findings");
  for (const std::string& finding : file.findings) json.text(finding);
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace moot::audit
