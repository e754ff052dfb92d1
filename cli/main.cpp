#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "command/run.hpp"
#include "crypto/secret.hpp"
#include "crypto/signing.hpp"

int main(int argc, char** argv) {
  // A reader that closes its pipe and a limit on file sizes are errors to be told, not deaths.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  if (!moot::crypto::start_library()) {
    std::fputs("moot: the library of cryptography (libsodium) cannot run here\n", stderr);
    return 1;
  }
  if (!moot::crypto::self_test()) {
    std::fputs(
        "moot: this libsodium does not decide on signatures as Moot demands, so that nothing could "
        "be verified\n"
        "Hint: install the libsodium of your distribution (1.0.18 or newer)\n",
        stderr);
    return 1;
  }
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  return moot::command::run(arguments, std::cout, std::cerr);
}
