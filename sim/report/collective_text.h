// The answer to a bare collective as text: time and bandwidths as nccl-tests gives them, and what bounds them.
#pragma once

#include <span>
#include <string>

#include "report/answer.h"
#include "report/text.h"

namespace headway {

[[nodiscard]] std::string run_text(const CollectiveAnswer& answer, const TextStyle& style = {});

// Several side by side, fastest first, with why each is behind.
[[nodiscard]] std::string compare_text(std::span<const CollectiveAnswer* const> answers, const TextStyle& style = {});

// "all_reduce of 1.00 GiB over 4,096 devices"
[[nodiscard]] std::string collective_text(const BareCollective& what);

}  // namespace headway
