#include "simulate/device_use.h"

#include <algorithm>
#include <map>
#include <variant>

#include "hardware/kernel_cost.h"

namespace headway {

namespace {

// How a segment's time is divided: all but `host` has a kernel on the device.
struct SegmentUse {
  double matrix = 0, memory = 0, host = 0;
};

SegmentUse use_of(const Segment& segment, const DeviceKind& kind, const Software& software) {
  const Seconds whole = price(segment, kind, software).time;
  if (whole <= Seconds(0)) return {};
  SegmentUse use;
  const std::string attention = attention_on(*kind.device, software);
  for (const Kernel& kernel : segment.kernels) {
    const double share = kernel_cost(kernel, *kind.device, attention).time / kind.speed / whole;
    (std::holds_alternative<Streaming>(kernel.work) ? use.memory : use.matrix) += share;
  }
  use.host = std::max(0.0, 1 - use.matrix - use.memory);
  return use;
}

// Of one class's timeline.
DeviceUse use_of(const RankProgram& program, const std::vector<TaskTimes>& times, const std::vector<SegmentUse>& segments,
                 Instant end) {
  std::vector<Picoseconds> in_segment(program.segments.size(), 0);
  for (const Piece& piece : program.ops.pieces) {
    const std::vector<Op>& operations = program.ops.blocks[piece.block].operations;
    for (std::size_t place = 0; place < operations.size(); ++place)
      if (const Op& op = operations[place]; !op.collective) {
        const TaskTimes& t = times[piece.first + place];
        in_segment[op.what] += t.end - t.ready;
      }
  }
  DeviceUse use{0, 0, 1};
  for (std::size_t s = 0; s < in_segment.size(); ++s) {
    const double share = static_cast<double>(in_segment[s]) / static_cast<double>(end);
    use.matrix += share * segments[s].matrix;
    use.memory += share * segments[s].memory;
    use.exchange -= share;
  }
  use.exchange = std::max(0.0, use.exchange);
  return use;
}

}  // namespace

std::vector<DeviceUse> device_use(const Cluster& cluster, const Timeline& timeline, const std::vector<ActorClass>& classes,
                                  const MachinePrograms& machine, const std::vector<RankProgram>& programs,
                                  const Software& software) {
  std::map<std::uint32_t, std::vector<SegmentUse>> segments;  // by engine program
  std::vector<DeviceUse> use(cluster.groups.size());
  std::vector<double> ranks(cluster.groups.size(), 0);
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const DeviceKind& kind = machine.kind_of[classes[k].program];
    const RankProgram& program = programs[machine.stage_of[classes[k].program]];
    const auto [at, fresh] = segments.try_emplace(classes[k].program);
    if (fresh)
      for (const Segment& segment : program.segments) at->second.push_back(use_of(segment, kind, software));
    std::size_t group = 0;
    while (&cluster.groups[group].device != kind.device) ++group;
    const DeviceUse of_class = use_of(program, timeline.tasks[k], at->second, timeline.end);
    const auto count = static_cast<double>(classes[k].count);
    use[group].matrix += count * of_class.matrix;
    use[group].memory += count * of_class.memory;
    use[group].exchange += count * of_class.exchange;
    ranks[group] += count;
  }
  for (std::size_t group = 0; group < use.size(); ++group) {
    if (ranks[group] == 0) continue;
    use[group].matrix /= ranks[group];
    use[group].memory /= ranks[group];
    use[group].exchange /= ranks[group];
  }
  return use;
}

}  // namespace headway
