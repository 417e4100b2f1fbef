#include "operations/reliability.h"

namespace headway {

std::vector<Hazard> hazards_of(const Reliability& reliability, const Fleet& fleet) {
  std::vector<Hazard> hazards;
  for (const FailureSource& source : reliability.failures)
    hazards.push_back({source.name, Hertz(fleet.count(source.per) / source.between.value.value()),
                       source.repaired.known ? source.repaired.value : 0.0});
  return hazards;
}

Hertz total_rate(const std::vector<Hazard>& hazards) {
  Hertz sum;
  for (const Hazard& hazard : hazards) sum += hazard.rate;
  return sum;
}

}  // namespace headway
