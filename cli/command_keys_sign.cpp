#include <memory>
#include <ostream>

#include "base/limits.hpp"
#include "command/change_words.hpp"
#include "command/keys_commands.hpp"
#include "command/officer_key.hpp"
#include "command/render.hpp"
#include "command/replace_file.hpp"
#include "command/terminal.hpp"
#include "command/text_file.hpp"

namespace moot::command {
namespace {

constexpr unsigned request_mode = 0644;  // nothing in it is secret

struct SignOptions {
  std::string request;
  KeySource source;
  std::string output;
  bool yes = false;
  bool even_so = false;
};

Error refused(std::string message, std::string hint) {
  return {
      .code = "refused", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

/// Who could sign, by name.
std::string officers_text(const log::EstablishRequest& request) {
  std::string text;
  for (const log::KeyHolder& holder : request.holders) {
    text += (text.empty() ? "" : ", ") + printable(holder.name);
  }
  const std::size_t unnamed = request.event.revealed.size() - request.holders.size();
  if (unnamed > 0) {
    text += (text.empty() ? "" : " and ") + counted(unnamed, "officer", "officers") +
            " whose name the request does not tell";
  }
  return text;
}

Error explain(log::SignFault fault, const log::EstablishRequest& request) {
  switch (fault) {
    case log::SignFault::not_an_officer:
      return refused(
          "this key is none of those that decide today; those are of " + officers_text(request),
          "is it the key of another organisation, or an old one?");
    case log::SignFault::not_revealed:
      return refused(
          "this key is one of those that decide, but the request was written without "
          "its public half, so its signature would not count",
          "let whoever runs the node type `moot officers known` with the public half "
          "(`moot keys public FILE` shows it), `moot keys cancel`, and `moot keys "
          "rotate` again");
    case log::SignFault::already_signed:
      return {.code = "exists",
              .message = "this key has signed this request already",
              .hint = "send the file to the next officer, or back: " + missing_text(request),
              .problems = {}};
  }
  return refused("the key cannot sign", "");
}

Result<Done, Error> expect_no_other(const SignedList& list, const log::EstablishRequest& request,
                                    bool even_so) {
  if (even_so) return Done{};
  const auto has_other = list.has_other(request);
  if (!has_other) return fail(has_other.error());
  if (!*has_other) return Done{};
  return fail(refused(
      "this key has already signed another change number " + std::to_string(request.event.seq) +
          " of this organisation; two of one number, both in force, would bring its log to a halt",
      "ask whoever runs the node which of the two counts. If the other was given up for certain: "
      "--even-so"));
}

Result<Done, Error> expect_yes(const Session& session, const SignOptions& options,
                               const log::EstablishRequest& request,
                               const crypto::PublicKeyBytes& own) {
  if (!session.globals.json) print_change(session.out, request, &own);
  session.out.flush();
  if (options.yes) return Done{};
  if (!can_ask(session)) {
    return fail(Error{.code = "usage",
                      .message = "nothing was signed: there is nobody to be asked",
                      .hint = "read what it says, then sign with --yes",
                      .problems = {}});
  }
  session.err << '\n';
  if (ask_yes(session, "Do you agree to this? (yes/no)")) return Done{};
  return fail(refused("nothing was signed", "tell whoever sent it why"));
}

Ran run_sign(Session& session, const SignOptions& options) {
  const auto text = read_text_file(options.request, limits::establish_request_bytes_max);
  if (!text) return fail(text.error());
  auto request = log::unite(std::span(&*text, 1));
  if (!request) return fail(request.error());
  const auto key = open_officer_key(session, options.source);
  if (!key) return fail(key.error());
  const auto& own = key->public_key().bytes();
  log::EstablishRequest with_ours = *request;
  const auto signed_now = log::sign(with_ours, *key);
  if (!signed_now) return fail(explain(signed_now.error(), *request));

  const SignedList list(options.source, own);
  if (const auto alone = expect_no_other(list, *request, options.even_so); !alone) {
    return fail(alone.error());
  }
  if (const auto agreed = expect_yes(session, options, *request, own); !agreed) {
    return fail(agreed.error());
  }
  // Remembered before the signature exists anywhere.
  if (const auto noted = list.add(*request); !noted) return fail(noted.error());
  const std::string file = options.output.empty() ? options.request : options.output;
  const auto written =
      options.output.empty()
          ? replace_file(file, log::to_text(with_ours), request_mode, "the request")
          : write_new_file(file, log::to_text(with_ours), request_mode, "the request");
  if (!written) return fail(written.error());

  if (session.globals.json) {
    Json document = change_json(with_ours);
    document["file"] = file;
    session.out << json_text(document) << '\n';
  } else {
    session.out << "\nSigned. The signature is in " << printable(file) << ": "
                << missing_text(with_ours) << ".\n";
  }
  session.hint(log::missing_signatures(with_ours).is_none()
                   ? "send the file to whoever runs the node, for `moot keys apply " + file + "`"
                   : "send the file to the next officer, for `moot keys sign " + file + "`");
  return ExitCode::done;
}

}  // namespace

void add_keys_sign(Registry& registry, CLI::App& group) {
  const auto options = std::make_shared<SignOptions>();
  CLI::App& app = registry.add_below(
      group, "sign",
      "Shows what a request for a change of keys would mean, asks, and adds an officer's signature "
      "to the\n"
      "file. Works on any machine, without a node. A second, different request of the same number "
      "is refused.",
      "  moot keys sign change-of-keys-1.txt --key ann.key\n"
      "  moot keys sign change-of-keys-1.txt --words",
      [options](Session& session) { return run_sign(session, *options); });
  app.add_option("request", options->request, "The request")->required()->type_name("REQUEST");
  add_key_options(app, options->source);
  app.add_option("--output,-o", options->output,
                 "Write into this new file instead of into the request")
      ->type_name("FILE");
  app.add_flag("--yes", options->yes, "Agree without being asked");
  app.add_flag("--even-so", options->even_so,
               "Sign though this key has signed another change of the same number");
}

}  // namespace moot::command
