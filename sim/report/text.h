// Plain text for people: lines of at most kTextWidth columns, aligned tables, numbers one can say aloud.
//
// Columns are counted in characters (UTF-8 code points), not bytes. Colour is the caller's wish (a terminal, no NO_COLOR); without it
// the text holds no escape sequence, and with it the same text plus escapes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.h"

namespace headway {

inline constexpr std::size_t kTextWidth = 100;

struct TextStyle {
  bool colour = false;
  bool stats = false;  // own times and memory of the program
};

// "1,234,567"; "12.34 s", "5.678 ms"; "1.5 GiB"; "41.2 %"; four significant digits without an exponent.
[[nodiscard]] std::string grouped(double value);
[[nodiscard]] std::string seconds_text(Seconds duration);
[[nodiscard]] std::string bytes_text(Bytes size);
[[nodiscard]] std::string percent_text(double fraction);
[[nodiscard]] std::string signed_percent_text(double fraction);
[[nodiscard]] std::string significant(double value, int digits = 4);
[[nodiscard]] double gib(Bytes size);
// "15 T"; "54.0 d", "3.1 h", "4.2 min", "2.60 s"; "9.81 MW", "559 kW"
[[nodiscard]] std::string tokens_text(double tokens);
[[nodiscard]] std::string span_text(Seconds duration);
[[nodiscard]] std::string power_text(Watts power);
[[nodiscard]] double megawatt_hours(Joules energy);

[[nodiscard]] std::size_t columns_of(std::string_view text);
[[nodiscard]] std::string clipped(std::string_view text, std::size_t columns);  // "long na..."
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns, bool right = false);

// `text` behind `lead`, broken at spaces, later lines indented to the width of `lead`. Ends in a newline.
[[nodiscard]] std::string wrapped(std::string_view lead, std::string_view text, std::size_t width = kTextWidth);

// A bar of `width` columns for the whole, rounded to whole columns; anything above zero shows at least one.
[[nodiscard]] std::string bar(double fraction, std::size_t width);

enum class Tone { plain, heading, good, bad, faint };
[[nodiscard]] std::string toned(std::string_view text, Tone tone, const TextStyle& style);

// What something is, in a word, and what it is here.
struct Fact {
  std::string name, text;
};
// A line each, those without a text left out.
[[nodiscard]] std::string facts_text(const std::vector<Fact>& facts);

// Rows of cells, each column as wide as its widest cell. The columns named in `right` are numbers, aligned right.
class Table {
 public:
  explicit Table(std::vector<std::string> header, std::vector<bool> right);
  void row(std::vector<std::string> cells);
  // Two spaces between columns; the first left column gives way where the table would be wider than `width`.
  [[nodiscard]] std::string text(std::string_view indent = "  ", std::size_t width = kTextWidth) const;

  [[nodiscard]] const std::vector<std::vector<std::string>>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<bool>& right() const { return right_; }

 private:
  std::vector<std::vector<std::string>> rows_;  // the header first
  std::vector<bool> right_;
};

}  // namespace headway
