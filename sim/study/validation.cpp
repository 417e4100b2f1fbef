#include "study/validation.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <map>
#include <utility>

#include "base/check.h"
#include "simulate/simulate.h"

namespace headway {

namespace {

struct Outcome {
  double predicted_s = 0;
  std::string why;  // it could not be predicted
  std::exception_ptr fault;
};

Outcome predict(const MeasuredRun& run) {
  Outcome outcome;
  if (!run.cluster || !run.plan) {
    outcome.why = run.why.empty() ? "the row lacks a cluster or a plan" : run.why;
    return outcome;
  }
  try {
    outcome.predicted_s = simulate(*run.cluster, *run.plan).step_time.value();
  } catch (const InputError& error) {
    for (const Diagnostic& mistake : error.diagnostics()) outcome.why += (outcome.why.empty() ? "" : "; ") + mistake.message;
  } catch (const std::exception& error) {
    outcome.fault = std::make_exception_ptr(InternalError(run.id + ": " + error.what()));
  }
  return outcome;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

void score(ValidationScore& result) {
  std::map<std::pair<std::string, std::string>, Cell> cells;
  std::vector<double> absolute;
  result.scored = 0;
  result.mape = result.bias = result.macro_mape = 0;
  for (const ScoredRun& run : result.runs) {
    if (!run.scored) continue;
    Cell& cell = cells[{run.source, run.device}];
    cell.source = run.source;
    cell.device = run.device;
    ++cell.rows;
    cell.mape += std::abs(run.error);
    cell.bias += run.error;
    absolute.push_back(std::abs(run.error));
    result.mape += std::abs(run.error);
    result.bias += run.error;
    ++result.scored;
  }
  result.median_ape = median(absolute);
  result.cells.clear();
  if (result.scored == 0) return;
  result.mape /= result.scored;
  result.bias /= result.scored;
  for (auto& [key, cell] : cells) {
    cell.mape /= cell.rows;
    cell.bias /= cell.rows;
    result.macro_mape += cell.mape / static_cast<double>(cells.size());
    result.cells.push_back(std::move(cell));
  }
}

ValidationScore validate_runs(const std::vector<MeasuredRun>& runs, const std::function<void(std::size_t done)>& progress) {
  std::vector<Outcome> outcomes(runs.size());
  std::atomic<std::size_t> done{0};
  tbb::parallel_for(std::size_t{0}, runs.size(), [&](std::size_t i) {
    outcomes[i] = predict(runs[i]);
    const std::size_t now = ++done;
    if (progress) progress(now);
  });

  ValidationScore result;
  result.kind = "runs";
  result.rows = static_cast<int>(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const MeasuredRun& run = runs[i];
    if (outcomes[i].fault) std::rethrow_exception(outcomes[i].fault);
    if (!outcomes[i].why.empty()) {
      result.skipped.push_back({run.id, outcomes[i].why});
      continue;
    }
    const double predicted = outcomes[i].predicted_s;
    result.runs.push_back({run.id, run.source, run.device, run.tier == "A", run.measured_s, predicted,
                           predicted / run.measured_s - 1, run.assumed});
  }
  score(result);
  return result;
}

}  // namespace headway
