#include "command/terminal.hpp"

#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "base/limits.hpp"
#include "command/recovery_code.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"

namespace moot::command {
namespace {

/// The terminal shows nothing of what is typed, while this lives.
class Silence {
 public:
  explicit Silence(Echo echo) {
    if (echo == Echo::on || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_silent_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (is_silent_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  bool is_silent() const { return is_silent_; }

 private:
  termios before_{};
  bool is_silent_ = false;
};

Error usage(std::string message, std::string hint) {
  return {.code = "usage", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

Result<Done, Error> check_passphrase(const std::string& passphrase) {
  if (passphrase.empty()) {
    return fail(usage("the passphrase is empty", "several common words make a good one"));
  }
  if (passphrase.size() > limits::passphrase_bytes_max) {
    return fail(usage(
        "the passphrase is longer than " + std::to_string(limits::passphrase_bytes_max) + " bytes",
        "a sentence is enough"));
  }
  return Done{};
}

Result<std::string, Error> first_line_of(const std::string& file) {
  auto text = read_text_file(file, 2 * limits::passphrase_bytes_max);
  if (!text) return text;
  std::string line = text->substr(0, text->find('\n'));
  if (!line.empty() && line.back() == '\r') line.pop_back();
  wipe_text(*text);
  return line;
}

}  // namespace

bool can_ask(const Session& session) {
  return session.err_is_terminal && ::isatty(STDIN_FILENO) == 1;
}

std::optional<std::string> ask(const Session& session, const std::string& question, Echo echo) {
  session.err << printable(question) << ' ';
  session.err.flush();
  std::string line;
  bool was_silent = false;
  {
    const Silence silence(echo);
    was_silent = silence.is_silent();
    if (!std::getline(std::cin, line)) return std::nullopt;
  }
  if (was_silent) session.err << '\n';
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

bool ask_yes(const Session& session, const std::string& question) {
  const auto answer = ask(session, question);
  return answer && (*answer == "yes" || *answer == "y" || *answer == "Yes" || *answer == "YES" ||
                    *answer == "Y");
}

Result<std::string, Error> get_passphrase(const Session& session, const std::string& file,
                                          bool is_new) {
  std::string passphrase;
  if (!file.empty()) {
    auto line = first_line_of(file);
    if (!line) return line;
    passphrase = std::move(*line);
  } else if (!can_ask(session)) {
    return fail(usage("a passphrase is needed, and there is no terminal to ask for it on",
                      "put it into a file that only you can read: --passphrase-file FILE"));
  } else {
    passphrase =
        ask(session, is_new ? "A passphrase for this key:" : "The key's passphrase:", Echo::off)
            .value_or("");
    if (is_new && !passphrase.empty()) {
      std::string again = ask(session, "The same again:", Echo::off).value_or("");
      const bool is_same = again == passphrase;
      wipe_text(again);
      if (!is_same) {
        wipe_text(passphrase);
        return fail(usage("the two differ", "start again; nothing was written"));
      }
    }
  }
  if (const auto checked = check_passphrase(passphrase); !checked) {
    wipe_text(passphrase);
    return fail(checked.error());
  }
  return passphrase;
}

}  // namespace moot::command
