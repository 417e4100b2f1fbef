// One training run of weeks, from its first step to its last, as a small event simulation with seeded failures.
//
//   running     work is done at full speed, less what a straggler and a checkpoint written in the background take; failures strike
//   checkpoint  after `interval` of running the job stalls; what it had done is safe then, or once written in the background
//   failure     work since the last safe checkpoint is lost; detection; where a node is out, a spare, or waiting for the first that
//               is repaired; restart. A failure during the restart begins that again. Nothing fails while nothing runs
//   maintenance at fixed times: a checkpoint, the window, a restart
//
// Every instant is counted under one cause, so that elapsed = work + all that was lost.
//
// Draws depend on (seed, run) alone, and failures, their sources and stragglers have a sequence each: the same run with better spares
// meets the same failures.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "base/enum_names.h"
#include "base/quantity.h"
#include "operations/campaign.h"
#include "operations/reliability.h"

namespace headway {

inline constexpr Seconds kNever(std::numeric_limits<double>::infinity());

struct LongRun {
  std::vector<Hazard> hazards;
  Seconds interval = kNever;  // running time between checkpoints
  Seconds stall;              // of a checkpoint
  Seconds background;         // behind it until the checkpoint is safe; 0: the stall was all
  double background_slow_down = 0;
  Seconds detection, restart;  // restart: to the first full-speed step, the checkpoint read
  std::optional<SpareNodes> spares;
  std::optional<MaintenancePlan> maintenance;
  std::optional<StragglerPlan> stragglers;
  Seconds work = kNever;     // to be done, at full speed
  Seconds horizon = kNever;  // where the run ends all the same
};

enum class Loss { rework, detection, restart, repair, checkpoint, straggler, maintenance };
inline constexpr std::size_t kLosses = 7;

template <>
struct EnumNames<Loss> {
  static constexpr auto table = std::to_array<EnumName<Loss>>({{Loss::rework, "rework"},
                                                               {Loss::detection, "detection"},
                                                               {Loss::restart, "restart"},
                                                               {Loss::repair, "repair"},
                                                               {Loss::checkpoint, "checkpoint"},
                                                               {Loss::straggler, "straggler"},
                                                               {Loss::maintenance, "maintenance"}});
};

struct RunOutcome {
  Seconds elapsed, work;
  Seconds running;  // devices busy: work, work lost, slow steps
  std::array<Seconds, kLosses> lost{};
  std::vector<std::uint32_t> failures;  // by hazard
  std::uint32_t windows = 0;            // of maintenance
};

// Requires an end: work or a horizon.
[[nodiscard]] RunOutcome simulate_long_run(const LongRun& plan, std::uint64_t seed, std::uint64_t run);

}  // namespace headway
