// The answer to a bare collective as text: time and bandwidths as nccl-tests gives them, and what bounds them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "report/answer.h"
#include "report/text.h"
#include "study/collective_comparison.h"

namespace headway {

[[nodiscard]] std::string run_text(const CollectiveAnswer& answer, const TextStyle& style = {});

// Several side by side, fastest first, with why each is behind.
[[nodiscard]] std::string compare_text(std::span<const CollectiveAnswer* const> answers, const TextStyle& style = {});

// What these pages are made of, for reports of another form.
[[nodiscard]] std::string verdict_text(const CollectiveResult& result);
[[nodiscard]] std::vector<Fact> facts_of(const CollectiveAnswer& answer);
[[nodiscard]] std::string verdict_text(std::span<const CollectiveAnswer* const> answers);
[[nodiscard]] Table comparison_table(std::span<const CollectiveAnswer* const> answers);  // fastest first
[[nodiscard]] std::vector<Fact> limits_of(const CollectiveAnswer& answer, const CollectiveStanding& standing);
[[nodiscard]] std::vector<CollectiveStanding> standings_of(std::span<const CollectiveAnswer* const> answers);

// "all_reduce of 1.00 GiB over 4,096 devices"
[[nodiscard]] std::string collective_text(const BareCollective& what);

}  // namespace headway
