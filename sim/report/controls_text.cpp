#include "report/controls_text.h"

#include <fmt/format.h>

#include <optional>

namespace headway {

namespace {

std::string number(const std::optional<double>& value, int decimals = 0) {
  if (!value) return "?";
  return decimals == 0 ? grouped(*value) : fmt::format("{:.{}f}", *value, decimals);
}

std::string rule_text(ControlRule rule) {
  switch (rule) {
    case ControlRule::oct2022: return "October 2022: 3A090";
    case ControlRule::oct2023: return "October 2023: 3A090.a and .b";
    case ControlRule::dec2024_hbm: return "December 2024: HBM, 3A090.c";
    case ControlRule::apr2025_letter: return "April 2025: letters to named firms";
    case ControlRule::jan2026_case: return "January 2026: case by case";
    case ControlRule::jan2026_tariff: return "January 2026: 25 % tariff";
  }
  return "?";
}

// One word of an outcome for a narrow column.
std::string brief(const ControlClass& c) {
  const std::string& outcome = c.outcome;
  if (outcome == "unknown") return "?";
  if (outcome == "not controlled" || outcome == "none") return "no";
  if (outcome == "controlled") return "yes";
  if (outcome == "case by case") return "case";
  if (outcome == "presumption of denial") return "denial";
  if (outcome.starts_with("band 2 if")) return "band 2?";
  return outcome;
}

std::string unit_of(const std::string& measure) {
  if (measure == "TPP") return "";
  if (measure == "PD") return " per mm2";
  return measure == "MBD" ? " GB/s/mm2" : " GB/s";
}

std::string distance_text(const ControlDistance& d) {
  const bool fine = d.measure == "PD" || d.measure == "MBD";
  const std::string limit = (fine ? fmt::format("{:g}", d.limit) : grouped(d.limit)) + unit_of(d.measure);
  const std::string lead = fmt::format("    {:<11}", d.measure);
  if (!d.value) return lead + "not published, limit " + limit + " (" + d.what + ")\n";
  const std::string value = number(d.value, fine ? 2 : 0);
  return lead + fmt::format("{:>8}, {:>7} of {} ({})\n", value, significant(100 * *d.value / d.limit) + " %", limit, d.what);
}

}  // namespace

std::string controls_table(std::span<const ControlSheet> sheets, const TextStyle& style) {
  Table table({"device", "TPP", "in", "PD", "I/O", "DRAM", "Oct 22", "Oct 23", "Apr 25", "Jan 26", "25 %"},
              {false, true, false, true, true, true, false, false, false, false, false});
  for (const ControlSheet& s : sheets) {
    const ControlMeasures& m = s.measures;
    table.row({s.device, number(m.tpp), m.tpp_format ? std::string(name_of(*m.tpp_format)) : "", number(m.performance_density, 2),
               number(m.io), number(m.dram), brief(s.under(ControlRule::oct2022)), brief(s.under(ControlRule::oct2023)),
               brief(s.under(ControlRule::apr2025_letter)), brief(s.under(ControlRule::jan2026_case)),
               brief(s.under(ControlRule::jan2026_tariff))});
  }
  std::string out = table.text("");
  out += "\n" + toned(wrapped("",
                              "TPP = dense TFLOPS x bits of the package, largest over the formats; PD = TPP / mm2 of logic; I/O "
                              "both directions and DRAM in GB/s; ? = an input is not published. Clauses, distances and notes: "
                              "headway controls DEVICE. Arithmetic, no legal advice."),
                      Tone::faint, style);
  return out;
}

std::string controls_text(const ControlSheet& sheet, const TextStyle& style) {
  const ControlMeasures& m = sheet.measures;
  std::string out = wrapped("", toned(sheet.device, Tone::heading, style) + ": " + sheet.title);
  out += fmt::format("  TPP   {}{}\n", number(m.tpp), m.tpp_format ? fmt::format(", in {}", name_of(*m.tpp_format)) : "");
  out += fmt::format("  PD    {} per mm2, of {} mm2\n", number(m.performance_density, 2), number(m.die_area_mm2, 1));
  out += fmt::format("  I/O   {} GB/s, both directions\n", number(m.io));
  out += fmt::format("  DRAM  {} GB/s\n", number(m.dram));
  for (const ControlClass& c : sheet.classes) {
    out += "\n" + toned(rule_text(c.rule), Tone::heading, style) + "\n";
    out += wrapped("  " + c.outcome + ": ", c.clause);
    for (const ControlDistance& distance : c.distances) out += distance_text(distance);
  }
  if (!sheet.notes.empty()) out += "\n" + toned("Notes", Tone::heading, style) + "\n";
  for (const std::string& note : sheet.notes) out += wrapped("  - ", note);
  return out;
}

}  // namespace headway
