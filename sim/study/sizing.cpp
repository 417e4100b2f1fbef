#include "study/sizing.h"

#include <algorithm>
#include <utility>

namespace headway {

namespace {

constexpr double kSecondsPerDay = 86400;
constexpr double kWorthIt = 0.5;
constexpr int kRefinements = 4;
constexpr int kStepsBeyondTheGoal = 3;  // of the curve, so that one sees where it bends

class Sizer {
 public:
  Sizer(const std::function<std::optional<Machine>(int)>& machine_of, const SizingGoal& goal, const PlanSearchOptions& options,
        const Deliver& deliver)
      : machine_of_(machine_of), goal_(goal), options_(options), deliver_(deliver) {}

  Sizing run(int unit, int most) {
    int beyond = 0, before = 0;
    for (const int devices : ladder(unit, most)) {
      if (beyond > kStepsBeyondTheGoal) break;
      if (add(devices) && meets(sizing_.curve.back())) {
        if (beyond++ == 0) refine(before, devices, unit);
      } else {
        before = devices;
      }
    }
    judge();
    return std::move(sizing_);
  }

 private:
  // unit x 1, 2, 3, 4, 6, 8, 12, 16 ...
  static std::vector<int> ladder(int unit, int most) {
    std::vector<int> rungs;
    for (long long rung = unit; rung <= most; rung *= 2) {
      rungs.push_back(static_cast<int>(rung));
      if (rung > unit && rung / 2 * 3 <= most) rungs.push_back(static_cast<int>(rung / 2 * 3));
    }
    return rungs;
  }

  [[nodiscard]] bool meets(const SizePoint& point) const { return point.plan && point.days <= goal_.days; }

  // The point of so many devices, where the cluster can have them and a layout divides them.
  bool add(int devices) {
    try {
      const std::optional<Machine> machine = machine_of_(devices);
      if (!machine) return false;
      SizePoint point{devices, std::nullopt};
      PlanSearch search = search_plans(*machine, options_);
      if (!search.best.empty()) {
        point.plan = std::move(search.best.front());
        point.days = goal_.tokens / point.plan->result.tokens_per_s / kSecondsPerDay;
        point.per_device = point.plan->result.tokens_per_s / devices;
        if (deliver_) point.delivered = deliver_(*machine, *point.plan);
        if (point.delivered) point.days = point.delivered->days;
      }
      sizing_.curve.push_back(std::move(point));
      return true;
    } catch (const InputError&) {
      return false;
    }
  }

  void refine(int too_few, int enough, int unit) {
    for (int i = 0; i < kRefinements; ++i) {
      const int middle = (too_few / unit + enough / unit) / 2 * unit;
      if (middle <= too_few || middle >= enough) return;
      if (add(middle) && meets(sizing_.curve.back()))
        enough = middle;
      else
        too_few = middle;
    }
  }

  void judge() {
    std::vector<SizePoint>& curve = sizing_.curve;
    std::stable_sort(curve.begin(), curve.end(), [](const SizePoint& a, const SizePoint& b) { return a.devices < b.devices; });
    double best = 0;
    for (const SizePoint& point : curve) best = std::max(best, point.per_device);
    const SizePoint* before = nullptr;
    for (std::size_t i = 0; i < curve.size(); ++i) {
      SizePoint& point = curve[i];
      if (!point.plan) continue;
      point.per_added = before == nullptr ? point.per_device
                                          : (point.plan->result.tokens_per_s - before->plan->result.tokens_per_s) /
                                                (point.devices - before->devices);
      before = &point;
      if (!sizing_.goal && meets(point)) sizing_.goal = i;
      if (point.per_added >= kWorthIt * best) sizing_.pays_until = i;
    }
    sizing_.by_date = ranked([](const SizePoint& point) { return std::optional(point.days); });
    sizing_.by_cost = ranked([](const SizePoint& p) { return p.delivered ? p.delivered->cost : std::nullopt; });
    sizing_.by_energy = ranked([](const SizePoint& p) {
      return p.delivered && p.delivered->energy ? std::optional(p.delivered->energy->value()) : std::nullopt;
    });
  }

  // Of the fleets with that value, those that meet the deadline where any does; least first.
  template <class Value>
  [[nodiscard]] std::vector<std::size_t> ranked(const Value& value) const {
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t i = 0; i < sizing_.curve.size(); ++i)
      if (const SizePoint& point = sizing_.curve[i]; point.plan && (!sizing_.goal || meets(point)))
        if (const std::optional<double> of_point = value(point)) order.emplace_back(*of_point, i);
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> indices;
    for (const auto& [of_point, i] : order) indices.push_back(i);
    return indices;
  }

  const std::function<std::optional<Machine>(int)>& machine_of_;
  SizingGoal goal_;
  PlanSearchOptions options_;
  const Deliver& deliver_;
  Sizing sizing_;
};

}  // namespace

Sizing size_cluster(const std::function<std::optional<Machine>(int)>& machine_of, int unit, int most, const SizingGoal& goal,
                    const PlanSearchOptions& options, const Deliver& deliver) {
  return Sizer(machine_of, goal, options, deliver).run(unit, most);
}

}  // namespace headway
