#include "training/messages.h"

namespace headway {

Messages::Messages(const std::vector<std::vector<Pass>>& schedules, int virtual_stages, int microbatches)
    : stages_(static_cast<int>(schedules.size())), chunks_(virtual_stages), microbatches_(microbatches) {
  numbers_.resize(schedules.size() * 2 * static_cast<std::size_t>(chunks_) * static_cast<std::size_t>(microbatches_));
  for (int stage = 0; stage < stages_; ++stage) {
    int forwards = 0, backwards = 0;
    for (const Pass& pass : schedules[static_cast<std::size_t>(stage)])
      if (sends(stage, pass)) numbers_[slot(stage, pass)] = pass.kind == PassKind::forward ? forwards++ : backwards++;
  }
}

std::optional<int> Messages::sent(int stage, const Pass& pass) const {
  if (!sends(stage, pass)) return std::nullopt;
  return numbers_[slot(stage, pass)];
}

std::optional<int> Messages::received(int stage, const Pass& pass) const {
  const int step = pass.kind == PassKind::forward ? -1 : 1;
  const bool around = pass.kind == PassKind::forward ? stage == 0 : stage == stages_ - 1;
  Pass sender = pass;
  if (around) sender.chunk += step;
  if (sender.chunk < 0 || sender.chunk >= chunks_) return std::nullopt;
  return sent((stage + step + stages_) % stages_, sender);
}

bool Messages::sends(int stage, const Pass& pass) const {
  const bool last_part = stage == stages_ - 1 && pass.chunk == chunks_ - 1;
  const bool first_part = stage == 0 && pass.chunk == 0;
  return pass.kind == PassKind::forward ? !last_part : !first_part;
}

std::size_t Messages::slot(int stage, const Pass& pass) const {
  const int kind = pass.kind == PassKind::forward ? 0 : 1;
  return static_cast<std::size_t>(((stage * 2 + kind) * chunks_ + pass.chunk) * microbatches_ + pass.microbatch);
}

}  // namespace headway
