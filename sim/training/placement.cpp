#include "training/placement.h"

namespace headway {

Placement::Placement(Schedule schedule, int pipeline, int virtual_stages)
    : shape_(shape_of(schedule, virtual_stages)),
      stages_(pipeline),
      chunks_(shape_ == Shape::bidirectional ? 2 : virtual_stages) {}

Placement::Shape Placement::shape_of(Schedule schedule, int virtual_stages) {
  if (schedule == Schedule::dualpipe) return Shape::bidirectional;
  const bool folds = schedule == Schedule::dualpipe_v || schedule == Schedule::zero_bubble;
  return folds && virtual_stages == 2 ? Shape::v : Shape::loop;
}

int Placement::part(PartPlace place) const {
  if (!upstream(place.chunk)) return place.chunk * stages_ + place.stage;
  return parts() - 1 - place.stage;
}

std::optional<PartPlace> Placement::neighbour(PartPlace place, int step) const {
  const int part = this->part(place) + step;
  if (part < 0 || part >= parts()) return std::nullopt;
  if (shape_ == Shape::loop) return PartPlace{part % stages_, part / stages_};
  const int chunk = shape_ == Shape::v ? part / stages_ : place.chunk;
  return PartPlace{chunk == 0 ? part : parts() - 1 - part, chunk};
}

}  // namespace headway
