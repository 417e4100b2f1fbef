// Which pipeline messages a stage exchanges, numbered alike on both sides.
//
// A forward of model part k feeds the forward of part k + 1, a backward of part k feeds the backward of part k - 1; with virtual
// stages part c p - 1 sits on the last stage and part c p on the first, so messages also go around the ring. The number of a
// message is its place among what its sender sends in that direction, in the order of the sender's passes.
#pragma once

#include <optional>
#include <vector>

#include "training/schedule.h"

namespace headway {

class Messages {
 public:
  // `schedules[stage]`: the passes of every stage.
  Messages(const std::vector<std::vector<Pass>>& schedules, int virtual_stages, int microbatches);

  // The number of the message that this pass sends, or waits for; none at the ends of the model.
  [[nodiscard]] std::optional<int> sent(int stage, const Pass& pass) const;
  [[nodiscard]] std::optional<int> received(int stage, const Pass& pass) const;

 private:
  [[nodiscard]] bool sends(int stage, const Pass& pass) const;
  [[nodiscard]] std::size_t slot(int stage, const Pass& pass) const;

  int stages_, chunks_, microbatches_;
  std::vector<int> numbers_;  // [stage][kind][chunk][microbatch]
};

}  // namespace headway
