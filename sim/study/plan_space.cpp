#include "study/plan_space.h"

#include "training/split.h"

#include <algorithm>

namespace headway {

namespace {

std::vector<int> divisors(int whole) {
  std::vector<int> all;
  for (int d = 1; d <= whole; ++d)
    if (whole % d == 0) all.push_back(d);
  return all;
}

bool splits_evenly(const TrainingPlan& plan, int parts) {
  if (!plan.split.empty()) return static_cast<int>(plan.split.size()) == parts;
  return comes_out_even(plan.model, parts);
}

class Enumeration {
 public:
  Enumeration(const TrainingPlan& plan, int devices, const OpenChoices& open, bool split_backward)
      : plan_(plan), devices_(devices), open_(open), split_backward_(split_backward) {
    if (open.recompute) space_.recomputes = {{}, {{RecomputeModule::attention_core}}, {{RecomputeModule::layer}}};
    const auto same = [&](const Recompute& r) { return r.modules == plan.recompute.modules; };
    if (std::none_of(space_.recomputes.begin(), space_.recomputes.end(), same)) space_.recomputes.push_back(plan.recompute);
  }

  PlanSpace all() {
    for (const int tensor : divisors(devices_))
      if (plan_.model.heads % tensor == 0)
        for (const int context : divisors(devices_ / tensor))
          if (context == 1 || plan_.sequence % (2 * context) == 0)
            for (const int pipeline : divisors(devices_ / tensor / context))
              if (pipeline <= plan_.model.layers + 2) degrees(tensor, context, pipeline);
    return std::move(space_);
  }

 private:
  void degrees(int tensor, int context, int pipeline) {
    Layout layout = plan_.layout;
    layout.tensor = tensor;
    layout.context = context;
    layout.pipeline = pipeline;
    layout.data = devices_ / (tensor * context * pipeline);
    if (plan_.global_batch % layout.data != 0) return;
    layout.sequence = plan_.layout.sequence || (plan_.model.experts && tensor > 1);
    layout.expert = layout.expert_tensor = 1;
    if (!plan_.model.experts) return batches(layout);
    for (const int expert : divisors(plan_.model.experts->count))
      for (const int shared : tensor > 1 ? std::vector{1, tensor} : std::vector{1}) {
        layout.expert = expert;
        layout.expert_tensor = shared;
        if (layout.stage_ranks() % (static_cast<long long>(expert) * shared) == 0) batches(layout);
      }
  }

  void batches(const Layout& layout) {
    const int share = plan_.global_batch / layout.data;
    if (!open_.microbatch) return schedules(layout, plan_.microbatch);
    for (int microbatch = 1; microbatch <= std::min(share, kLargestMicrobatch); ++microbatch)
      if (share % microbatch == 0) schedules(layout, microbatch);
  }

  void schedules(Layout layout, int microbatch) {
    if (plan_.global_batch % (layout.data * microbatch) != 0) return;
    const auto each = [&](Schedule schedule, int virtual_stages) {
      layout.virtual_stages = virtual_stages;
      const bool usual = schedule <= Schedule::interleaved || split_backward_;
      if ((open_.schedule && usual) || schedule == plan_.schedule) rest(layout, microbatch, schedule);
    };
    each(Schedule::one_f_one_b, 1);
    if (layout.pipeline == 1) return;
    each(Schedule::gpipe, 1);
    each(Schedule::zero_bubble, 1);
    each(Schedule::dualpipe, 1);
    for (int v = 2; layout.pipeline * v <= plan_.model.layers + 2; ++v) {
      if (!splits_evenly(plan_, layout.pipeline * v)) continue;
      each(Schedule::interleaved, v);
      if (v > 2) continue;
      each(Schedule::zero_bubble, 2);
      each(Schedule::dualpipe_v, 2);
    }
  }

  void rest(const Layout& layout, int microbatch, Schedule schedule) {
    for (const auto& [sharding, name] : EnumNames<Sharding>::table) {
      if (!open_.sharding && sharding != plan_.sharding) continue;
      if (sharding != Sharding::none && open_.sharding && layout.data * layout.context == 1) continue;  // nobody to share with
      for (std::size_t r = 0; r < space_.recomputes.size(); ++r)
        space_.choices.push_back({layout, microbatch, schedule, sharding, static_cast<int>(r)});
    }
  }

  const TrainingPlan& plan_;
  int devices_;
  OpenChoices open_;
  bool split_backward_;
  PlanSpace space_;
};

}  // namespace

void PlanSpace::make(std::size_t choice, TrainingPlan& plan) const {
  const PlanChoice& chosen = choices[choice];
  plan.layout = chosen.layout;
  plan.microbatch = chosen.microbatch;
  plan.schedule = chosen.schedule;
  plan.sharding = chosen.sharding;
  plan.recompute = recomputes[static_cast<std::size_t>(chosen.recompute)];
}

PlanSpace plan_space(const TrainingPlan& plan, int devices, const OpenChoices& open, bool split_backward) {
  return Enumeration(plan, devices, open, split_backward).all();
}

}  // namespace headway
