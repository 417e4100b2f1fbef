// Random machines: regular ones with random defects, so that some fold and some hardly do.
#pragma once

#include <random>

#include "engine/machine.h"

namespace headway::testing_machine {

inline Machine random_machine(std::mt19937_64& random) {
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  const int size = 1 << pick(1, 3), groups = pick(2, 6), uplinks = pick(1, 2);
  Machine m;
  m.structure.slots = 2;
  m.structure.kinds = {{{0.7, 0.9, 1000, {kPerSecond / 9, 0}, {kPerSecond / 10, 0}}, {0.3, 1.0, 0, {}, {}}},
                       {{1.1, 0.8, 500, {}, {kPerSecond / 7, 0}}, {0.4, 1.0, 0, {}, {}}}};
  std::vector<std::uint32_t> spine;
  for (int u = 0; u < uplinks; ++u) spine.push_back(m.resource(size * groups / 3.0));
  for (int i = 0; i < size * groups; ++i) m.actor(pick(0, 19) == 0 ? 1 : 0);
  for (int g = 0; g < groups; ++g) {  // slot 0: blocks
    std::vector<std::pair<std::uint32_t, int>> members;
    for (int i = 0; i < size; ++i) members.emplace_back(static_cast<std::uint32_t>(g * size + i), 0);
    m.group(0, members, {m.resource(pick(0, 9) == 0 ? 0.5 : 1.0)});
  }
  for (int i = 0; i < size; ++i) {  // slot 1: across the blocks, over the spine
    std::vector<std::pair<std::uint32_t, int>> members;
    for (int g = 0; g < groups; ++g) members.emplace_back(static_cast<std::uint32_t>(g * size + i), 1);
    m.group(1, members, {spine[static_cast<std::size_t>(i % uplinks)]});
  }
  for (const double seconds : {0.5, 0.6}) {
    Program p = program({work(seconds, 0.95), work(seconds / 3)}, {}, 2);
    Block<Task> block;
    for (std::uint32_t step = 0; step < 6; ++step) {
      block.add(compute(step % 2));
      block.add(part(0, step % 2, step));
      block.add(part(1, step % 2, step, 1), {3 * step});  // what crosses the spine follows its kernel
    }
    p.tasks = Composition<Task>::of(std::move(block));
    m.programs.push_back(p);
  }
  return m;
}

}  // namespace headway::testing_machine
