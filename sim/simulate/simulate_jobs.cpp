#include "simulate/simulate_jobs.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "simulate/phase_clock.h"
#include "simulate/prepared_plan.h"

namespace headway {
namespace {

constexpr double kMostSteps = 64;  // of a short job beside a long one

// The cluster as one job sees it: its devices alone, in the same networks.
Cluster part_of(const Cluster& cluster, const std::vector<DeviceIndex>& devices) {
  Cluster part = cluster;
  DeviceIndex first = 0;
  for (DeviceGroup& group : part.groups) {
    const auto behind = first + static_cast<DeviceIndex>(group.devices);
    group.devices = static_cast<int>(
        std::count_if(devices.begin(), devices.end(), [&](DeviceIndex device) { return device >= first && device < behind; }));
    first = behind;
  }
  std::erase_if(part.groups, [](const DeviceGroup& group) { return group.devices == 0; });
  return part;
}

struct SharedMachine {
  Structure structure;
  std::vector<Program> programs;
  std::vector<LinkId> links;                 // by resource of the structure
  std::vector<std::uint32_t> first_program;  // by job, and one behind the last
};

// Puts one job's structure beside those already there.
class Merger {
 public:
  Merger(const std::vector<PreparedPlan>& jobs, std::size_t links) : resource_of_(links, kNone) {
    for (const PreparedPlan& job : jobs) all_.structure.slots += job.communicators.structure.slots;
    for (const PreparedPlan& job : jobs) add(job);
    all_.first_program.push_back(static_cast<std::uint32_t>(all_.programs.size()));
  }
  [[nodiscard]] SharedMachine take() { return std::move(all_); }

 private:
  void add(const PreparedPlan& job) {
    const auto program = static_cast<std::uint32_t>(all_.programs.size());
    all_.first_program.push_back(program);
    for (const std::uint32_t own : job.communicators.structure.actor_program)
      all_.structure.actor_program.push_back(program + own);
    add_programs(job.machine.programs);
    add_actors(job.communicators.structure);
    add_groups(job.communicators);
    slot_ += job.communicators.structure.slots;
  }

  void add_programs(const std::vector<Program>& programs) {
    for (Program program : programs) {
      for (Block<Task>& block : program.tasks.blocks)
        for (Task& task : block.operations)
          if (task.group) task.slot = static_cast<std::uint16_t>(task.slot + slot_);
      all_.programs.push_back(std::move(program));
    }
  }

  void add_actors(const Structure& own) {
    const auto group = static_cast<std::uint32_t>(all_.structure.groups());
    const auto slots = static_cast<std::size_t>(own.slots), all_slots = static_cast<std::size_t>(all_.structure.slots);
    for (std::size_t actor = 0; actor < own.actors(); ++actor) {
      std::vector<std::uint32_t> groups(all_slots, kNone);
      for (std::size_t slot = 0; slot < slots; ++slot)
        if (const std::uint32_t of = own.group_of[actor * slots + slot]; of != kNone)
          groups[static_cast<std::size_t>(slot_) + slot] = group + of;
      all_.structure.group_of.insert(all_.structure.group_of.end(), groups.begin(), groups.end());
    }
  }

  void add_groups(const Communicators& job) {
    Structure& all = all_.structure;
    const Structure& own = job.structure;
    const auto kind = static_cast<std::uint32_t>(all.kinds.size());
    all.kinds.insert(all.kinds.end(), own.kinds.begin(), own.kinds.end());
    for (std::size_t group = 0; group < own.groups(); ++group) {
      all.group_kind.push_back(kind + own.group_kind[group]);
      for (std::uint64_t at = own.load_offset[group]; at < own.load_offset[group + 1]; ++at)
        all.loads.push_back({resource_of(own.loads[at].resource, job), own.loads[at].amount});
      all.load_offset.push_back(all.loads.size());
    }
  }

  std::uint32_t resource_of(std::uint32_t own, const Communicators& job) {
    std::uint32_t& resource = resource_of_[job.links[own].index()];
    if (resource == kNone) {
      resource = static_cast<std::uint32_t>(all_.structure.capacity.size());
      all_.structure.capacity.push_back(job.structure.capacity[own]);
      all_.links.push_back(job.links[own]);
    }
    return resource;
  }

  SharedMachine all_;
  std::vector<std::uint32_t> resource_of_;  // by link
  int slot_ = 0;                            // of the job being added: its first
};

// The classes of one job, out of all, and what they did.
MachineRun share_of(MachineRun& all, std::uint32_t first_program, std::uint32_t behind, int first_slot, int slots) {
  MachineRun own;
  own.quotient.slots = slots;
  for (std::size_t k = 0; k < all.quotient.actors.size(); ++k) {
    ActorClass actor = all.quotient.actors[k];
    if (actor.program < first_program || actor.program >= behind) continue;
    actor.program -= first_program;
    own.quotient.actors.push_back(actor);
    const auto groups = all.quotient.group_of.begin() + static_cast<std::ptrdiff_t>(k) * all.quotient.slots + first_slot;
    own.quotient.group_of.insert(own.quotient.group_of.end(), groups, groups + slots);
    own.timeline.tasks.push_back(std::move(all.timeline.tasks[k]));
    for (const TaskTimes& task : own.timeline.tasks.back()) own.timeline.end = std::max(own.timeline.end, task.end);
  }
  return own;
}

}  // namespace

std::vector<JobResult> simulate(const Cluster& cluster, const std::vector<TrainingJob>& jobs, const SimulateOptions& options) {
  PhaseClock clock;
  const Fabric fabric = build_fabric(cluster);
  clock.end("fabric");
  std::vector<JobResult> results(jobs.size());
  std::vector<PreparedPlan> prepared;
  Seconds longest;
  Stats uncounted;
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    const PreparedPlan& alone = prepared.emplace_back(prepare(cluster, jobs[j].plan, fabric, jobs[j].devices, 1, clock));
    results[j].alone = to_seconds(run_machine(alone.communicators.structure, alone.machine.programs, alone.communicators.links,
                                              fabric, {.fold = options.fold}, clock, uncounted)
                                      .timeline.end);
    longest = std::max(longest, results[j].alone);
  }
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    results[j].steps = static_cast<int>(std::clamp(std::round(longest / results[j].alone), 1.0, kMostSteps));
    if (results[j].steps > 1)
      prepared[j] = prepare(cluster, jobs[j].plan, fabric, jobs[j].devices, static_cast<std::uint32_t>(results[j].steps), clock);
  }
  const SharedMachine shared = Merger(prepared, fabric.link_count()).take();
  Stats counted;
  MachineRun run = run_machine(shared.structure, shared.programs, shared.links, fabric, options, clock, counted);

  int slot = 0;
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    const int slots = prepared[j].communicators.structure.slots;
    MachineRun own = share_of(run, shared.first_program[j], shared.first_program[j + 1], slot, slots);
    slot += slots;
    if (j == 0) {  // the links are everybody's, and told once
      own.timeline.use = std::move(run.timeline.use);
      own.links = std::move(run.links);
    }
    std::vector<NetworkUse> use;
    if (options.network_use)
      use = network_use(fabric, prepared[j].communicators.structure, prepared[j].communicators.links,
                        prepared[j].machine.programs, own.timeline.end);
    results[j].result = result_of(part_of(cluster, jobs[j].devices), jobs[j].plan, fabric, prepared[j], own,
                                  static_cast<std::uint32_t>(results[j].steps), options.keep_timeline);
    results[j].result.network_use = std::move(use);
    Stats& stats = results[j].result.stats;
    stats.events = counted.events;
    stats.replayed = counted.replayed;
    stats.solves = counted.solves;
  }
  clock.end("result");
  for (JobResult& result : results) clock.report(result.result.stats);
  return results;
}

}  // namespace headway
