#include "study/plan_search.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "simulate/simulate.h"
#include "study/step_bound.h"

namespace headway {

namespace {

constexpr std::size_t kWave = 32;  // simulated between two looks at the best so far

struct Constraint {
  const char* name;
  bool (*holds)(const TrainingPlan&, int domain);
};

constexpr Constraint kConstraints[] = {
    {"no expert group beyond a scale-up domain",
     [](const TrainingPlan& p, int domain) { return p.layout.expert * p.layout.expert_tensor <= domain; }},
    {"no tensor group beyond a scale-up domain", [](const TrainingPlan& p, int domain) { return p.layout.tensor <= domain; }},
    {"no recomputation", [](const TrainingPlan& p, int) { return p.recompute.modules.empty(); }},
    {"backward passes in one piece (gpipe, 1f1b, interleaved)",
     [](const TrainingPlan& p, int) { return p.schedule <= Schedule::interleaved; }},
    {"no virtual stages", [](const TrainingPlan& p, int) { return p.layout.virtual_stages == 1; }},
    {"no pipeline", [](const TrainingPlan& p, int) { return p.layout.pipeline == 1; }},
    {"no context parallelism", [](const TrainingPlan& p, int) { return p.layout.context == 1; }},
    {"only the optimizer sharded (ZeRO-1)", [](const TrainingPlan& p, int) { return p.sharding <= Sharding::optimizer; }},
    {"no tensor parallelism", [](const TrainingPlan& p, int) { return p.layout.tensor == 1; }},
};

// Devices that tightly coupled groups should not leave.
int domain_of(const Cluster& cluster) {
  int domain = cluster.devices_per_node;
  for (const NetworkSpec& network : cluster.networks)
    if (network.name == "scale_up") domain = std::max(domain, network.domain == 0 ? cluster.devices() : network.domain);
  return domain;
}

Bytes capacity_of(const Cluster& cluster) {
  Bytes least(std::numeric_limits<double>::infinity());
  for (const DeviceGroup& group : cluster.groups) least = std::min(least, require(group.device.memory, group.device, "memory"));
  return least;
}

// What is known of a choice before any simulation.
struct Prospect {
  enum class State : std::uint8_t { contradicts, too_large, open } state = State::contradicts;
  Bytes memory;  // of the fullest stage looked at
  Seconds bound;
};

// The best so far, by time and then by number.
using Standing = std::pair<Seconds, std::size_t>;

class Search {
 public:
  Search(const Machine& machine, const PlanSearchOptions& options)
      : machine_(machine),
        options_(options),
        space_(plan_space(machine.plan, machine.cluster.devices(), options.open, options.split_backward)),
        fabric_(build_fabric(machine.cluster)),
        capacity_(capacity_of(machine.cluster)),
        domain_(domain_of(machine.cluster)) {}

  PlanSearch run() {
    look_ahead();
    order_by_bound();
    if (options_.constraints) note_constraints();
    simulate_the_promising();
    return finish();
  }

 private:
  [[nodiscard]] TrainingPlan plan_of(std::size_t choice) const {
    TrainingPlan plan = machine_.plan;
    space_.make(choice, plan);
    return plan;
  }

  // Whether it can be, fits, and how fast it is at best: for every choice, in parallel.
  void look_ahead() {
    struct Scratch {
      TrainingPlan plan;
      StepBound bound;
    };
    prospects_.resize(space_.choices.size());
    tbb::enumerable_thread_specific<Scratch> scratch([&] {
      return Scratch{machine_.plan, StepBound(machine_.cluster, fabric_)};
    });
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, prospects_.size(), 64), [&](const auto& range) {
      Scratch& mine = scratch.local();
      for (std::size_t i = range.begin(); i < range.end(); ++i) {
        space_.make(i, mine.plan);
        prospects_[i] = prospect_of(mine.plan, mine.bound);
      }
    });
    for (std::size_t i = 0; i < prospects_.size(); ++i) {
      const Prospect& p = prospects_[i];
      if (p.state == Prospect::State::contradicts) continue;
      ++count_.layouts;
      if (p.state == Prospect::State::too_large) ++count_.too_large;
    }
    if (count_.layouts == 0)
      throw InputError(machine_.plan.model.mark, "no layout divides " + machine_.plan.model.name + ", a batch of " +
                                                     std::to_string(machine_.plan.global_batch) + " and " +
                                                     std::to_string(machine_.cluster.devices()) + " devices");
  }

  [[nodiscard]] Prospect prospect_of(const TrainingPlan& plan, StepBound& bound) const {
    Prospect p;
    if (!check_plan(plan).empty()) return p;
    // The first stage holds the most microbatches, the last the head; where layers are dealt so that these are light, the second.
    const int last = plan.layout.pipeline - 1;
    for (const int stage : {0, last, 1})
      if (stage <= last && p.memory <= capacity_) p.memory = std::max(p.memory, stage_memory(plan, stage).total());
    p.state = p.memory > capacity_ ? Prospect::State::too_large : Prospect::State::open;
    if (p.state == Prospect::State::open) p.bound = bound.of(plan);
    return p;
  }

  void order_by_bound() {
    for (std::size_t i = 0; i < prospects_.size(); ++i)
      if (prospects_[i].state == Prospect::State::open) order_.push_back(i);
    std::stable_sort(order_.begin(), order_.end(),
                     [&](std::size_t a, std::size_t b) { return prospects_[a].bound < prospects_[b].bound; });
  }

  // Those that some layout meets and another does not.
  void note_constraints() {
    for (const Constraint& constraint : kConstraints) {
      Under under{&constraint, std::vector<bool>(order_.size()), {}};
      for (std::size_t at = 0; at < order_.size(); ++at) under.holds[at] = constraint.holds(plan_of(order_[at]), domain_);
      const auto met = static_cast<std::size_t>(std::count(under.holds.begin(), under.holds.end(), true));
      if (met > 0 && met < order_.size()) under_.push_back(std::move(under));
    }
  }

  // The longest step that would still be among the wanted: the best few, and the best under each constraint the choice meets.
  [[nodiscard]] Seconds most_wanted(std::size_t at) const {
    const Seconds any(std::numeric_limits<double>::infinity());
    if (options_.exhaustive) return any;
    Seconds most = best_.size() < options_.best ? any : best_.back().first;
    for (const Under& under : under_)
      if (under.holds[at]) most = std::max(most, under.best.empty() ? any : under.best.front().first);
    return most;
  }

  [[nodiscard]] bool promising(std::size_t at) const { return prospects_[order_[at]].bound <= most_wanted(at); }

  void simulate_the_promising() {
    std::vector<std::size_t> wave;
    for (std::size_t at = 0; at < order_.size(); ++at) {
      if (promising(at)) wave.push_back(at);
      if (wave.size() < kWave && at + 1 < order_.size()) continue;
      simulate_wave(wave);
      if (options_.progress) options_.progress(at + 1, order_.size());
      wave.clear();
    }
  }

  void simulate_wave(const std::vector<std::size_t>& wave) {
    struct Outcome {
      bool fits = false;
      Bytes memory;
      std::optional<Seconds> time;  // none: more than anybody wants
    };
    std::vector<Outcome> outcomes(wave.size());
    tbb::parallel_for(std::size_t{0}, wave.size(), [&](std::size_t i) {
      const TrainingPlan plan = plan_of(order_[wave[i]]);
      const Bytes memory = fullest_stage(plan);
      if (memory > capacity_) return;
      outcomes[i] = {true, memory,
                     step_time_within(machine_.cluster, fabric_, plan, most_wanted(wave[i]), {.fold = options_.fold})};
    });
    for (std::size_t i = 0; i < wave.size(); ++i) {
      const std::size_t choice = order_[wave[i]];
      if (!outcomes[i].fits) {
        ++count_.too_large;
        continue;
      }
      ++count_.simulated;
      if (!outcomes[i].time) {
        ++count_.given_up;
        continue;
      }
      HEADWAY_CHECK(*outcomes[i].time * (1 + 1e-9) >= prospects_[choice].bound, "no step beats its bound");
      note_tried(choice, *outcomes[i].time, outcomes[i].memory);
      note(best_, {*outcomes[i].time, choice}, options_.best);
      for (Under& under : under_)
        if (under.holds[wave[i]]) note(under.best, {*outcomes[i].time, choice}, 1);
    }
  }

  // The layout whose fullest stage needs the least. What was looked at of each is the least that it can need.
  [[nodiscard]] std::size_t smallest() const {
    std::vector<std::size_t> by_memory;
    for (std::size_t i = 0; i < prospects_.size(); ++i)
      if (prospects_[i].state != Prospect::State::contradicts) by_memory.push_back(i);
    std::stable_sort(by_memory.begin(), by_memory.end(),
                     [&](std::size_t a, std::size_t b) { return prospects_[a].memory < prospects_[b].memory; });
    std::size_t least = by_memory.front();
    Bytes memory(std::numeric_limits<double>::infinity());
    for (const std::size_t i : by_memory) {
      if (prospects_[i].memory >= memory) break;
      const Bytes fullest = fullest_stage(plan_of(i));
      if (fullest >= memory) continue;
      memory = fullest;
      least = i;
    }
    return least;
  }

  static Bytes fullest_stage(const TrainingPlan& plan) {
    Bytes most;
    for (const StageMemory& stage : stage_memory(plan)) most = std::max(most, stage.total());
    return most;
  }

  void note_tried(std::size_t choice, Seconds time, Bytes memory) {
    const PlanChoice& c = space_.choices[choice];
    tried_.push_back(
        {c.layout, c.microbatch, c.schedule, c.sharding, space_.recomputes[static_cast<std::size_t>(c.recompute)], time, memory});
  }

  static void note(std::vector<Standing>& best, const Standing& standing, std::size_t most) {
    best.insert(std::upper_bound(best.begin(), best.end(), standing), standing);
    if (best.size() > most) best.pop_back();
  }

  [[nodiscard]] FoundPlan found(std::size_t choice) const {
    TrainingPlan plan = plan_of(choice);
    Result result = simulate(machine_.cluster, plan, {.fold = options_.fold, .device_use = options_.device_use});
    return {std::move(plan), std::move(result), prospects_[choice].bound};
  }

  PlanSearch finish() {
    PlanSearch search;
    count_.slower = count_.layouts - count_.too_large - count_.simulated;
    search.count = count_;
    for (const auto& [time, choice] : best_) search.best.push_back(found(choice));
    for (const Under& under : under_)
      search.under.push_back(
          {under.constraint->name, under.best.empty() ? std::nullopt : std::optional(found(under.best.front().second))});
    search.smallest = plan_of(smallest());
    search.tried = std::move(tried_);
    search.least_memory = fullest_stage(search.smallest);
    search.capacity = capacity_;
    search.written = written();
    return search;
  }

  [[nodiscard]] std::optional<WrittenPlan> written() const {
    const TrainingPlan& plan = machine_.plan;
    if (plan.layout.devices() != machine_.cluster.devices() || !check_plan(plan).empty()) return std::nullopt;
    WrittenPlan written{simulate(machine_.cluster, plan, {.fold = options_.fold}), 0, order_.size()};
    for (const std::size_t choice : order_) written.at_most_before += prospects_[choice].bound < written.result.step_time ? 1 : 0;
    return written;
  }

  struct Under {
    const Constraint* constraint;
    std::vector<bool> holds;  // by place in the order
    std::vector<Standing> best;
  };

  const Machine& machine_;
  const PlanSearchOptions& options_;
  PlanSpace space_;
  Fabric fabric_;
  Bytes capacity_;
  int domain_;
  std::vector<Prospect> prospects_;  // by choice
  std::vector<std::size_t> order_;   // choices that may fit, by bound
  std::vector<Standing> best_;
  std::vector<Under> under_;
  std::vector<TriedPlan> tried_;
  PlanSearchCount count_;
};

}  // namespace

PlanSearch search_plans(const Machine& machine, const PlanSearchOptions& options) { return Search(machine, options).run(); }

}  // namespace headway
