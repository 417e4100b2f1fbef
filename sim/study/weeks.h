// Weeks, not steps: what a fleet delivers of its step time after failures, checkpoints, repairs and windows, when it is done, and
// what is worth improving.
//
// From the campaign as written (operations/campaign.h) and the simulated step follow the checkpoint's bytes and times, the rate of
// every source of failure and the interval between checkpoints, Daly's optimum unless given. Thousands of runs are simulated; the
// closed form stands beside them, and so do runs with half and twice the interval. Each improvement is one change, simulated on the
// same seeds with the interval chosen anew.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "operations/campaign.h"
#include "operations/closed_form.h"
#include "simulate/result.h"
#include "study/goodput.h"

namespace headway {

struct IntervalTrial {
  Seconds interval;
  double effective = 0;
};

struct Improvement {
  std::string what;      // "GPU failures half as often"
  double effective = 0;  // with it
};

// How many failures of a source a fleet meets, and of how many components.
struct SourceShare {
  std::string name;
  FailsPer per = FailsPer::device;
  double components = 0;
  Sourced<Seconds> between;
  double failures = 0;  // mean of the runs
};

struct Weeks {
  std::string reliability;  // whose failures
  CampaignGoal goal;
  LongRun run;
  std::optional<Bytes> checkpoint;  // none: the campaign gives its time alone
  Seconds write, read;
  bool interval_given = false;
  Goodput goodput;
  ClosedForm closed;
  std::vector<IntervalTrial> trials;  // half and twice the interval
  std::vector<SourceShare> sources;   // most failures first
  std::vector<Improvement> next;      // worth most first
  double tokens = 0, steps = 0;       // done in the mean run
  double seconds_per_trillion = 0;    // of the calendar, for 10^12 tokens, as the mean run makes them

  [[nodiscard]] double days() const { return goodput.elapsed.mean / 86400; }
};

// Weights as kernels read them, master weights and both moments: what a run needs to go on.
[[nodiscard]] Bytes checkpoint_bytes(const TrainingPlan& plan);

// Throws InputError where the run makes next to no progress. `improvements`: fill `trials` and `next`.
[[nodiscard]] Weeks weeks_of(const Campaign& campaign, const Cluster& cluster, const TrainingPlan& plan, const Result& result,
                             bool improvements = true);

}  // namespace headway
