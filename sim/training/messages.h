// Which pipeline messages a stage exchanges, numbered alike on both sides.
//
// A forward of model part k feeds the forward of part k + 1, a backward of part k feeds the backward of part k - 1, on whichever
// stages these lie (placement.h); where they share a stage nothing is sent. Chunks whose forwards run upstream exchange messages
// of their own, so that the messages of one way and kind follow each other in the order of the sender's passes and of the
// receiver's alike. The number of a message is its place in that order.
#pragma once

#include <optional>
#include <vector>

#include "training/placement.h"
#include "training/schedule.h"

namespace headway {

struct Message {
  int number = 0;
  bool upstream = false;  // of a chunk whose forwards run from the last stage to the first
};

class Messages {
 public:
  // `schedules[stage]`: the passes of every stage.
  Messages(const std::vector<std::vector<Pass>>& schedules, const Placement& placement, int microbatches);

  // The message that this pass sends, or waits for; none at the ends of the model, and for weight gradients.
  [[nodiscard]] std::optional<Message> sent(int stage, const Pass& pass) const;
  [[nodiscard]] std::optional<Message> received(int stage, const Pass& pass) const;

 private:
  [[nodiscard]] bool sends(int stage, const Pass& pass) const;
  [[nodiscard]] std::size_t slot(int stage, const Pass& pass) const;

  Placement placement_;
  int microbatches_;
  std::vector<int> numbers_;  // [stage][kind][chunk][microbatch]
};

}  // namespace headway
