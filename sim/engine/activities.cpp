#include "engine/activities.h"

#include "base/diagnostic.h"

namespace headway {

Instant Activities::in(Picoseconds duration) const {
  const Instant then = now() + duration;
  if (then >= kEndOfTime) throw InputError({}, "the step takes longer than the 53 days that are simulated at most");
  return then;
}

void Activities::revive_waiting(const ActivityTemplate& what, const Subject& subject, Instant due) {
  await(add(what, subject, Phase::latency), due);
}

void Activities::revive(const ActivityTemplate& what, const Subject& subject, const Progress& progress) {
  const Id id = add(what, subject, Phase::running);
  Live& a = live_[id];
  a.remaining = progress.remaining;
  a.level = progress.level;
  a.updated = progress.updated;
  await(id, progress.due);
  if (what.work > 0) sharing_.enter(id, what.demand, progress.level);
}

}  // namespace headway
