#include "study/explanation.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "simulate/simulate.h"

namespace headway {

namespace {

double tokens_per_s(const Machine& machine, bool fold) {
  return simulate(machine.cluster, machine.plan, {.fold = fold}).tokens_per_s;
}

std::string percent(double ratio) { return fmt::format("{:+.1f} %", 100 * (ratio - 1)); }

// What a person calls the kind of limit.
std::string limit_of(const ResourceWorth& first) {
  if (first.key == "compute") return "Compute-bound";
  if (first.key == "memory_bandwidth") return "Bound by memory bandwidth";
  if (first.key == "host") return "Bound by the host";
  if (first.key == "kernel_start") return "Bound by the start-up of small kernels";
  return "Bound by the " + first.title;
}

double worth_of_networks(const std::vector<ResourceWorth>& resources) {
  double gain = 0;
  for (const ResourceWorth& r : resources)
    if (r.key.find('.') != std::string::npos) gain += r.with_more - 1;
  return gain;
}

std::string verdict_of(const Result& result, const std::vector<ResourceWorth>& resources) {
  const ResourceWorth& first = resources.front();
  std::string text = fmt::format("{}: 10 % {} {} gives {}", limit_of(first), first.is_delay ? "less" : "more", first.title,
                                 percent(first.with_more));
  if (resources.size() > 1 && resources[1].with_more > 1.0005)
    text += fmt::format(", of {} {}", resources[1].title, percent(resources[1].with_more));
  const auto network = std::max_element(resources.begin(), resources.end(), [](const ResourceWorth& a, const ResourceWorth& b) {
    const bool of_a = a.key.find('.') != std::string::npos, of_b = b.key.find('.') != std::string::npos;
    return of_a != of_b ? of_b : a.when_free < b.when_free;
  });
  if (network->key.find('.') != std::string::npos) {
    if (worth_of_networks(resources) < 0.002)
      text += "; the networks hardly matter";
    else if (&*network != &first)
      text += fmt::format("; without any limit the {} would be worth {:.2f}x", network->title, network->when_free);
    else
      text += fmt::format("; without any limit there it would be {:.2f}x as fast", network->when_free);
  }
  const double bubble = result.breakdown.bubble / result.step_time;
  if (bubble > 0.1)
    text += fmt::format("; devices wait for one another {:.0f} % of the step, which no faster part cures", 100 * bubble);
  return text;
}

}  // namespace

double ResourceWorth::elasticity_up() const { return std::log(with_more) / std::log(1 + kNudge); }
double ResourceWorth::elasticity_down() const { return std::log(with_less) / std::log(1 - kNudge); }

Explanation explain(const Machine& as_given, bool fold, const std::function<void(std::size_t done, std::size_t of)>& progress) {
  const Machine machine = without_measured_tables(as_given);
  const std::vector<Resource> resources = resources_of(machine);
  Explanation explanation;
  for (const Resource& resource : resources) explanation.resources.push_back({resource.key, resource.title, resource.is_delay});

  // One simulation as things are, and three for every resource.
  constexpr std::array<double, 3> kSpeeds = {1 + kNudge, 1 - kNudge, kFree};
  std::vector<double> speeds(kSpeeds.size() * resources.size());
  std::mutex counting;
  std::size_t done = 0;
  tbb::parallel_for(std::size_t{0}, speeds.size() + 1, [&](std::size_t i) {
    if (i == speeds.size()) {
      explanation.result = simulate(machine.cluster, machine.plan, {.fold = fold, .critical_path = true});
    } else {
      Machine changed = machine;
      resources[i / kSpeeds.size()].faster(changed, kSpeeds[i % kSpeeds.size()]);
      speeds[i] = tokens_per_s(changed, fold);
    }
    const std::scoped_lock lock(counting);
    if (progress) progress(++done, speeds.size() + 1);
  });
  const double today = explanation.result.tokens_per_s;
  for (std::size_t r = 0; r < resources.size(); ++r) {
    ResourceWorth& worth = explanation.resources[r];
    worth.with_more = speeds[3 * r] / today;
    worth.with_less = speeds[3 * r + 1] / today;
    worth.when_free = speeds[3 * r + 2] / today;
  }
  std::stable_sort(explanation.resources.begin(), explanation.resources.end(),
                   [](const ResourceWorth& a, const ResourceWorth& b) { return a.with_more > b.with_more; });
  explanation.verdict = verdict_of(explanation.result, explanation.resources);
  if (as_given.cluster.groups.front().device.gemm_table)
    explanation.result.assumed.emplace_back("matrix products by formula, not by the device's measured table");
  return explanation;
}

}  // namespace headway
