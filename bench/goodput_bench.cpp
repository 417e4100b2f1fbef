// How long do 10,000 runs of Llama 3's 54 days on 16,384 H100 take? A failure every three hours, a checkpoint every four minutes.
#include <benchmark/benchmark.h>

#include "study/goodput.h"

namespace {

void runs_of_54_days(benchmark::State& state) {
  headway::LongRun run;
  run.hazards = {{"any", headway::Hertz(419 / (54 * 86400.0)), 1}};
  run.interval = headway::Seconds(253);
  run.stall = headway::Seconds(2.9);
  run.detection = headway::Seconds(600);
  run.restart = headway::Seconds(33);
  run.spares = headway::SpareNodes{32, headway::Seconds(3 * 86400.0)};
  run.maintenance = headway::MaintenancePlan{headway::Seconds(27.6 * 3600), headway::Seconds(1200)};
  run.stragglers = headway::StragglerPlan{0.1, 0.1, headway::Seconds(6 * 3600.0)};
  run.horizon = headway::Seconds(54 * 86400.0);
  const auto runs = static_cast<int>(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(headway::goodput(run, runs, 1).effective.mean);
  state.SetItemsProcessed(state.iterations() * runs);
}

BENCHMARK(runs_of_54_days)->Arg(10000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
