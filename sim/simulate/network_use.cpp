#include "simulate/network_use.h"

#include <utility>

namespace headway {
namespace {

// Group tasks of a program by slot: call number and how often it is issued.
using Calls = std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>>;

Calls calls_of(const Program& program, int slots) {
  Calls calls(static_cast<std::size_t>(slots));
  const std::vector<std::uint32_t> laid = program.tasks.uses();
  for (std::size_t b = 0; b < laid.size(); ++b)
    for (const Task& task : program.tasks.blocks[b].operations)
      if (task.group) calls[task.slot].emplace_back(task.what, laid[b]);
  return calls;
}

// Seconds at level 1 of all that a group does, as any of its members tells.
std::vector<double> work_of_groups(const Structure& structure, const std::vector<Program>& programs) {
  std::vector<Calls> calls;
  for (const Program& program : programs) calls.push_back(calls_of(program, structure.slots));
  std::vector<double> work(structure.groups(), -1);
  const auto slots = static_cast<std::size_t>(structure.slots);
  for (std::size_t actor = 0; actor < structure.actors(); ++actor)
    for (std::size_t slot = 0; slot < slots; ++slot) {
      const std::uint32_t group = structure.group_of[actor * slots + slot];
      if (group == kNone || work[group] >= 0) continue;
      work[group] = 0;
      for (const auto& [call, uses] : calls[structure.actor_program[actor]][slot])
        work[group] += uses * structure.kinds[structure.group_kind[group]][call].work;
    }
  return work;
}

}  // namespace

std::vector<NetworkUse> network_use(const Fabric& fabric, const Structure& structure, const std::vector<LinkId>& links,
                                    const std::vector<Program>& programs, Instant time) {
  const std::vector<double> work = work_of_groups(structure, programs);
  std::vector<double> busy(fabric.link_count(), 0.0);
  for (std::size_t group = 0; group < structure.groups(); ++group)
    for (std::uint64_t at = structure.load_offset[group]; at < structure.load_offset[group + 1]; ++at) {
      const Load& load = structure.loads[at];
      const double full = static_cast<double>(structure.capacity[load.resource]) * to_seconds(time).value();
      busy[links[load.resource].index()] += work[group] * static_cast<double>(load.amount) / full;
    }
  std::vector<NetworkUse> uses;
  for (std::size_t i = 0; i < fabric.network_count(); ++i) {
    const NetworkId network(i);
    const NetworkSpec& spec = fabric.spec(network);
    uses.push_back({spec.name, spec.kind, spec.technology.efficiency.value, static_cast<std::uint32_t>(fabric.devices()),
                    fabric.domain_size(network), fabric.switch_classes(network), fabric.link_classes(network, busy)});
  }
  return uses;
}

}  // namespace headway
