#include "config/units.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/diagnostic.h"

namespace headway {

namespace {

struct Unit {
  std::string name;
  UnitKind kind;
  double factor;
  bool bits = false;
};

struct Prefix {
  std::string_view name;
  double factor;
};

constexpr std::array<Prefix, 7> kDecimal{{{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}, {"E", 1e18}}};
constexpr std::array<Prefix, 4> kBinary{{{"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}}};

std::vector<Unit> make_units() {
  std::vector<Unit> units;
  for (const auto& [prefix, factor] : kDecimal) {
    const std::string p(prefix);
    units.push_back({p + "B", UnitKind::data, factor});
    units.push_back({p + "b", UnitKind::data, factor / 8, true});
    units.push_back({p + "B/s", UnitKind::bandwidth, factor});
    units.push_back({p + "b/s", UnitKind::bandwidth, factor / 8, true});
    units.push_back({p + "FLOPS", UnitKind::compute, factor});
    units.push_back({p + "OPS", UnitKind::compute, factor});
  }
  for (const auto& [prefix, factor] : kBinary) {
    const std::string p(prefix);
    units.push_back({p + "B", UnitKind::data, factor});
    units.push_back({p + "B/s", UnitKind::bandwidth, factor});
  }
  for (const auto& [name, factor] : std::initializer_list<std::pair<const char*, double>>{
           {"ps", 1e-12}, {"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}})
    units.push_back({name, UnitKind::time, factor});
  for (const auto& [name, factor] : std::initializer_list<std::pair<const char*, double>>{{"W", 1}, {"kW", 1e3}, {"MW", 1e6}})
    units.push_back({name, UnitKind::power, factor});
  units.push_back({"mm2", UnitKind::area, 1});
  return units;
}

const std::vector<Unit>& units() {
  static const std::vector<Unit> table = make_units();
  return table;
}

std::string_view words_for(UnitKind kind) {
  switch (kind) {
    case UnitKind::data: return "an amount of data";
    case UnitKind::bandwidth: return "a bandwidth";
    case UnitKind::compute: return "a rate of arithmetic";
    case UnitKind::time: return "a time";
    case UnitKind::power: return "a power";
    case UnitKind::area: return "an area";
  }
  return "?";
}

std::string_view examples_of(UnitKind kind) {
  switch (kind) {
    case UnitKind::data: return "141 GB or 80 GiB";
    case UnitKind::bandwidth: return "400 Gb/s or 50 GB/s";
    case UnitKind::compute: return "989.5 TFLOPS";
    case UnitKind::time: return "3.4 us or 20 ms";
    case UnitKind::power: return "700 W";
    case UnitKind::area: return "814 mm2";
  }
  return "?";
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// A unit differing in nothing but case is meant more likely than any other; "gb/s" may mean two.
std::string unit_hint(std::string_view word, UnitKind wanted) {
  std::string hint;
  std::vector<std::string> candidates;
  for (const Unit& unit : units()) {
    if (unit.kind == wanted && lower(unit.name) == lower(word))
      hint = hint.empty() ? quoted(unit.name) : quoted(unit.name) + " or " + hint;
    if (unit.kind == wanted) candidates.push_back(unit.name);
  }
  if (!hint.empty()) return " (did you mean " + hint + "?)";
  return "; write " + std::string(examples_of(wanted));
}

struct Parts {
  std::optional<double> number;
  std::string_view unit;
  bool both = false;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Parts split(std::string_view text) {
  Parts parts;
  text = trim(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number)) return parts;
  parts.number = number;
  parts.unit = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  if (parts.unit.ends_with(" both")) {
    parts.both = true;
    parts.unit = trim(parts.unit.substr(0, parts.unit.size() - 5));
  }
  return parts;
}

UnitReading wrong(std::string mistake) { return {std::nullopt, std::move(mistake)}; }

}  // namespace

UnitReading read_quantity(std::string_view text, UnitKind wanted) {
  const Parts parts = split(text);
  const std::string kind(words_for(wanted)), examples(examples_of(wanted));
  if (!parts.number) return wrong(quoted(text) + " is not " + kind + ": write " + examples);
  if (parts.unit.empty()) return wrong("no unit: write " + examples);
  const auto unit = std::find_if(units().begin(), units().end(), [&](const Unit& u) { return u.name == parts.unit; });
  if (unit == units().end()) return wrong("unknown unit " + quoted(parts.unit) + unit_hint(parts.unit, wanted));
  if (unit->kind != wanted)
    return wrong(quoted(text) + " is " + std::string(words_for(unit->kind)) + ", not " + kind + ": write " + examples);
  if (wanted == UnitKind::data && unit->bits)
    return wrong(quoted(text) + " is in bits: an amount of data is written in bytes (B), like " + examples);
  if (parts.both && wanted != UnitKind::bandwidth)
    return wrong("\"both\" counts both directions of a link; " + kind + " has none");
  return {*parts.number * unit->factor / (parts.both ? 2.0 : 1.0), ""};
}

UnitReading read_count(std::string_view text) {
  const Parts parts = split(text);
  if (parts.number && !parts.both)
    for (const auto& [name, factor] : kDecimal)
      if (parts.unit == name) return {*parts.number * factor, ""};
  return wrong(quoted(text) + " is not a count: write 512, 1.5M or 15T");
}

std::string unit_pattern(UnitKind kind) {
  std::string names;
  for (const Unit& unit : units())
    if (unit.kind == kind && !(kind == UnitKind::data && unit.bits)) names += (names.empty() ? "" : "|") + unit.name;
  return "^ *[0-9.]+([eE][-+]?[0-9]+)? *(" + names + ")" + (kind == UnitKind::bandwidth ? "( both)?" : "") + " *$";
}

std::string unit_example(UnitKind kind) {
  switch (kind) {
    case UnitKind::data: return "80 GB";
    case UnitKind::bandwidth: return "50 GB/s";
    case UnitKind::compute: return "989 TFLOPS";
    case UnitKind::time: return "3.4 us";
    case UnitKind::power: return "700 W";
    case UnitKind::area: return "814 mm2";
  }
  return "";
}

}  // namespace headway
