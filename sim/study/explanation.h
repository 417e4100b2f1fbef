// Why a step takes as long as it does: its critical path by cause, and what every resource is worth.
//
// Elasticity of throughput to a resource, on each side: ln(tokens/s with it k times as fast / tokens/s) / ln k, for k = 1.1 and 0.9,
// simulated again. 1: throughput follows the resource; 0: it does not care. The elasticities of all resources on one side add up
// to about 1. `free` is the throughput with that resource without limit, over today's: no investment in it alone can bring more.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "simulate/result.h"
#include "study/resources.h"

namespace headway {

inline constexpr double kNudge = 0.1;  // 10 % up and down
inline constexpr double kFree = 1e4;   // so much faster counts as free

struct ResourceWorth {
  std::string key, title;
  bool is_delay = false;
  double with_more = 1, with_less = 1, when_free = 1;  // tokens/s over today's

  [[nodiscard]] double elasticity_up() const;
  [[nodiscard]] double elasticity_down() const;
};

struct Explanation {
  Result result;                         // with its critical path
  std::vector<ResourceWorth> resources;  // of most worth first
  std::string verdict;                   // one sentence
};

// Simulates in parallel (oneTBB); `progress` is called from one thread at a time.
[[nodiscard]] Explanation explain(const Machine& machine, bool fold = true,
                                  const std::function<void(std::size_t done, std::size_t of)>& progress = {});

}  // namespace headway
