#include "hardware/gemm_cost.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "base/check.h"
#include "hardware/clock.h"

namespace headway {
namespace {

// An output tile and the share of the large tiles' rate its kernel reaches: a smaller tile reads its operands more often.
struct Tile {
  double m, n, rate;
};

constexpr auto kTiles = std::to_array<Tile>({{256, 128, 1.00},
                                             {128, 256, 1.00},
                                             {192, 128, 0.99},
                                             {128, 192, 0.99},
                                             {128, 128, 0.93},
                                             {256, 64, 0.93},
                                             {64, 256, 0.93},
                                             {128, 64, 0.75},
                                             {64, 128, 0.75},
                                             {64, 64, 0.60}});

// A tile fills its pipeline before the first product and writes its result after the last; both together take as long as so
// many more elements of the inner dimension. Products of attention scores (k = one head) feel it, layers hardly.
constexpr double kFillAndDrain = 80;

double efficiency_of(const Tile& tile, double m, double n, double batch, double multiprocessors) {
  const double tiles = std::ceil(m / tile.m) * std::ceil(n / tile.n);
  const double filled = m * n / (tiles * tile.m * tile.n);
  const double waves = tiles * batch / multiprocessors;
  const double paid = 0.5 * (waves + std::ceil(waves));  // work is shared out within the last wave, imperfectly
  return tile.rate * filled * waves / paid;
}

// What was measured of this product, brought to the clock of the regime.
std::optional<Seconds> measured_time(const Gemm& gemm, const MatrixRate& matrix, const Device& device, ClockRegime regime,
                                     TableUse& use) {
  if (!device.gemm_table) return std::nullopt;
  const std::optional<Seconds> burst = device.gemm_table->lookup(gemm);
  use = burst ? TableUse::hit : TableUse::miss;
  if (!burst) return std::nullopt;
  const Kernel kernel{"", gemm};
  const Seconds bound = std::max(matrix_flops(kernel) / require(matrix.peak, device, "peak"),
                                 least_traffic(kernel) / require(device.memory_bandwidth, device, "memory_bandwidth"));
  if (*burst < bound)
    throw InputError({device.gemm_table->file(), 0, 0},
                     "a measured product of about " + std::to_string(std::llround(gemm.m)) + " x " +
                         std::to_string(std::llround(gemm.n)) + " x " + std::to_string(std::llround(gemm.k)) + " in " +
                         std::string(name_of(gemm.format)) + " beats what " + device.name + " can do at its peak");
  return *burst / clock_share(device, regime);
}

double scaling_share(const Gemm& gemm, const MatrixRate& matrix, const Device& device) {
  return gemm.scale == ScaleBlock::block ? require_share(matrix.block_scaled_share, device, "block_scaled_share") : 1.0;
}

}  // namespace

double tile_efficiency(double m, double n, double k, double batch, int multiprocessors) {
  double best = 0;
  for (const Tile& tile : kTiles) best = std::max(best, efficiency_of(tile, m, n, batch, multiprocessors));
  return best * k / (k + kFillAndDrain);
}

Seconds gemm_time(const Gemm& gemm, const Device& device, ClockRegime regime, TableUse& use) {
  HEADWAY_CHECK(gemm.m > 0 && gemm.n > 0 && gemm.k > 0 && gemm.batch > 0, "a GEMM has positive dimensions");
  const Kernel kernel{"", gemm};
  const MatrixRate& matrix = require_format(gemm.format, device);
  if (const std::optional<Seconds> measured = measured_time(gemm, matrix, device, regime, use)) return *measured;
  const int multiprocessors = require(device.multiprocessors, device, "multiprocessors");
  const double share = require_share(matrix.gemm_fraction, device, "gemm_fraction") * clock_share(device, regime) *
                       scaling_share(gemm, matrix, device) * tile_efficiency(gemm.m, gemm.n, gemm.k, gemm.batch, multiprocessors);
  const Seconds compute = matrix_flops(kernel) / (require(matrix.peak, device, "peak") * share);
  const Seconds memory = least_traffic(kernel) / (require(device.memory_bandwidth, device, "memory_bandwidth") *
                                                  require_share(device.gemm_memory_fraction, device, "gemm_memory_fraction"));

  const double knee = require(matrix.gemm_knee, device, "gemm_knee");
  const Seconds longer = std::max(compute, memory);
  const double rounding = std::pow(std::pow(compute / longer, knee) + std::pow(memory / longer, knee), 1.0 / knee);
  const double slowdown = gemm.pass == GemmPass::weight_gradient
                              ? std::max(1.0, require(device.weight_gradient_slowdown, device, "weight_gradient_slowdown"))
                              : 1.0;
  return require(matrix.gemm_floor, device, "gemm_floor") + longer * (rounding * slowdown);
}

}  // namespace headway
