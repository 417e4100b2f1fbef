#include "operations/closed_form.h"

#include <algorithm>
#include <cmath>

namespace headway {

namespace {

// What a failure keeps the machine from running, before its restart.
Seconds outage(const LongRun& run) {
  Seconds time = run.detection;
  const Hertz all = total_rate(run.hazards);
  if (!run.spares || run.spares->nodes > 0) return time;
  for (const Hazard& hazard : run.hazards) time += hazard.rate / all * hazard.repaired * run.spares->repair;
  return time;
}

// Elapsed over running time, of failures and checkpoints.
double stretch(const LongRun& run) {
  const double rate = total_rate(run.hazards).value();
  if (run.interval == kNever) return 1;
  const double cycle = (run.interval + run.stall).value();
  const double trained = (run.interval - run.background_slow_down * run.background).value();
  if (rate == 0) return cycle / trained;
  return std::expm1(rate * cycle) * std::exp(rate * (run.background + run.restart).value()) * (1 / rate + outage(run).value()) /
         trained;
}

}  // namespace

ClosedForm closed_form(const LongRun& run) {
  ClosedForm form;
  form.effective = 1 / stretch(run);
  if (run.interval == kNever && total_rate(run.hazards) > Hertz(0)) form.beyond.emplace_back("no checkpoint at all");
  if (run.background > Seconds(0)) form.beyond.emplace_back("checkpoints written in the background");
  if (run.spares && run.spares->nodes > 0) form.beyond.emplace_back("a spare node is always there");
  if (const auto& s = run.stragglers; s && s->share > 0) {
    form.effective *= 1 - s->share * s->slow_down;
    form.beyond.emplace_back("stragglers");
  }
  if (const auto& m = run.maintenance) {
    form.effective *= std::max(0.0, 1 - (run.stall + run.background + m->lasts + run.restart) / m->every);
    form.beyond.emplace_back("maintenance windows");
  }
  return form;
}

}  // namespace headway
