// Do people lay their runs out as the search would? For every published run of the built-in set: how many layouts there are, how many
// of those that fit could be faster than the published one, and how much the best found gains over it.
//
//   bench_published_layouts [MOST_DEVICES]     runs on more devices are left out
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "config/catalogue.h"
#include "config/csv.h"
#include "config/published_run.h"
#include "study/plan_search.h"

int main(int argc, char** argv) {
  using namespace headway;
  const int most = argc > 1 ? std::atoi(argv[1]) : std::numeric_limits<int>::max();
  const Catalogue catalogue = Catalogue::standard();
  int runs = 0, in_top_tenth = 0, beaten = 0;
  std::printf("%-28s %7s %9s %9s %9s %9s %7s %7s\n", "run", "devices", "layouts", "fit", "simulated", "before", "top", "gain");
  for (const std::string& file : catalogue.published_tables())
    for (const PublishedRun& run : published_runs(read_csv(file), RunMeasure::step_time, catalogue)) {
      if (!run.cluster || !run.plan || run.cluster->devices() > most) continue;
      try {
        const PlanSearch found = search_plans({*run.cluster, *run.plan}, {.best = 1, .constraints = false});
        if (found.best.empty() || !found.written) continue;
        const double share = static_cast<double>(found.written->at_most_before) / static_cast<double>(found.written->fitting);
        const double gain = found.best.front().result.tokens_per_s / found.written->result.tokens_per_s;
        ++runs;
        in_top_tenth += share <= 0.1 ? 1 : 0;
        beaten += gain >= 1 ? 1 : 0;
        std::printf("%-28.28s %7d %9zu %9zu %9zu %9zu %6.1f%% %6.2fx%s\n", run.id.c_str(), run.cluster->devices(),
                    found.count.layouts, found.written->fitting, found.count.simulated, found.written->at_most_before,
                    100 * share, gain, found.written->result.fits ? "" : " (published does not fit)");
        std::fflush(stdout);
      } catch (const std::exception& error) {
        std::printf("%-28.28s %s\n", run.id.c_str(), error.what());
      }
    }
  std::printf("%d runs: the layout found is at least as fast in %d, the published one in the top tenth of %d\n", runs, beaten,
              in_top_tenth);
}
