// How a token of a mixture of experts picks them, and how many parts of the machine it thereby reaches.
//
// A token goes to `copies` of `experts`, drawn without repetition; where experts form groups, all of them out of
// `groups_per_token` groups (DeepSeek's node-limited routing). Spread evenly over p parts that follow the groups, R of them are in
// reach, R = p, or with groups max(p groups_per_token / groups, min(p, groups_per_token)), holding N experts together; a part is
// missed when all copies lie elsewhere:
//   reached = R (1 - prod over i < copies of (N - N/R - i) / (N - i)).
#pragma once

#include <algorithm>

namespace headway {

struct TokenSpread {
  int experts = 1, copies = 1;
  int groups = 1, groups_per_token = 1;
  friend bool operator==(const TokenSpread&, const TokenSpread&) = default;
};

// Parts out of `parts` that get a token at least once, on average over balanced routing.
[[nodiscard]] inline double parts_reached(const TokenSpread& routing, double parts) {
  const double limit = static_cast<double>(routing.groups_per_token) / routing.groups;
  const double in_reach = std::min(parts, std::max(parts * limit, static_cast<double>(routing.groups_per_token)));
  const double reach = limit < 1 ? in_reach : parts;
  const double experts = limit < 1 ? routing.experts * limit : routing.experts;
  double missed = 1;
  for (int i = 0; i < routing.copies; ++i) missed *= std::max(0.0, experts - experts / reach - i) / (experts - i);
  return reach * (1 - missed);
}

}  // namespace headway
