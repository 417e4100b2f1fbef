#include "study/controls.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace headway {

namespace {

using Measure = std::optional<double>;

constexpr const char* kUnknown = "unknown";

std::string grouped(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

// "TPP 2,368", "PD 2.91", "I/O 1,028 GB/s"; "I/O not published".
std::string said(const std::string& name, const Measure& value) {
  if (!value) return name + " not published";
  if (name == "PD" || name == "MBD") return fmt::format("{} {:.2f}", name, *value);
  return name + " " + grouped(*value) + (name == "TPP" ? "" : " GB/s");
}

std::string limit_text(const std::string& name, double limit) {
  return name == "PD" || name == "MBD" ? fmt::format("{:g}", limit) : grouped(limit);
}

std::string at_least(const std::string& name, const Measure& value, double limit) {
  return said(name, value) + " >= " + limit_text(name, limit);
}

std::string below(const std::string& name, const Measure& value, double limit) {
  return said(name, value) + " < " + limit_text(name, limit);
}

bool reaches(const Measure& value, double limit) { return value && *value >= limit; }
bool stays_below(const Measure& value, double limit) { return value && *value < limit; }

// ---- the measures

void measure_performance(const Device& device, ControlMeasures& m) {
  double best = 0, with_tf32 = 0;
  for (const auto& [format, rate] : device.matrix) {
    if (!rate.peak.known) continue;
    const double tpp = rate.peak.value.value() / 1e12 * bit_length(format) * device.dies_per_package;
    with_tf32 = std::max(with_tf32, tpp);
    if (format == NumberFormat::tf32 || tpp <= best) continue;
    best = tpp;
    m.tpp_format = format;
  }
  if (best > 0) m.tpp = best;
  if (best > 0 && with_tf32 > best) m.tpp_with_tf32 = with_tf32;
}

Measure both_directions(const Device& device) {
  if (!device.scale_up.known) return std::nullopt;
  Bandwidth out = device.scale_up.value;
  if (device.scale_out.known) out += device.scale_out.value;
  if (device.host_link.known) out += device.host_link.value;
  return 2 * out.value() / 1e9 * device.dies_per_package;
}

// ---- the rules

ControlClass oct2022(const ControlMeasures& m) {
  ControlClass c{ControlRule::oct2022, kUnknown, "", {{"I/O", m.io, 600, "controlled"}, {"TPP", m.tpp, 4800, "controlled"}}};
  const std::string tpp = at_least("TPP", m.tpp, 4800), io = at_least("I/O", m.io, 600);
  if (stays_below(m.tpp, 4800) || stays_below(m.io, 600)) {
    c.outcome = "not controlled";
    c.clause = stays_below(m.tpp, 4800) ? below("TPP", m.tpp, 4800) : below("I/O", m.io, 600);
  } else if (m.tpp && m.io) {
    c.outcome = "controlled";
    c.clause = io + " and " + tpp;
  } else {
    c.clause = !m.tpp ? said("TPP", m.tpp) : tpp + ", but " + said("I/O", m.io);
  }
  return c;
}

// What the density would make of a TPP from 1600 to 4800.
std::string by_density(double tpp) {
  return fmt::format("3A090.a from PD 5.92, 3A090.b from {}, else not controlled", tpp >= 2400 ? "1.6" : "3.2");
}

void judge_density(double tpp, double density, ControlClass& c) {
  const std::string both = fmt::format("TPP {}, PD {:.2f}", grouped(tpp), density);
  const double from = tpp >= 2400 ? 1.6 : 3.2;
  c.outcome = density >= 5.92 ? "3A090.a" : density >= from ? "3A090.b" : "not controlled";
  c.clause = density >= 5.92   ? fmt::format("{} >= 5.92 (and TPP >= 1,600)", both)
             : density >= from ? fmt::format("{} from {:g} to 5.92 (and TPP >= {})", both, from, tpp >= 2400 ? "2,400" : "1,600")
                               : fmt::format("{} < {:g} (TPP < {})", both, from, tpp >= 2400 ? "4,800" : "2,400");
}

ControlClass oct2023(const ControlMeasures& m, bool data_center) {
  ControlClass c{ControlRule::oct2023,
                 kUnknown,
                 "",
                 {{"TPP", m.tpp, 4800, "3A090.a"},
                  {"TPP", m.tpp, 2400, "3A090.b from PD 1.6"},
                  {"TPP", m.tpp, 1600, "density counts"},
                  {"PD", m.performance_density, 5.92, "3A090.a"},
                  {"PD", m.performance_density, 3.2, "3A090.b"},
                  {"PD", m.performance_density, 1.6, "3A090.b from TPP 2,400"}}};
  if (!m.tpp) {
    c.clause = said("TPP", m.tpp);
  } else if (reaches(m.tpp, 4800)) {
    c.outcome = data_center ? "3A090.a" : "3A090.a, NAC";
    c.clause = at_least("TPP", m.tpp, 4800);
    if (!data_center) c.clause += ", not for data centres: a notification is enough (Note 2, License Exception NAC)";
  } else if (!data_center) {
    c.outcome = "not controlled";
    c.clause = below("TPP", m.tpp, 4800) + ", not for data centres (Note 2)";
  } else if (*m.tpp < 1600) {
    c.outcome = "not controlled";
    c.clause = below("TPP", m.tpp, 1600);
  } else if (m.performance_density) {
    judge_density(*m.tpp, *m.performance_density, c);
  } else {
    c.clause = said("TPP", m.tpp) + ", die area not published: " + by_density(*m.tpp);
  }
  return c;
}

ControlClass dec2024_hbm(const ControlMeasures& m, const Device& device) {
  ControlClass c{ControlRule::dec2024_hbm,
                 kUnknown,
                 "",
                 {{"MBD", m.stack_density, 2.0, "3A090.c"}, {"MBD", m.stack_density, 3.3, "no License Exception HBM"}}};
  const std::string& type = device.memory_type.value;
  if (m.stack_density) {
    const bool controlled = *m.stack_density > 2.0;
    c.outcome = controlled ? "stacks 3A090.c" : "not controlled";
    c.clause = said("MBD", m.stack_density) + (controlled ? " > 2" : " <= 2");
    if (controlled && *m.stack_density < 3.3) c.clause += ", < 3.3: License Exception HBM possible";
  } else if (!device.memory_type.known) {
    c.clause = "memory type not published";
  } else if (!type.starts_with("HBM")) {
    c.outcome = "not controlled";
    c.clause = type + " is no HBM";
  } else {
    c.outcome = "stacks 3A090.c";
    c.clause = type + ": every HBM stack in production exceeds 2 GB/s/mm2, says the rule";
  }
  return c;
}

ControlClass apr2025_letter(const ControlMeasures& m) {
  const Measure sum = m.dram && m.io ? Measure(*m.dram + *m.io) : std::nullopt;
  ControlClass c{ControlRule::apr2025_letter,
                 kUnknown,
                 "",
                 {{"DRAM", m.dram, 1400, "licence"}, {"I/O", m.io, 1100, "licence"}, {"DRAM + I/O", sum, 1700, "licence"}}};
  const double known = m.dram.value_or(0) + m.io.value_or(0);
  if (reaches(m.dram, 1400) || reaches(m.io, 1100) || known >= 1700) {
    c.outcome = "licence";
    c.clause = reaches(m.dram, 1400) ? at_least("DRAM", m.dram, 1400)
               : reaches(m.io, 1100) ? at_least("I/O", m.io, 1100)
                                     : at_least("DRAM + I/O", known, 1700);
  } else if (sum) {
    c.outcome = "below";
    c.clause = below("DRAM", m.dram, 1400) + ", " + below("I/O", m.io, 1100) + ", " + below("their sum", sum, 1700);
  } else {
    c.clause = !m.dram ? said("DRAM", m.dram) + (m.io ? "" : ", " + said("I/O", m.io)) : said("I/O", m.io);
  }
  return c;
}

ControlClass jan2026_case(const ControlMeasures& m, const Sourced<Market>& market) {
  ControlClass c{ControlRule::jan2026_case,
                 kUnknown,
                 "",
                 {{"TPP", m.tpp, 21000, "presumption of denial"}, {"DRAM", m.dram, 6500, "presumption of denial"}}};
  if (reaches(m.tpp, 21000) || reaches(m.dram, 6500)) {
    c.outcome = "presumption of denial";
    c.clause = reaches(m.tpp, 21000) ? at_least("TPP", m.tpp, 21000) : at_least("DRAM", m.dram, 6500);
  } else if (m.tpp && m.dram) {
    c.outcome = "case by case";
    c.clause = below("TPP", m.tpp, 21000) + " and " + below("DRAM", m.dram, 6500);
  } else {
    c.clause = m.tpp ? said("DRAM", m.dram) : said("TPP", m.tpp);
  }
  if (market.known && market.value != Market::us_commercial)
    c.clause += "; notional: the rule asks for a product on the US market";
  return c;
}

ControlClass jan2026_tariff(const ControlMeasures& m) {
  ControlClass c{ControlRule::jan2026_tariff,
                 kUnknown,
                 "",
                 {{"TPP", m.tpp, 14000, "band 1 begins"},
                  {"TPP", m.tpp, 17500, "band 1 ends"},
                  {"DRAM", m.dram, 4500, "band 1 begins"},
                  {"DRAM", m.dram, 5000, "band 1 ends"},
                  {"TPP", m.tpp, 20800, "band 2 begins"},
                  {"TPP", m.tpp, 21100, "band 2 ends"}}};
  const auto within = [](const Measure& value, double low, double high) { return value && *value > low && *value < high; };
  const std::string both = said("TPP", m.tpp) + ", " + said("DRAM", m.dram);
  if (!m.tpp) {
    c.clause = said("TPP", m.tpp);
  } else if (within(m.tpp, 14000, 17500) && within(m.dram, 4500, 5000)) {
    c.outcome = "band 1";
    c.clause = both + ": 14,000 to 17,500 and 4,500 to 5,000 GB/s, 25 %";
  } else if (within(m.tpp, 20800, 21100) && (!m.dram || *m.dram > 5000)) {
    const bool sure = reaches(m.dram, 6000);
    c.outcome = sure ? "band 2" : "band 2 if its DRAM bound is met";
    c.clause = both + ": 20,800 to 21,100 and above a bound of which only \"5,?00\" was seen, 25 %";
  } else if (within(m.tpp, 14000, 17500) && !m.dram) {
    c.clause = said("DRAM", m.dram);
  } else {
    c.outcome = "none";
    c.clause = both + ": in neither band";
  }
  return c;
}

// ---- the notes

// The printed figure beside the computed one: a rate that would give it, and whether the published rate does.
std::string claim_note(const Device& device, const ControlMeasures& m) {
  const Sourced<double>& claimed = device.claimed_performance;
  const auto source = device.sources.find(claimed.source);
  const std::string where = source == device.sources.end() ? claimed.source : source->second;
  std::string note = "printed TPP " + grouped(claimed.value);
  if (!m.tpp) return note + ", and no published rate to hold against it: " + where;
  if (std::abs(claimed.value / *m.tpp - 1) < 0.002) return note + " holds (computed " + grouped(*m.tpp) + "): " + where;
  const int bits = bit_length(*m.tpp_format);
  return note + fmt::format(" does not follow: it needs {:g} TFLOPS at {} bits, published are {:g} (TPP {}): {}",
                            std::round(10 * claimed.value / bits) / 10, bits, std::round(10 * *m.tpp / bits) / 10,
                            grouped(*m.tpp), where);
}

std::vector<std::string> notes_for(const Device& device, const ControlMeasures& m) {
  std::vector<std::string> notes;
  if (device.claimed_performance.known) notes.push_back(claim_note(device, m));
  if (device.dies_per_package > 1)
    notes.push_back(fmt::format("of the package of {} dies; software ranks each die as a device", device.dies_per_package));
  if (m.tpp_with_tf32)
    notes.push_back("TPP " + grouped(*m.tpp_with_tf32) + " if TF32 counted with 19 bits; the rule's own treatment was not found");
  if (!device.note.empty()) notes.push_back(device.note);
  return notes;
}

}  // namespace

ControlMeasures control_measures(const Device& device) {
  ControlMeasures m;
  measure_performance(device, m);
  const int dies = device.dies_per_package;
  if (device.die_area_mm2.known) m.die_area_mm2 = device.die_area_mm2.value * dies;
  if (m.tpp && m.die_area_mm2) m.performance_density = *m.tpp / *m.die_area_mm2;
  if (device.memory_bandwidth.known) m.dram = device.memory_bandwidth.value.value() / 1e9 * dies;
  m.io = both_directions(device);
  if (m.dram && device.memory_stacks.known && device.memory_stack_area.known)
    m.stack_density = *m.dram / dies / device.memory_stacks.value / device.memory_stack_area.value;
  return m;
}

ControlSheet controls(const Device& device) {
  ControlSheet sheet{device.name, device.title, control_measures(device), {}, {}};
  const ControlMeasures& m = sheet.measures;
  sheet.classes = {oct2022(m),        oct2023(m, device.data_center), dec2024_hbm(m, device),
                   apr2025_letter(m), jan2026_case(m, device.market), jan2026_tariff(m)};
  sheet.notes = notes_for(device, m);
  return sheet;
}

}  // namespace headway
