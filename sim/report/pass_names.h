// The passes of a stage as people draw them: "F 3" or, with virtual stages, "F 3.1" (microbatch.chunk); "F 4.0 & BW 1.1" of two that run
// interleaved, under the number of the first.
#pragma once

#include <string>
#include <vector>

#include "training/schedule.h"

namespace headway {

// Each with a space behind it, ready to stand before what an operation does.
[[nodiscard]] std::vector<std::string> pass_names(const std::vector<Pass>& passes);

}  // namespace headway
