#include "config/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace headway {

namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

class CsvReader {
 public:
  CsvReader(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);
  }

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> rows;
    while (!done()) {
      CsvRow row = record();
      if (row.size() > 1 || !row.front().text.empty()) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  char take() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else {
      ++column_;
    }
    return c;
  }

  CsvRow record() {
    CsvRow row;
    while (true) {
      row.push_back(peek() == '"' ? quoted() : plain());
      if (peek() == ',') {
        take();
        continue;
      }
      if (peek() == '\r') take();
      if (peek() == '\n') take();
      return row;
    }
  }

  CsvCell plain() {
    CsvCell cell{"", line_, column_};
    while (!done() && peek() != ',' && peek() != '\n' && peek() != '\r') cell.text += take();
    return cell;
  }

  CsvCell quoted() {
    CsvCell cell{"", line_, column_};
    take();
    while (true) {
      if (done()) throw InputError({file_, cell.line, cell.column}, "this quote is never closed");
      const char c = take();
      if (c != '"') {
        cell.text += c;
      } else if (peek() == '"') {
        cell.text += take();
      } else {
        break;
      }
    }
    if (!done() && peek() != ',' && peek() != '\n' && peek() != '\r')
      throw InputError({file_, line_, column_}, "text after a closing quote; a quote inside a field is written twice");
    return cell;
  }

  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;
};

}  // namespace

std::string CsvTable::text(const CsvRow& row, const char* column) const {
  const auto found = columns.find(column);
  return found == columns.end() ? "" : trimmed(row[found->second].text);
}

CsvTable parse_csv(std::string_view text, const std::string& file) {
  CsvTable table;
  table.file = file;
  table.rows = CsvReader(text, file).rows();
  if (table.rows.empty()) throw InputError({file, 0, 0}, "the file is empty");
  const CsvRow& header = table.rows.front();
  table.width = header.size();
  for (std::size_t i = 0; i < header.size(); ++i) table.columns.emplace(trimmed(header[i].text), i);
  table.rows.erase(table.rows.begin());
  return table;
}

CsvTable read_csv(const std::string& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) throw InputError({file, 0, 0}, "is a folder, not a table");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError({file, 0, 0}, "cannot read this file");
  std::ostringstream text;
  text << in.rdbuf();
  if (text.str().find('\0') != std::string::npos) throw InputError({file, 0, 0}, "is not a text file");
  return parse_csv(text.str(), file);
}

void need_columns(const CsvTable& table, std::span<const char* const> needed, const std::string& what) {
  Diagnostics mistakes;
  for (const char* column : needed)
    if (!table.has(column)) mistakes.error({table.file, 1, 1}, fmt::format("{} needs the column \"{}\"", what, column));
  mistakes.throw_if_any();
}

bool is_whole(const CsvTable& table, const CsvRow& row, Diagnostics& mistakes) {
  if (row.size() == table.width) return true;
  mistakes.error({table.file, row.front().line, 1}, fmt::format("the row has {} fields, the header {}", row.size(), table.width));
  return false;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::optional<double> positive_number(const CsvTable& table, const CsvRow& row, const char* column, const std::string& unit,
                                      Diagnostics& mistakes) {
  const std::string text = table.text(row, column);
  const std::optional<double> value = number_in<double>(text);
  if (value && std::isfinite(*value) && *value > 0) return value;
  const CsvCell& cell = table.cell(row, column);
  mistakes.error({table.file, cell.line, cell.column},
                 fmt::format("{}: \"{}\" is not a positive number{}", column, text, unit.empty() ? "" : " of " + unit));
  return std::nullopt;
}

}  // namespace headway
