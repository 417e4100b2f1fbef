#include "simulate/machine_programs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace headway {
namespace {

// Kinds of device in a cluster: by group, then by speed.
struct DeviceKinds {
  std::vector<DeviceKind> kinds;
  std::vector<std::uint32_t> kind_of;  // by device
};

DeviceKinds device_kinds(const Cluster& cluster, int devices, double rank_spread) {
  DeviceKinds all;
  all.kind_of.reserve(static_cast<std::size_t>(cluster.devices()));
  const double spread = 1.0 + rank_spread * std::max(0.0, std::log2(devices / 8.0));
  for (const DeviceGroup& group : cluster.groups) {
    all.kind_of.insert(all.kind_of.end(), static_cast<std::size_t>(group.devices), static_cast<std::uint32_t>(all.kinds.size()));
    all.kinds.push_back({&group.device, 1.0 / spread});
  }
  for (const SlowDevice& slow : cluster.slow_devices) {
    DeviceKind kind = all.kinds[all.kind_of[static_cast<std::size_t>(slow.device)]];
    kind.speed *= slow.speed;
    const auto same = [&](const DeviceKind& k) { return k.device == kind.device && k.speed == kind.speed; };
    const auto at = std::find_if(all.kinds.begin(), all.kinds.end(), same);
    all.kind_of[static_cast<std::size_t>(slow.device)] = static_cast<std::uint32_t>(at - all.kinds.begin());
    if (at == all.kinds.end()) all.kinds.push_back(kind);
  }
  return all;
}

LocalWork local_work(const Segment& segment, const DeviceKind& kind, const Software& software, const LocalAmounts& capacity) {
  const SegmentPrice cost = price(segment, kind, software);
  LocalWork work;
  work.work = cost.time.value();
  if (cost.time <= Seconds(0) || segment.kernels.empty()) return work;
  work.draws[kMultiprocessors] = capacity[kMultiprocessors];
  work.draws[kMemory] = std::min(capacity[kMemory], static_cast<std::int64_t>((cost.traffic / cost.time).value()));
  return work;
}

Block<Task> machine_block(const Block<Op>& block, const std::vector<CallPlace>& places) {
  Block<Task> out;
  for (std::uint32_t place = 0; place < block.operations.size(); ++place) {
    const Op& op = block.operations[place];
    Task task;
    task.stream = static_cast<std::uint8_t>(op.stream);
    task.group = op.collective;
    task.what = op.collective ? places[op.what].call : op.what;
    if (op.collective) task.slot = places[op.what].slot;
    task.tag = place;
    out.operations.push_back(task);
  }
  out.after_offset = block.after_offset;
  out.after = block.after;
  return out;
}

Program machine_program(const RankProgram& program, const DeviceKind& kind, const Software& software,
                        const std::vector<CallPlace>& places) {
  Program out;
  out.streams = kStreams;
  out.local_capacity = local_capacity(*kind.device);
  for (const Segment& segment : program.segments) out.works.push_back(local_work(segment, kind, software, out.local_capacity));
  for (const Block<Op>& block : program.ops.blocks) out.tasks.blocks.push_back(machine_block(block, places));
  out.tasks.pieces = program.ops.pieces;
  out.tasks.links = program.ops.links;
  return out;
}

// Matrix FLOPs of one rank's step that are done a second time.
Flops recomputed_flops(const RankProgram& program) {
  std::vector<double> uses(program.segments.size(), 0.0);
  const std::vector<std::uint32_t> laid = program.ops.uses();
  for (std::size_t b = 0; b < laid.size(); ++b)
    for (const Op& op : program.ops.blocks[b].operations)
      if (!op.collective) uses[op.what] += laid[b];
  Flops sum;
  for (std::size_t s = 0; s < program.segments.size(); ++s) {
    const Segment& segment = program.segments[s];
    if (segment.activity != Activity::recompute) continue;
    Flops flops;
    for (const Kernel& kernel : segment.kernels) flops += matrix_flops(kernel);
    sum += uses[s] * flops;
  }
  return sum;
}

}  // namespace

MachinePrograms price_programs(const Cluster& cluster, const TrainingPlan& plan, const RankGrid& grid,
                               const std::vector<RankProgram>& programs, const Communicators& communicators,
                               const std::vector<DeviceIndex>& device_of) {
  const DeviceKinds kinds = device_kinds(cluster, plan.layout.devices(), plan.software.rank_spread);
  MachinePrograms out;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> known;
  out.program_of_rank.reserve(grid.size());
  for (Rank r = 0; r < grid.size(); ++r) {
    const auto stage = static_cast<std::uint32_t>(grid.place(r).stage);
    const std::uint32_t kind = kinds.kind_of[device_of[r]];
    const auto [at, fresh] = known.try_emplace({stage, kind}, static_cast<std::uint32_t>(out.programs.size()));
    if (fresh) {
      out.programs.push_back(machine_program(programs[stage], kinds.kinds[kind], plan.software, communicators.places[stage]));
      out.stage_of.push_back(stage);
      out.kind_of.push_back(kinds.kinds[kind]);
    }
    out.program_of_rank.push_back(at->second);
  }
  for (const RankProgram& program : programs) out.recomputed += grid.tensor() * grid.context() * recomputed_flops(program);
  return out;
}

}  // namespace headway
