// Tables as RFC 4180 writes them: commas, double quotes around fields that hold commas, quotes or line breaks, a quote doubled
// inside. The first record is the header; columns are found by name, in any order.
#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/diagnostic.h"

namespace headway {

struct CsvCell {
  std::string text;
  int line = 0, column = 0;  // of its first character
};
using CsvRow = std::vector<CsvCell>;

struct CsvTable {
  std::string file;
  std::size_t width = 0;  // fields of the header
  std::map<std::string, std::size_t> columns;
  std::vector<CsvRow> rows;  // blank lines are none

  [[nodiscard]] bool has(const char* column) const { return columns.contains(column); }
  [[nodiscard]] const CsvCell& cell(const CsvRow& row, const char* column) const { return row[columns.at(column)]; }
  // Without the blanks around it; "" where the table has no such column.
  [[nodiscard]] std::string text(const CsvRow& row, const char* column) const;
};

// Throws InputError with file:line:column for broken quoting, and for an empty file.
[[nodiscard]] CsvTable parse_csv(std::string_view text, const std::string& file);
[[nodiscard]] CsvTable read_csv(const std::string& file);

// Throws InputError that names every one of `needed` that the header lacks; `what` completes `... needs the column "x"`.
void need_columns(const CsvTable& table, std::span<const char* const> needed, const std::string& what);

// Whether the row has as many fields as the header; reports where it has not.
[[nodiscard]] bool is_whole(const CsvTable& table, const CsvRow& row, Diagnostics& mistakes);

[[nodiscard]] std::string lower(std::string text);

// The whole text as a number, or nothing.
template <class T>
[[nodiscard]] std::optional<T> number_in(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A cell that must hold a finite number above 0; reports where it does not.
[[nodiscard]] std::optional<double> positive_number(const CsvTable& table, const CsvRow& row, const char* column,
                                                    const std::string& unit, Diagnostics& mistakes);

}  // namespace headway
