#include "command/recovery_sheet.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

#include "command/qr.hpp"
#include "command/recovery_code.hpp"
#include "command/render.hpp"
#include "log/words.hpp"

namespace moot::command {
namespace {

constexpr std::size_t columns = 3;
constexpr std::size_t date_characters = 10;

constexpr std::string_view advice[] = {
    "Keep this sheet on paper, away from the machine that runs the node.",
    "Whoever holds it takes part in deciding who publishes in the organisation's name:",
    "when the machine is lost or broken into, this lets the organisation go on under its id.",
    "Used with `moot keys sign REQUEST --words`, where the words below are typed in.",
};

std::vector<std::string> split(const std::string& words) {
  std::istringstream in(words);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

/// What the QR code holds: the code as one word, in capitals, which QR codes pack tightest.
std::string qr_text(const std::string& code) {
  std::string text;
  for (const char c : code) {
    if (c == ' ') continue;
    text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return text;
}

/// The word that stands in this row and column: they are read down the columns.
std::size_t word_at(std::size_t row, std::size_t column, std::size_t rows) {
  return column * rows + row;
}

std::string svg_text(std::size_t x, std::size_t y, const char* style, std::string_view text) {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" class=\"" + style +
         "\">" + escaped(text) + "</text>\n";
}

}  // namespace

RecoverySheet make_sheet(std::string title, std::string organisation,
                         const crypto::SigningKey& key) {
  return {.title = printable(title),
          .organisation = std::move(organisation),
          .date = time_text(unix_now_ms()).substr(0, date_characters),
          .words = log::to_words(key),
          .code = recovery_code(key)};
}

void wipe_sheet(RecoverySheet& sheet) {
  wipe_text(sheet.words);
  wipe_text(sheet.code);
}

std::string word_table(const std::string& words) {
  const std::vector<std::string> all = split(words);
  const std::size_t rows = (all.size() + columns - 1) / columns;
  std::string out;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t i = word_at(row, column, rows);
      if (i >= all.size()) continue;
      std::string cell = (i + 1 < 10 ? "   " : "  ") + std::to_string(i + 1) + ". " + all[i];
      if (column + 1 < columns) cell.resize(18, ' ');
      out += cell;
    }
    out += '\n';
  }
  return out;
}

std::string sheet_qr(const RecoverySheet& sheet) { return terminal_qr(qr_text(sheet.code)); }

std::string sheet_text(const RecoverySheet& sheet) {
  std::string out = "moot/recovery/v1\n";
  if (!sheet.organisation.empty()) out += "organisation " + sheet.organisation + "\n";
  out += "name " + sheet.title + "\ndate " + sheet.date + "\n\nRECOVERY SHEET\n";
  for (const std::string_view line : advice) out.append(line).append("\n");
  out += "\nThe words:\n" + word_table(sheet.words) + "\nThe same as a QR code:\n" +
         sheet_qr(sheet) + "\ncode " + sheet.code + "\n";
  return out;
}

std::string sheet_svg(const RecoverySheet& sheet) {
  constexpr std::size_t left = 20;
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" "
      "viewBox=\"0 0 210 297\">\n"
      "<style>text{font-family:sans-serif;font-size:4px;fill:#000}.t{font-size:8px}"
      ".w{font-family:monospace;font-size:5px}.s{font-size:3px}</style>\n"
      "<rect width=\"210\" height=\"297\" fill=\"#fff\"/>\n";
  out += svg_text(left, 28, "t", "Recovery sheet: " + sheet.title);
  out += svg_text(left, 36, "s", sheet.organisation);
  out += svg_text(left, 42, "s", "Made on " + sheet.date);
  std::size_t y = 54;
  for (const std::string_view line : advice) {
    out += svg_text(left, y, "p", line);
    y += 6;
  }
  const std::vector<std::string> words = split(sheet.words);
  const std::size_t rows = (words.size() + columns - 1) / columns;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += svg_text(left + (i / rows) * 58, 92 + (i % rows) * 9, "w",
                    std::to_string(i + 1) + ". " + words[i]);
  }
  const QrPath qr = qr_path(qr_text(sheet.code));
  out += "<svg x=\"55\" y=\"176\" width=\"100\" height=\"100\" viewBox=\"0 0 " +
         std::to_string(qr.width) + " " + std::to_string(qr.width) +
         "\" shape-rendering=\"crispEdges\"><path d=\"" + qr.path + "\"/></svg>\n";
  out += svg_text(left, 286, "s", sheet.code);
  return out + "</svg>\n";
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace moot::command
