// How busy resources are while the machine runs: the share of their capacity that activities draw, recorded whenever it changes.
//
// A meter watches any number of resources, and tells the part of their capacity, taken together, that is drawn: the sum of
// level x amount over what is under way, as the engine shares it out. Only who asks for meters pays for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/fold.h"
#include "engine/sharing.h"
#include "engine/timeline.h"

namespace headway {

// Which meters watch the resources of a class, and what part of a meter's capacity one unit per second on each of them is.
struct Metering {
  struct Watched {
    std::uint32_t meter = 0;
    double part = 0;
  };
  std::size_t meters = 0;
  std::vector<std::vector<Watched>> of_class;  // by resource class
};

// `meter_of`: by resource of the structure that was folded.
[[nodiscard]] Metering metering_of(const Quotient& quotient, const std::vector<std::uint32_t>& meter_of, std::size_t meters);

class LoadMeter {
 public:
  explicit LoadMeter(const Metering& metering);

  // From now on the activity runs at this level; 0: it has ended.
  void set_level(std::uint32_t activity, const Demand& demand, double level, Instant now);
  [[nodiscard]] std::vector<std::vector<UseSample>> take() { return std::move(samples_); }

 private:
  struct Drawn {
    double share = 0;
    std::uint32_t activities = 0;
  };
  void record(std::uint32_t meter, Instant now);

  const Metering& metering_;
  std::vector<double> level_;  // by activity
  std::vector<Drawn> drawn_;   // by meter
  std::vector<std::vector<UseSample>> samples_;
};

}  // namespace headway
