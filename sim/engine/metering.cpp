#include "engine/metering.h"

#include <algorithm>
#include <map>
#include <utility>

namespace headway {

Metering metering_of(const Quotient& quotient, const std::vector<std::uint32_t>& meter_of, std::size_t meters) {
  std::vector<std::map<std::uint32_t, double>> members(quotient.capacity.size());  // by class and meter
  std::vector<double> capacity(meters, 0.0);
  for (std::size_t r = 0; r < meter_of.size(); ++r) {
    const std::uint32_t of_class = quotient.class_of_resource[r];
    members[of_class][meter_of[r]] += 1;
    capacity[meter_of[r]] += static_cast<double>(quotient.capacity[of_class]);
  }
  Metering metering{meters, {}};
  for (const auto& of_class : members) {
    metering.of_class.emplace_back();
    for (const auto& [meter, count] : of_class) metering.of_class.back().push_back({meter, count / capacity[meter]});
  }
  return metering;
}

LoadMeter::LoadMeter(const Metering& metering) : metering_(metering), drawn_(metering.meters), samples_(metering.meters) {
  for (std::vector<UseSample>& samples : samples_) samples.push_back({0, 0});
}

void LoadMeter::set_level(std::uint32_t activity, const Demand& demand, double level, Instant now) {
  if (activity >= level_.size()) level_.resize(activity + 1, 0.0);
  const double before = std::exchange(level_[activity], level);
  if (before == level) return;
  for (const Demand::Wish& wish : demand.draws()) {
    if (wish.resource >= metering_.of_class.size()) break;  // what is behind is local
    for (const Metering::Watched& watched : metering_.of_class[wish.resource]) {
      Drawn& drawn = drawn_[watched.meter];
      drawn.share += (level - before) * static_cast<double>(wish.amount) * watched.part;
      if (before == 0) ++drawn.activities;
      if (level == 0 && --drawn.activities == 0) drawn.share = 0;  // exactly
      record(watched.meter, now);
    }
  }
}

void LoadMeter::record(std::uint32_t meter, Instant now) {
  std::vector<UseSample>& samples = samples_[meter];
  if (samples.back().at != now) samples.push_back({now, 0});
  samples.back().share = std::clamp(drawn_[meter].share, 0.0, 1.0);  // sums in another order than the solver's
}

}  // namespace headway
