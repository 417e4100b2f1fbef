// What the links of a scenario's cluster are worth: simulates it as written, and with its scale-up links at a half and at twice
// their rate.
//
//   link_prices [SCENARIO]     a name of the catalogue, or a file
#include <cstdio>
#include <exception>

#include "base/diagnostic.h"
#include "cluster/restrict.h"
#include "config/catalogue.h"
#include "simulate/simulate.h"

namespace {

// A copy of the cluster with one restriction laid over it; what a scenario file would say as `restrict: [{link: scale_up, scale: S}]`.
headway::Cluster with_links_scaled(const headway::Cluster& cluster, double scale) {
  headway::Diagnostics mistakes;
  headway::Cluster changed = headway::apply({{{}, headway::ScaleLink{"scale_up", scale}}}, cluster, mistakes);
  mistakes.throw_if_any();
  return changed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const headway::Catalogue catalogue({HEADWAY_CATALOGUE});
    for (const headway::Scenario& scenario : catalogue.scenarios(argc > 1 ? argv[1] : "llama-3.1-70b-h100-vs-h800")) {
      std::printf("%s\n", scenario.name.c_str());
      for (const double scale : {0.5, 1.0, 2.0}) {
        const headway::Result result = headway::simulate(with_links_scaled(scenario.cluster, scale), scenario.plan);
        std::printf("  scale-up links x %.1f: %.3f s a step, %.1f %% MFU, %s\n", scale, result.step_time.value(),
                    100 * result.mfu, result.fits ? "fits" : "does not fit");
      }
    }
  } catch (const headway::InputError& mistakes) {
    std::fprintf(stderr, "%s\n", mistakes.what());
    return 2;
  }
}
