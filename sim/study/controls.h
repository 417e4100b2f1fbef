// What United States export rules see in a device, real or invented: a few numbers, and the class that each rule makes of them.
//
//   TPP  total processing performance = 2 x MacTOPS x bit length, dense, the largest over the number formats, of the whole package:
//        vendor FLOPS and TOPS count two operations per MAC already, so TPP = TOPS x bits (300 TFLOPS at 16 bits: 4,800)
//   PD   performance density = TPP / area of the logic dies made with non-planar transistors, caches included, HBM not, mm2
//   I/O  all inputs and outputs but memory, both directions together: scale-up ports, ports into the network on the device, host link
//   DRAM total memory bandwidth        MBD  bandwidth of one HBM stack / its package area, GB/s/mm2
//
// TF32 is left out of TPP: how the rule counts its bits was not found, and at 19 it decides for hardly any device (a note says so).
// The rules (REQUIRES none of them to be law still; China as destination):
//   oct2022         87 FR 62186, 3A090: I/O >= 600 GB/s and TPP >= 4800, both
//   oct2023         88 FR 73458, 3A090.a: TPP >= 4800, or TPP >= 1600 and PD >= 5.92; 3A090.b: 2400 <= TPP < 4800 and
//                   1.6 <= PD < 5.92, or TPP >= 1600 and 3.2 <= PD < 5.92; not for data centres (Note 2): by TPP >= 4800 alone
//   dec2024_hbm     89 FR 96790, 3A090.c: MBD > 2; below 3.3 License Exception HBM is possible
//   apr2025_letter  NVIDIA 8-K of April 2025; limits as Intel's letter was reported: DRAM >= 1400, I/O >= 1100 or their sum >= 1700 GB/s
//   jan2026_case    91 FR 1684: TPP < 21000 and DRAM < 6500 GB/s is looked at case by case, else presumption of denial
//   jan2026_tariff  Section 232 proclamation of 14 January 2026, 25 %: 14000 < TPP < 17500 and 4500 < DRAM < 5000 (band 1), or
//                   20800 < TPP < 21100 and DRAM above a bound of which only "5,?00" was seen (band 2)
// This is arithmetic, no legal advice: destinations, entities and end uses decide too.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_names.h"
#include "hardware/device.h"

namespace headway {

enum class ControlRule { oct2022, oct2023, dec2024_hbm, apr2025_letter, jan2026_case, jan2026_tariff };

template <>
struct EnumNames<ControlRule> {
  static constexpr auto table = std::to_array<EnumName<ControlRule>>({{ControlRule::oct2022, "oct2022"},
                                                                      {ControlRule::oct2023, "oct2023"},
                                                                      {ControlRule::dec2024_hbm, "dec2024_hbm"},
                                                                      {ControlRule::apr2025_letter, "apr2025_letter"},
                                                                      {ControlRule::jan2026_case, "jan2026_case"},
                                                                      {ControlRule::jan2026_tariff, "jan2026_tariff"}});
};

// What the rules measure, of the package. Nothing: an input is not published.
struct ControlMeasures {
  std::optional<double> tpp;
  std::optional<NumberFormat> tpp_format;  // in which TPP is largest
  std::optional<double> tpp_with_tf32;     // where counting TF32 as 19 bits would raise it
  std::optional<double> die_area_mm2, performance_density;
  std::optional<double> io, dram;       // GB/s
  std::optional<double> stack_density;  // GB/s/mm2
};

// How far a measure is from a limit of a rule.
struct ControlDistance {
  std::string measure;  // "TPP", "PD", "I/O", "DRAM", "DRAM + I/O", "MBD"
  std::optional<double> value;
  double limit = 0;
  std::string what;  // lies at the limit: "3A090.a"
};

struct ControlClass {
  ControlRule rule{};
  std::string outcome;  // "controlled", "3A090.a", "licence", "case by case", "unknown" ...
  std::string clause;   // what decided: "TPP 15,832 >= 4,800"
  std::vector<ControlDistance> distances;
};

struct ControlSheet {
  std::string device, title;
  ControlMeasures measures;
  std::vector<ControlClass> classes;  // one for each rule, in order
  std::vector<std::string> notes;     // what to know before quoting a class

  [[nodiscard]] const ControlClass& under(ControlRule rule) const { return classes.at(static_cast<std::size_t>(rule)); }
};

[[nodiscard]] ControlMeasures control_measures(const Device& device);
[[nodiscard]] ControlSheet controls(const Device& device);

}  // namespace headway
