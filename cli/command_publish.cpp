#include <algorithm>
#include <iostream>
#include <memory>

#include "base/limits.hpp"
#include "command/answers.hpp"
#include "command/client.hpp"
#include "command/progress.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"

namespace moot::command {
namespace {

struct PublishOptions {
  std::vector<std::string> files;
  std::string kind;
  bool dry_run = false;
  bool wait = false;
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
      "with its place. The answer comes when the records are safely on disk and signed. What was\n"
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
  app.add_flag("--wait", options->wait,
               "Answer only when the records are public; this version's nodes never answer sooner");
}

}  // namespace moot::command
