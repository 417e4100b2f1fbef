#include "engine/solo.h"

#include <algorithm>

#include "base/check.h"

namespace headway {
namespace {

// Runs the tasks of one block on a machine of its own.
class BlockRun {
 public:
  BlockRun(const BlockPlan& plan, const std::vector<const ActivityTemplate*>& templates, Activities& machine,
           std::vector<TaskTimes>& times, std::vector<Instant>& cuts)
      : plan_(plan), templates_(templates), machine_(machine), times_(times), cuts_(cuts), waits_for_(plan.waits_for) {}

  template <class Observe>
  void run(Observe&& observe) {
    for (std::uint32_t t = 0; t < templates_.size(); ++t)
      if (plan_.waits_for[t] == 0) ready_.push_back(t);
    start_ready();
    machine_.share(observe);
    while (!machine_.idle()) {
      machine_.queue().advance();
      while (machine_.queue().more_now()) {
        while (machine_.queue().more_now()) handle(machine_.queue().pop());
        start_ready();
      }
      machine_.share(observe);
    }
    HEADWAY_CHECK(position_.ended == templates_.size(), "the tasks of a block wait for one another");
  }

 private:
  void start_ready() {
    std::sort(ready_.begin(), ready_.end());
    for (const std::uint32_t t : ready_) {
      if (position_.at_cut() && position_.ended == t) cuts_[t] = machine_.now();
      position_.start(t);
      times_[t].ready = times_[t].start = machine_.now();
      Activities::Id id = 0;
      if (!machine_.create(*templates_[t], {0, 0, t}, id)) machine_.begin(id);
    }
    ready_.clear();
  }

  void handle(const Event& event) {
    if (!machine_.is_due(event)) return;
    if (machine_.in_latency(event.activity)) {
      machine_.begin(event.activity);
      return;
    }
    const std::uint32_t t = machine_.end(event.activity).place;
    times_[t].end = machine_.now();
    ++position_.ended;
    for (std::uint32_t e = plan_.next_offset[t]; e < plan_.next_offset[t + 1]; ++e)
      if (--waits_for_[plan_.next[e]] == 0) ready_.push_back(plan_.next[e]);
  }

  const BlockPlan& plan_;
  const std::vector<const ActivityTemplate*>& templates_;
  Activities& machine_;
  std::vector<TaskTimes>& times_;
  std::vector<Instant>& cuts_;
  std::vector<std::uint16_t> waits_for_;
  std::vector<std::uint32_t> ready_;
  Position position_;
};

}  // namespace

Solo::Solo(const BlockPlan& plan, std::vector<const ActivityTemplate*> templates, Activities& machine)
    : templates_(std::move(templates)), times_(templates_.size()), cuts_(templates_.size(), -1) {
  machine.queue().restart();
  BlockRun(plan, templates_, machine, times_, cuts_).run([&](Activities::Id id, const Progress& progress) {
    turns_.push_back({machine.subject(id).place, progress});
  });
  for (const TaskTimes& t : times_) duration_ = std::max(duration_, t.end);
  for (const ActivityTemplate* what : templates_) {
    for (const Demand::Wish& wish : what->demand.draws()) resources_.push_back(wish.resource);
    for (const Draw& hold : what->demand.holds()) resources_.push_back(hold.resource);
  }
  std::sort(resources_.begin(), resources_.end());
  resources_.erase(std::unique(resources_.begin(), resources_.end()), resources_.end());
}

std::optional<Progress> Solo::progress(std::uint32_t place, Instant when) const {
  if (when <= times_[place].start + templates_[place]->latency && templates_[place]->latency > 0) return std::nullopt;
  const auto after = std::lower_bound(turns_.begin(), turns_.end(), when,
                                      [](const Turn& turn, Instant time) { return turn.progress.updated < time; });
  for (auto turn = after; turn != turns_.begin();) {
    --turn;
    if (turn->place == place) return turn->progress;
  }
  throw InternalError("task " + std::to_string(place) + " of a block was not under way");
}

}  // namespace headway
