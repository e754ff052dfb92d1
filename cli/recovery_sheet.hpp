#pragma once
#include <string>

#include "crypto/signing.hpp"

namespace moot::command {

/// What is printed for an officer to keep on paper. It holds the secret: wipe_text() its texts
/// after use.
struct RecoverySheet {
  std::string title;         ///< whose: the organisation's name, or the officer's
  std::string organisation;  ///< id; may be empty
  std::string date;          ///< 2024-03-01
  std::string words;         ///< log::to_words
  std::string code;          ///< recovery_code
};
RecoverySheet make_sheet(std::string title, std::string organisation,
                         const crypto::SigningKey& key);
void wipe_sheet(RecoverySheet& sheet);

/// The 27 words with their numbers, in three columns.
std::string word_table(const std::string& words);
/// The QR code for a terminal.
std::string sheet_qr(const RecoverySheet& sheet);
/// The file: `moot/recovery/v1`, then what an officer must know, the words, a QR code, and last the
/// line `code …`, which read_recovery() reads. Plain text that can be printed.
std::string sheet_text(const RecoverySheet& sheet);
/// The same as a page to print (SVG 1.1, A4). Text in it is escaped.
std::string sheet_svg(const RecoverySheet& sheet);

/// Escapes text for XML and HTML.
std::string escaped(std::string_view text);

}  // namespace moot::command
