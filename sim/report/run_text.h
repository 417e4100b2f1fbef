// The answer to one scenario as a page of text: the verdict first, then where the time goes, the memory, the collectives.
#pragma once

#include <span>
#include <string>

#include "report/answer.h"
#include "report/text.h"
#include "study/comparison.h"

namespace headway {

[[nodiscard]] std::string run_text(const TrainingAnswer& answer, const TextStyle& style = {});
[[nodiscard]] std::string run_text(const Answer& answer, const TextStyle& style = {});  // of either kind

// Several answers side by side, best first, with what limits each and why it is behind; training and collectives apart.
[[nodiscard]] std::string compare_text(std::span<const TrainingAnswer* const> answers, const TextStyle& style = {});
[[nodiscard]] std::string compare_text(std::span<const Answer> answers, const TextStyle& style = {});

// What these pages are made of, for reports of another form.
[[nodiscard]] std::string verdict_text(const Result& result);
[[nodiscard]] std::vector<Fact> facts_of(const TrainingAnswer& answer);
[[nodiscard]] Table memory_table(const Result& result);  // GiB; stages that are alike in one row
[[nodiscard]] Table collectives_table(const Result& result);
[[nodiscard]] std::string verdict_text(std::span<const TrainingAnswer* const> answers);
[[nodiscard]] Table comparison_table(std::span<const TrainingAnswer* const> answers);  // best first
[[nodiscard]] Table shares_table(std::span<const TrainingAnswer* const> answers);      // every part of the step, best first
[[nodiscard]] std::vector<Fact> limits_of(const TrainingAnswer& answer, const Standing& standing);
[[nodiscard]] std::vector<Standing> standings_of(std::span<const TrainingAnswer* const> answers);

// "tensor 8 (sequence) x pipeline 8 (4 virtual stages) x data 4"
[[nodiscard]] std::string layout_text(const Layout& layout);
// "none", "full", "attention_core + norm"
[[nodiscard]] std::string recompute_text(const Recompute& recompute);

// Sections that end an answer of either kind: what nobody said, and what the program itself used.
[[nodiscard]] std::string assumptions_text(const std::vector<std::string>& assumed, const TextStyle& style);
// What limits one of several that are compared, the limit itself first.
[[nodiscard]] std::string limits_text(const std::string& scenario, const std::vector<Fact>& limits);
[[nodiscard]] std::string statistics_text(const Stats& stats, std::uint64_t ranks, std::uint64_t classes, const TextStyle& style);

// Total of the fullest stage.
[[nodiscard]] Bytes peak_memory(const Result& result);

}  // namespace headway
