#include "hardware/gemm_table.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace headway {
namespace {

constexpr std::array<std::size_t, 3> kAxes = {0, 1, 2};

// Where `x` lies between two values, 0 at `low` and 1 at `high`, on a logarithmic scale.
double share_of(double x, double low, double high) { return low == high ? 0.0 : std::log(x / low) / std::log(high / low); }

}  // namespace

GemmTable::GemmTable(const std::vector<MeasuredGemm>& rows, std::string file) : file_(std::move(file)) {
  for (const MeasuredGemm& row : rows) {
    HEADWAY_CHECK(row.m > 0 && row.n > 0 && row.k > 0 && row.time > Seconds(0), "a measured product is positive");
    grids_[{row.format, row.pass}].log_time[{row.m, row.n, row.k}] = std::log(row.time.value());
  }
  for (auto& [key, grid] : grids_)
    for (const std::size_t axis : kAxes) {
      std::vector<double>& values = grid.axes[axis];
      for (const auto& [shape, time] : grid.log_time) values.push_back(shape[axis]);
      std::sort(values.begin(), values.end());
      values.erase(std::unique(values.begin(), values.end()), values.end());
    }
}

// Between the nearest two measured shapes on the line through `shape`.
std::optional<double> GemmTable::along(const Grid& grid, const Shape& shape, std::size_t axis) {
  std::optional<std::pair<double, double>> below, above;  // (value, log time)
  for (const double value : grid.axes[axis]) {
    Shape at = shape;
    at[axis] = value;
    const auto found = grid.log_time.find(at);
    if (found == grid.log_time.end()) continue;
    if (value <= shape[axis]) {
      below = {value, found->second};
    } else {
      above = {value, found->second};
      break;
    }
  }
  if (!below || !above) return std::nullopt;
  const double share = share_of(shape[axis], below->first, above->first);
  return below->second * (1 - share) + above->second * share;
}

std::optional<double> GemmTable::in_cell(const Grid& grid, const Shape& shape) {
  std::array<std::array<double, 2>, 3> ends{};
  for (const std::size_t axis : kAxes) {
    const std::vector<double>& values = grid.axes[axis];
    const auto above = std::lower_bound(values.begin(), values.end(), shape[axis]);
    if (above == values.end() || (above == values.begin() && *above != shape[axis])) return std::nullopt;
    ends[axis] = {*above == shape[axis] ? *above : *std::prev(above), *above};
  }
  double sum = 0;
  for (unsigned corner = 0; corner < 8; ++corner) {
    Shape at{};
    double weight = 1;
    for (const std::size_t axis : kAxes) {
      const bool upper = (corner >> axis & 1U) != 0;
      const double share = share_of(shape[axis], ends[axis][0], ends[axis][1]);
      at[axis] = ends[axis][upper ? 1 : 0];
      weight *= upper ? share : 1 - share;
    }
    if (weight == 0) continue;
    const auto found = grid.log_time.find(at);
    if (found == grid.log_time.end()) return std::nullopt;
    sum += weight * found->second;
  }
  return sum;
}

std::optional<Seconds> GemmTable::lookup(const Gemm& gemm) const {
  const auto grid = grids_.find({gemm.format, gemm.pass});
  if (grid == grids_.end() || gemm.batch != 1) return std::nullopt;
  const Shape shape{gemm.m, gemm.n, gemm.k};
  std::optional<double> log_time;
  if (const auto exact = grid->second.log_time.find(shape); exact != grid->second.log_time.end()) log_time = exact->second;
  for (const std::size_t axis : kAxes)
    if (!log_time) log_time = along(grid->second, shape, axis);
  if (!log_time) log_time = in_cell(grid->second, shape);
  if (!log_time) return std::nullopt;
  return Seconds(std::exp(*log_time));
}

}  // namespace headway
