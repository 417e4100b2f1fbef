#include "training/messages.h"

#include <array>

namespace headway {
namespace {

std::optional<PartPlace> receiver(const Placement& placement, PartPlace place, PassKind kind) {
  if (kind == PassKind::weight_gradient) return std::nullopt;
  return kind == PassKind::forward ? placement.next(place) : placement.previous(place);
}

std::optional<PartPlace> sender(const Placement& placement, PartPlace place, PassKind kind) {
  if (kind == PassKind::weight_gradient) return std::nullopt;
  return kind == PassKind::forward ? placement.previous(place) : placement.next(place);
}

}  // namespace

Messages::Messages(const std::vector<std::vector<Pass>>& schedules, const Placement& placement, int microbatches)
    : placement_(placement), microbatches_(microbatches) {
  numbers_.resize(schedules.size() * 2 * static_cast<std::size_t>(placement.chunks()) * static_cast<std::size_t>(microbatches_));
  for (int stage = 0; stage < placement.stages(); ++stage) {
    std::array<int, 4> sent_so_far{};  // by kind and way
    for (const Pass& pass : schedules[static_cast<std::size_t>(stage)]) {
      if (!sends(stage, pass)) continue;
      const int stream = 2 * (pass.kind == PassKind::forward ? 0 : 1) + (placement.upstream(pass.chunk) ? 1 : 0);
      numbers_[slot(stage, pass)] = sent_so_far[static_cast<std::size_t>(stream)]++;
    }
  }
}

std::optional<Message> Messages::sent(int stage, const Pass& pass) const {
  if (!sends(stage, pass)) return std::nullopt;
  return Message{numbers_[slot(stage, pass)], placement_.upstream(pass.chunk)};
}

std::optional<Message> Messages::received(int stage, const Pass& pass) const {
  const std::optional<PartPlace> from = sender(placement_, {stage, pass.chunk}, pass.kind);
  if (!from) return std::nullopt;
  Pass sending = pass;
  sending.chunk = from->chunk;
  return sent(from->stage, sending);
}

bool Messages::sends(int stage, const Pass& pass) const {
  const std::optional<PartPlace> to = receiver(placement_, {stage, pass.chunk}, pass.kind);
  return to && to->stage != stage;
}

std::size_t Messages::slot(int stage, const Pass& pass) const {
  const int kind = pass.kind == PassKind::forward ? 0 : 1;
  return static_cast<std::size_t>(((stage * 2 + kind) * placement_.chunks() + pass.chunk) * microbatches_ + pass.microbatch);
}

}  // namespace headway
