// The script of a pass: kernels and collectives inside a layer, in the order one rank meets them.
//
// A collective may run in part beside the step next to it, as software that splits a GEMM into pieces does:
//
//   beside the following step:  [blocking share]  then  GEMM || hidden share, joined after the GEMM   (a gather feeds the GEMM)
//   beside the preceding step:  GEMM || hidden share, joined after the GEMM  then  [blocking share]   (a reduction drains it)
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "training/rank_program.h"

namespace headway {

enum class Beside { preceding, following };

// A collective of the tensor, context, expert or expert-tensor group inside a pass.
struct LayerCall {
  CollectiveKind kind = CollectiveKind::all_reduce;
  Bytes bytes;
  Beside beside = Beside::following;
  double hidden = 0;  // share that runs beside its neighbour, 0..1
  Dimension dimension = Dimension::tensor;
  std::optional<TokenSpread> routing = {};  // tokens that cross once to each node
};

enum class BucketBorder { none, parameters_needed, gradients_complete };

// One of: kernels, a collective, the border of a bucket, or the device at a stand while the host reads what comes next.
struct Step {
  Activity activity = Activity::forward;
  KernelList kernels;
  std::optional<LayerCall> call;
  int bucket = -1;  // whose parameters are needed from here, or whose gradients are complete
  BucketBorder border = BucketBorder::none;
  bool of_weights = false;  // kernels that make gradients of weights alone, whatever their form
  Seconds host = {};        // a stand of so long
};

using Script = std::vector<Step>;

}  // namespace headway
