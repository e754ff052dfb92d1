#include "record/source_reader.hpp"

#include <algorithm>

#include "record/render.hpp"
#include "record/scan.hpp"

namespace moot::record {

std::string shown_name(const Source& source) {
  static constexpr std::size_t name_bytes_max = 200;  // a path; the message goes on after it
  return source.name == "-" ? "standard input" : shown(source.name, name_bytes_max);
}

Problem too_large(const Place& place, std::size_t bytes) {
  return {place.of_value(0, ""), "a record of " + std::to_string(bytes) + " bytes",
          "at most " + std::to_string(limits::body_bytes_max) + " bytes",
          "Publish large files elsewhere and give their address."};
}

SourceReader::SourceReader(const Source& source, std::uint32_t number, std::string_view kind,
                           std::vector<RecordText>& records, Report& report)
    : name_(shown_name(source)),
      text_(source.text),
      number_(number),
      kind_(kind),
      records_(records),
      report_(report),
      checker_(checker_of_this_thread()),
      objects_(records.size()) {}

bool SourceReader::read() {
  if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  at_ = skip_space(text_, at_);
  if (at_ == text_.size()) {
    report_.add([&] { return Problem{name_, "nothing", "records in JSON", ""}; });
    return true;
  }
  while (at_ < text_.size()) {
    switch (value()) {
      case Outcome::too_many:
        return false;
      case Outcome::stop:
        return true;
      case Outcome::skip:
        if (!go_to_next_object()) return true;
        continue;
      case Outcome::ok:
        break;
    }
    const std::size_t end = at_;
    at_ = skip_space(text_, at_);
    if (at_ < text_.size() && text_.substr(end, at_ - end).find('\n') == std::string_view::npos) {
      refuse("the end of the line",
             text_[at_] == ',' ? "Put [ ] around all records if commas stand between them." : "");
      return true;
    }
  }
  return true;
}

SourceReader::Outcome SourceReader::value() {
  if (text_[at_] == '{') return object(true);
  if (text_[at_] == '[') return list(true);
  return refuse("a JSON object, or a list of objects",
                objects_ == 0 ? "A table is read by moot import csv." : "");
}

SourceReader::Outcome SourceReader::list(bool may_hold_pages) {
  at_ = skip_space(text_, at_ + 1);
  if (at_ < text_.size() && text_[at_] == ']') {
    ++at_;
    return Outcome::ok;
  }
  while (true) {
    if (at_ == text_.size() || text_[at_] != '{') {
      const bool after_comma = at_ < text_.size() && text_[at_] == ']';
      refuse("a JSON object", after_comma ? "Take away the comma before the ]." : "");
      return Outcome::stop;
    }
    if (const Outcome outcome = object(may_hold_pages); outcome != Outcome::ok) {
      return outcome == Outcome::skip ? Outcome::stop : outcome;
    }
    at_ = skip_space(text_, at_);
    if (at_ < text_.size() && text_[at_] == ']') {
      ++at_;
      return Outcome::ok;
    }
    if (at_ == text_.size() || text_[at_] != ',') {
      refuse("a comma or ]", "");
      return Outcome::stop;
    }
    at_ = skip_space(text_, at_ + 1);
  }
}

SourceReader::Outcome SourceReader::object(bool may_be_page) {
  const std::size_t end = container_end(text_, at_);
  const Place place = here();
  if (end == no_end) {
    const SyntaxError unended{text_.size() - at_, "the end of the text", "a }", ""};
    report_.add(
        [&] { return place.problem(find_syntax_error(text_.substr(at_)).value_or(unended)); });
    return skip(text_.size());
  }
  const std::string_view body = text_.substr(at_, end - at_);
  const bool is_large = body.size() > limits::body_bytes_max;
  Checked checked;
  if (!is_large) {
    checked = checker_.check(body, kind_, place, report_);
  } else if (find_field(body, 0, "contents") != no_end && find_field(body, 0, "id") == no_end) {
    checked.verdict = Checked::Verdict::list;
  } else {
    report_.add([&] { return too_large(place, body.size()); });
  }
  switch (checked.verdict) {
    case Checked::Verdict::not_json:
      return skip(end);
    case Checked::Verdict::list:
      if (may_be_page) return page(end, place);
      report_.add([&] {
        return Problem{place.of_value(0, ""), "a page within a page", "a record", ""};
      });
      break;
    case Checked::Verdict::good:
    case Checked::Verdict::refused:
      break;
  }
  at_ = end;
  return keep(checked, body);
}

SourceReader::Outcome SourceReader::page(std::size_t end, const Place& place) {
  const std::size_t contents = find_field(text_, at_, "contents");
  const std::size_t contents_end =
      contents == no_end || text_[contents] != '[' ? no_end : container_end(text_, contents);
  if (contents_end == no_end || contents_end > end) {
    report_.add([&] {
      return Problem{place.of_value(0, ""), "a page of records", "a list in its field contents",
                     ""};
    });
    at_ = end;
    return Outcome::ok;
  }
  // The page without its records must be JSON too. Their line breaks stay, so that lines are
  // counted rightly after them.
  std::string frame(text_.substr(at_, contents + 1 - at_));
  const std::string_view records = text_.substr(contents, contents_end - contents);
  frame.append(static_cast<std::size_t>(std::count(records.begin(), records.end(), '\n')), '\n');
  frame.append(text_.substr(contents_end - 1, end - contents_end + 1));
  if (!checker_.check_page(frame, Place{name_, frame, 0, place.line}, report_))
    return Outcome::stop;
  at_ = contents;
  if (const Outcome outcome = list(false); outcome != Outcome::ok) return outcome;
  at_ = end;
  return Outcome::ok;
}

SourceReader::Outcome SourceReader::refuse(std::string allowed, std::string hint) {
  const Place place = here();
  SyntaxError error{0, "the end of the text", std::move(allowed), std::move(hint)};
  if (at_ < text_.size()) {
    const std::size_t line_end = std::min(text_.find_first_of("\r\n", at_), text_.size());
    error.found = quoted(text_.substr(at_, line_end - at_), 40);
  }
  report_.add([&] { return place.problem(error); });
  return Outcome::skip;
}

SourceReader::Outcome SourceReader::keep(const Checked& checked, std::string_view body) {
  if (++objects_ > limits::publish_records_max) {
    report_.add([&] {
      return Problem{
          name_ + " line " + std::to_string(line_), "more records",
          "at most " + std::to_string(limits::publish_records_max) + " records in one call",
          "Publish them in several calls."};
    });
    return Outcome::too_many;
  }
  if (checked.verdict == Checked::Verdict::good) {
    records_.push_back({std::string(checked.kind), checked.id, std::string(body), number_, line_});
  }
  return Outcome::ok;
}

SourceReader::Outcome SourceReader::skip(std::size_t end) {
  // Text made for it could have each of its lines begin an object that goes on to the end, and be
  // read once for every line.
  static constexpr std::size_t times_read_max = 8;
  wasted_ += end - at_;
  if (wasted_ / times_read_max <= text_.size()) return Outcome::skip;
  report_.add([&] {
    return Problem{here().of_value(0, ""), "more that is no JSON", "JSON",
                   "What follows was not read."};
  });
  return Outcome::stop;
}

/// In JSON lines, and in what jq prints, a bad object says nothing about one that begins on a line
/// further down.
bool SourceReader::go_to_next_object() {
  const std::size_t line_break = text_.find("\n{", at_);
  if (line_break == std::string_view::npos) return false;
  at_ = line_break + 1;
  return true;
}

std::uint32_t SourceReader::line() {
  const std::string_view passed = text_.substr(counted_to_, at_ - counted_to_);
  line_ += static_cast<std::uint32_t>(std::count(passed.begin(), passed.end(), '\n'));
  counted_to_ = at_;
  return line_;
}

}  // namespace moot::record
