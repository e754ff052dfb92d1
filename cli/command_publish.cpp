#include <algorithm>
#include <iostream>
#include <memory>

#include "base/limits.hpp"
#include "command/answers.hpp"
#include "command/client.hpp"
#include "command/json_text.hpp"
#include "command/progress.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"

namespace moot::command {
namespace {

constexpr std::uint32_t wait_seconds_default = 60;
constexpr std::uint32_t wait_seconds_max = 7 * 24 * 3600;  // a week fits 32 bits of milliseconds

struct PublishOptions {
  std::vector<std::string> files;
  std::string kind;
  bool dry_run = false;
  bool wait = false;
  std::uint32_t witnesses = 0;
  std::uint32_t timeout_s = wait_seconds_default;
};

Result<std::vector<control::SourceText>, Error> read_sources(
    const std::vector<std::string>& files) {
  if (std::count(files.begin(), files.end(), "-") > 1) {
    return fail(Error{.code = "usage",
                      .message = "standard input (-) was named twice",
                      .hint = "name each source once",
                      .problems = {}});
  }
  std::vector<control::SourceText> sources;
  std::size_t bytes = 0;
  for (const std::string& file : files) {
    auto text = file == "-" ? read_stream(std::cin, limits::publish_bytes_max)
                            : read_text_file(file, limits::publish_bytes_max);
    if (!text) {
      Error error = std::move(text.error());
      if (error.hint.empty()) error.hint = "nothing was published: name files that can be read";
      return fail(std::move(error));
    }
    bytes += text->size();
    if (bytes > limits::publish_bytes_max) {
      return fail(Error{.code = "refused",
                        .message = "together the files hold more than " +
                                   size_text(limits::publish_bytes_max) + ", the most for one call",
                        .hint = "nothing was published: publish them in several calls",
                        .problems = {}});
    }
    sources.push_back({file, std::move(*text)});
  }
  return sources;
}

/// What to wait for after this answer; nothing when it says all already.
std::optional<control::PublishWaitRequest> wait_for(const PublishOptions& options,
                                                    std::string_view json_lines) {
  if (!options.wait || options.dry_run) return std::nullopt;
  control::PublishWaitRequest wait{.queued = 0,
                                   .size = 0,
                                   .witnesses = options.witnesses,
                                   .timeout_ms = options.timeout_s * 1000};
  const auto lines = parse_json_lines(json_lines);
  if (lines.empty()) return std::nullopt;
  wait.queued = number_at(lines.back(), "number").value_or(0);
  wait.size = number_at(field_at(lines.back(), "checkpoint"), "size").value_or(0);
  if (wait.queued == 0 && wait.witnesses == 0) return std::nullopt;
  return wait;
}

Ran run_wait(Session& session, const control::PublishWaitRequest& wait) {
  Progress progress(session);
  progress.say(wait.queued != 0 ? "Waiting until it is public…"
                                : "Waiting until others have confirmed it…");
  const auto answer =
      ask_node(session, wait, answer_patience + std::chrono::milliseconds(wait.timeout_ms));
  progress.clear();
  if (!answer) return fail(answer.error());
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print_published_wait(session.out, answer->json);
  }
  return answer->incomplete ? ExitCode::incomplete : ExitCode::done;
}

Ran run_publish(Session& session, const PublishOptions& options) {
  auto sources = read_sources(options.files);
  if (!sources) return fail(std::move(sources.error()));
  std::size_t bytes = 0;
  for (const control::SourceText& source : *sources) bytes += source.text.size();

  Progress progress(session);
  progress.say("Sending " + size_text(bytes) + " to the node…");
  auto answer = ask_node(
      session,
      control::PublishRequest{
          .sources = std::move(*sources), .kind = options.kind, .dry_run = options.dry_run},
      publish_patience);
  progress.clear();
  if (!answer) {
    Error error = std::move(answer.error());
    if (!error.problems.empty() && error.hint.empty()) {
      error.hint = "correct these, then publish again";
    }
    return fail(std::move(error));
  }
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print_published(session.out, answer->json, options.dry_run);
  }
  if (const auto wait = wait_for(options, answer->json)) return run_wait(session, *wait);
  return answer->incomplete ? ExitCode::incomplete : ExitCode::done;
}

}  // namespace

void add_publish(Registry& registry) {
  const auto options = std::make_shared<PublishOptions>();
  CLI::App& app = registry.add(
      "publish",
      "Publishes the records in these files: one JSON object, an array, JSON lines, or an HSDS "
      "page\n"
      "with \"contents\". All of them or, when anything is wrong, none, and then every problem is "
      "listed\n"
      "with its place. The answer comes when the records are safely on disk and signed; when the "
      "node\n"
      "must first hear from its peers they are saved, not yet public, and the exit code is 6. What "
      "was\n"
      "published is copied by others and cannot be recalled: leave out what must not be known.",
      "  moot publish services.json organisations.json\n"
      "  moot publish --dry-run services.json\n"
      "  export-services | moot publish --kind service -",
      [options](Session& session) { return run_publish(session, *options); });
  app.add_option("files", options->files, "Files of records; - is standard input")
      ->required()
      ->type_name("FILE");
  app.add_option("--kind", options->kind,
                 "What the records are, when they do not tell by themselves")
      ->type_name("KIND");
  app.add_flag("--dry-run", options->dry_run, "Check everything and publish nothing");
  CLI::Option* wait =
      app.add_flag("--wait", options->wait,
                   "Answer only when the records are public, also when they must be queued first");
  app.add_option("--witnesses", options->witnesses,
                 "With --wait: and until so many other organisations have confirmed that they hold "
                 "them")
      ->needs(wait)
      ->check(CLI::Range(1U, 1000U))
      ->type_name("COUNT");
  app.add_option("--timeout", options->timeout_s, "With --wait: how many seconds at most")
      ->needs(wait)
      ->check(CLI::Range(1U, wait_seconds_max))
      ->type_name("SECONDS")
      ->capture_default_str();
}

}  // namespace moot::command
