#include "study/validation.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <map>
#include <ranges>
#include <utility>

#include "base/check.h"
#include "hardware/kernel_cost.h"
#include "simulate/simulate.h"
#include "simulate/simulate_collective.h"
#include "training/memory.h"

namespace headway {

namespace {

struct Outcome {
  double predicted = 0;
  std::string why;  // it could not be predicted
  std::exception_ptr fault;
};

// What `predict` returns, or why it could not.
template <class Predict>
Outcome outcome_of(const std::string& id, const std::string& why, Predict predict) {
  Outcome outcome;
  outcome.why = why;
  if (!why.empty()) return outcome;
  try {
    outcome.predicted = predict();
  } catch (const InputError& error) {
    for (const Diagnostic& mistake : error.diagnostics()) outcome.why += (outcome.why.empty() ? "" : "; ") + mistake.message;
  } catch (const std::exception& error) {
    outcome.fault = std::make_exception_ptr(InternalError(id + ": " + error.what()));
  }
  return outcome;
}

// `outcome(i)` predicts row i, `describe(i)` says what the row is; errors and scores follow from both.
template <class Predict, class Describe>
ValidationScore validate(std::string kind, std::size_t rows, const Progress& progress, Predict outcome, Describe describe) {
  std::vector<Outcome> outcomes(rows);
  std::atomic<std::size_t> done{0};
  tbb::parallel_for(std::size_t{0}, rows, [&](std::size_t i) {
    outcomes[i] = outcome(i);
    const std::size_t now = ++done;
    if (progress) progress(now);
  });

  ValidationScore result;
  result.kind = std::move(kind);
  result.rows = static_cast<int>(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    if (outcomes[i].fault) std::rethrow_exception(outcomes[i].fault);
    ScoredRun row = describe(i);
    if (!outcomes[i].why.empty()) {
      result.skipped.push_back({row.id, outcomes[i].why});
      continue;
    }
    row.predicted = outcomes[i].predicted;
    row.error = row.predicted / row.measured - 1;
    result.runs.push_back(std::move(row));
  }
  score(result);
  return result;
}

// What is trained, with which software, in which precision and on how many of which devices. Recomputation and the microbatch are
// part of a layout, as they are of a search for one.
std::string job_of(const MeasuredRun& run) {
  if (!run.plan || !run.cluster) return "";
  const TrainingPlan& p = *run.plan;
  std::string job = run.source + " " + run.device + " x" + std::to_string(p.layout.devices()) + " " + p.model.name;
  for (const int number : {p.model.layers, p.model.hidden, p.model.heads, p.sequence, p.global_batch})
    job += " " + std::to_string(number);
  return job + " " + p.recipe.name + " " + p.software.name;
}

// Runs and memory: the same rows, another quantity.
template <class Predict>
ValidationScore validate_plans(std::string kind, const std::vector<MeasuredRun>& runs, const Progress& progress,
                               Predict predict) {
  const auto why = [](const MeasuredRun& run) {
    const bool lacks = !run.cluster || !run.plan;
    return lacks && run.why.empty() ? "the row lacks a cluster or a plan" : run.why;
  };
  return validate(
      std::move(kind), runs.size(), progress,
      [&](std::size_t i) { return outcome_of(runs[i].id, why(runs[i]), [&] { return predict(runs[i]); }); },
      [&](std::size_t i) {
        const MeasuredRun& run = runs[i];
        return ScoredRun{run.id,          run.source,   run.device, run.plan ? run.plan->software.name : "",
                         run.tier == "A", run.measured, 0,          0,
                         run.assumed,     "",           false,      job_of(run)};
      });
}

void count(LayoutOrder& order, double loss) {
  order.mean_loss = (order.mean_loss * order.jobs + loss) / (order.jobs + 1);
  ++order.jobs;
  if (loss <= kNearTheBest) ++order.near;
  order.worst_loss = std::max(order.worst_loss, loss);
}

// Fills `order` and `orders`.
void rank_layouts(ValidationScore& score) {
  using Times = std::map<double, double>;                          // by prediction: the best measured
  std::map<std::string, std::pair<const ScoredRun*, Times>> jobs;  // with one of its runs
  for (const ScoredRun& run : score.runs) {
    if (!run.scored || run.job.empty()) continue;
    auto& [first, times] = jobs.try_emplace(run.job, &run, Times{}).first->second;
    const auto [at, fresh] = times.try_emplace(run.predicted, run.measured);
    if (!fresh) at->second = std::min(at->second, run.measured);
  }
  std::map<std::string, LayoutOrder> by_source;
  for (const auto& [job, runs] : jobs) {
    const auto& [first, times] = runs;
    if (times.size() < 2) continue;
    const double loss = times.begin()->second / std::ranges::min(times | std::views::values) - 1;
    count(score.order, loss);
    LayoutOrder& of_source = by_source[first->source];
    of_source.source = first->source;
    count(of_source, loss);
  }
  for (auto& [source, order] : by_source) score.orders.push_back(std::move(order));
}

double peak_allocated_gib(const TrainingPlan& plan) {
  Bytes peak;
  for (const StageMemory& stage : stage_memory(plan)) peak = std::max(peak, stage.allocated());
  return peak.value() / 1073741824.0;
}

double time_of(const MeasuredKernel& row, const std::vector<Device>& devices) {
  Seconds time;
  for (const Kernel& kernel : row.kernels) time += kernel_cost(kernel, devices[row.device_index], row.attention, row.regime).time;
  return std::max(time, row.host).value();
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void add(Errors& errors, const ScoredRun& run) {
  ++errors.rows;
  errors.mape += std::abs(run.error);
  errors.bias += run.error;
}

void average(Errors& errors) {
  if (errors.rows == 0) return;
  errors.mape /= errors.rows;
  errors.bias /= errors.rows;
}

}  // namespace

void score(ValidationScore& result) {
  std::map<std::pair<std::string, std::string>, Cell> cells;
  std::vector<double> absolute;
  result.scored = 0;
  result.mape = result.bias = result.macro_mape = 0;
  result.large = {};
  for (const ScoredRun& run : result.runs) {
    if (!run.scored) continue;
    Cell& cell = cells[{run.source, run.device}];
    cell.source = run.source;
    cell.device = run.device;
    ++cell.rows;
    cell.mape += std::abs(run.error);
    cell.bias += run.error;
    if (run.large) {
      add(cell.large, run);
      add(result.large, run);
    }
    absolute.push_back(std::abs(run.error));
    result.mape += std::abs(run.error);
    result.bias += run.error;
    ++result.scored;
  }
  result.median_ape = median(absolute);
  result.order = {};
  result.orders.clear();
  if (result.kind == "runs") rank_layouts(result);
  result.cells.clear();
  if (result.scored == 0) return;
  result.mape /= result.scored;
  result.bias /= result.scored;
  average(result.large);
  for (auto& [key, cell] : cells) {
    cell.mape /= cell.rows;
    cell.bias /= cell.rows;
    average(cell.large);
    result.macro_mape += cell.mape / static_cast<double>(cells.size());
    result.cells.push_back(std::move(cell));
  }
}

ValidationScore validate_runs(const std::vector<MeasuredRun>& runs, const Progress& progress) {
  return validate_plans("runs", runs, progress,
                        [](const MeasuredRun& run) { return simulate(*run.cluster, *run.plan).step_time.value(); });
}

ValidationScore validate_memory(const std::vector<MeasuredRun>& runs, const Progress& progress) {
  return validate_plans("memory", runs, progress, [](const MeasuredRun& run) { return peak_allocated_gib(*run.plan); });
}

ValidationScore validate_kernels(const std::string& kind, const MeasuredKernels& kernels, const Progress& progress) {
  const std::vector<MeasuredKernel>& rows = kernels.rows;
  return validate(
      kind, rows.size(), progress,
      [&](std::size_t i) { return outcome_of(rows[i].id, rows[i].why, [&] { return time_of(rows[i], kernels.devices); }); },
      [&](std::size_t i) {
        const MeasuredKernel& row = rows[i];
        return ScoredRun{row.id, row.group, row.device, "", true, row.measured.value(), 0, 0, row.assumed, row.what, false};
      });
}

ValidationScore validate_collectives(const MeasuredCollectives& measured, const Progress& progress) {
  const std::vector<MeasuredCollective>& rows = measured.rows;
  return validate(
      "collectives", rows.size(), progress,
      [&](std::size_t i) {
        return outcome_of(rows[i].id, rows[i].why,
                          [&] { return simulate(measured.clusters[rows[i].cluster], rows[i].collective).time.value(); });
      },
      [&](std::size_t i) {
        const MeasuredCollective& row = rows[i];
        return ScoredRun{row.id,
                         row.kind,
                         row.device,
                         "",
                         true,
                         row.measured.value(),
                         0,
                         0,
                         row.assumed,
                         row.what,
                         row.collective.bytes >= kLargeCollective};
      });
}

}  // namespace headway
