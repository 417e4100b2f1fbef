// Matrix products of one device as somebody measured them: where the table reaches, it overrides the formula of gemm_cost.h.
//
// A product is found by number format, pass and shape (m, n, k), one at a time (batch 1):
//   hit   its very shape was measured;
//         or it lies between two measured shapes that differ from it in one dimension alone (m first, then n, then k);
//         or all eight corners of its cell in the grid of measured m, n and k were measured.
//         Between measured shapes log(time) is linear in the logarithm of each dimension.
//   miss  anything else, above all whatever lies outside the measured range: the formula answers.
// Times are of short bursts, as kernel benchmarks give them; in another clock regime gemm_cost.h divides them by the clock.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "work/kernel.h"

namespace headway {

struct MeasuredGemm {
  NumberFormat format = NumberFormat::bf16;
  GemmPass pass = GemmPass::forward;
  double m = 0, n = 0, k = 0;
  Seconds time;
};

enum class TableUse { none, hit, miss };  // none: the device has no table, or the kernel is no matrix product

class GemmTable {
 public:
  // Of several rows of one shape the last counts. REQUIRES: dimensions and times positive.
  GemmTable(const std::vector<MeasuredGemm>& rows, std::string file);

  [[nodiscard]] std::optional<Seconds> lookup(const Gemm& gemm) const;
  [[nodiscard]] const std::string& file() const { return file_; }  // where it was read

 private:
  using Shape = std::array<double, 3>;  // m, n, k
  struct Grid {
    std::map<Shape, double> log_time;
    std::array<std::vector<double>, 3> axes;  // distinct m, n, k, ascending
  };
  std::string file_;
  std::map<std::pair<NumberFormat, GemmPass>, Grid> grids_;

  [[nodiscard]] static std::optional<double> along(const Grid& grid, const Shape& shape, std::size_t axis);
  [[nodiscard]] static std::optional<double> in_cell(const Grid& grid, const Shape& shape);
};

}  // namespace headway
