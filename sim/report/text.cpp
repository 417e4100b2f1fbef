#include "report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace headway {

std::string grouped(double value) {
  std::string digits = fmt::format("{:.0f}", std::abs(value));
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return value < -0.5 ? "-" + digits : digits;
}

std::string significant(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return fmt::format("{:.0f}", value);
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  return fmt::format("{:.{}f}", value, std::clamp(digits - magnitude, 0, 12));
}

std::string seconds_text(Seconds duration) {
  const double t = duration.value();
  if (t >= 1 || t == 0) return significant(t) + " s";
  if (t >= 1e-3) return significant(t * 1e3) + " ms";
  return significant(t * 1e6) + " us";
}

std::string bytes_text(Bytes size) {
  constexpr std::array<const char*, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = size.value();
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
  return (unit == 0 ? fmt::format("{:.0f}", value) : significant(value, std::max(3, value >= 1000 ? 4 : 3))) + " " + units[unit];
}

std::string percent_text(double fraction) { return fmt::format("{:.1f} %", 100 * fraction); }
std::string signed_percent_text(double fraction) { return fmt::format("{:+.1f} %", 100 * fraction); }
double gib(Bytes size) { return size.value() / 1073741824.0; }

std::string tokens_text(double tokens) {
  if (tokens >= 1e12) return significant(tokens / 1e12) + " T";
  return tokens >= 1e9 ? significant(tokens / 1e9) + " G" : grouped(tokens);
}

std::string span_text(Seconds duration) {
  const double t = duration.value();
  if (t >= 2 * 86400) return (t >= 1000 * 86400 ? grouped(t / 86400) : significant(t / 86400, 3)) + " d";
  if (t >= 2 * 3600) return significant(t / 3600, 3) + " h";
  return t >= 120 ? significant(t / 60, 3) + " min" : significant(t, 3) + " s";
}

std::string power_text(Watts power) {
  const double w = power.value();
  if (w >= 1e6) return significant(w / 1e6, 3) + " MW";
  return w >= 1e3 ? significant(w / 1e3, 3) + " kW" : significant(w, 3) + " W";
}

double megawatt_hours(Joules energy) { return energy.value() / 3.6e9; }

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string clipped(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  const std::size_t keep = columns > 3 ? columns - 3 : 0;
  std::size_t bytes = 0;
  for (std::size_t seen = 0; bytes < text.size(); ++bytes) {
    if ((static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) continue;
    if (seen++ == keep) break;
  }
  return std::string(text.substr(0, bytes)) + std::string(std::min<std::size_t>(3, columns), '.');
}

std::string padded(std::string_view text, std::size_t columns, bool right) {
  const std::size_t have = columns_of(text);
  const std::string space(columns > have ? columns - have : 0, ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::string wrapped(std::string_view lead, std::string_view text, std::size_t width) {
  const std::string indent(columns_of(lead), ' ');
  std::string out(lead);
  std::size_t used = columns_of(lead);
  bool line_is_empty = true;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t space = std::min(text.find(' ', at), text.size());
    if (text.substr(space).starts_with(" %")) space = std::min(text.find(' ', space + 1), text.size());  // "44.2 %" stays whole
    const std::string_view word = text.substr(at, space - at);
    at = space + 1;
    if (word.empty()) continue;
    if (!line_is_empty && used + 1 + columns_of(word) > width) {
      out += "\n" + indent;
      used = indent.size();
      line_is_empty = true;
    }
    if (!line_is_empty) out += ' ';
    used += columns_of(word) + (line_is_empty ? 0 : 1);
    out += word;
    line_is_empty = false;
  }
  return out + "\n";
}

std::string bar(double fraction, std::size_t width) {
  if (!(fraction > 0)) return "";
  const auto length = static_cast<std::size_t>(std::lround(std::min(fraction, 1.0) * static_cast<double>(width)));
  return std::string(std::max<std::size_t>(1, length), '#');
}

std::string toned(std::string_view text, Tone tone, const TextStyle& style) {
  if (!style.colour || tone == Tone::plain) return std::string(text);
  const char* code = tone == Tone::heading ? "1" : tone == Tone::good ? "32" : tone == Tone::bad ? "31" : "2";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string facts_text(const std::vector<Fact>& facts) {
  std::string out;
  for (const Fact& fact : facts)
    if (!fact.text.empty()) out += wrapped(fmt::format("  {:<11}", fact.name), fact.text);
  return out;
}

namespace {
constexpr std::size_t kLeastText = 9;  // columns that are left of a text which gives way
}

Table::Table(std::vector<std::string> header, std::vector<bool> right) : right_(std::move(right)) {
  HEADWAY_CHECK(header.size() == right_.size(), "one alignment per column");
  rows_.push_back(std::move(header));
}

void Table::row(std::vector<std::string> cells) {
  HEADWAY_CHECK(cells.size() == right_.size(), "one cell per column");
  rows_.push_back(std::move(cells));
}

std::string Table::text(std::string_view indent, std::size_t width) const {
  std::vector<std::size_t> widths(right_.size(), 0);
  for (const auto& cells : rows_)
    for (std::size_t c = 0; c < cells.size(); ++c) widths[c] = std::max(widths[c], columns_of(cells[c]));
  std::size_t total = indent.size() + 2 * (widths.size() - 1);
  for (const std::size_t w : widths) total += w;
  if (total > width) {
    for (std::size_t c = 0; c < widths.size() && total > width; ++c) {
      if (right_[c]) continue;
      const std::size_t give = std::min(total - width, widths[c] > kLeastText ? widths[c] - kLeastText : 0);
      widths[c] -= give;
      total -= give;
    }
  }

  std::string out;
  for (const auto& cells : rows_) {
    std::string line(indent);
    for (std::size_t c = 0; c < cells.size(); ++c)
      line += (c == 0 ? "" : "  ") + padded(clipped(cells[c], widths[c]), widths[c], right_[c]);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace headway
