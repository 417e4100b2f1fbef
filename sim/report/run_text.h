// The answer to one scenario as a page of text: the verdict first, then where the time goes, the memory, the collectives.
#pragma once

#include <span>
#include <string>

#include "report/answer.h"
#include "report/text.h"

namespace headway {

[[nodiscard]] std::string run_text(const Answer& answer, const TextStyle& style = {});

// Several answers side by side, best first, with what limits each and why it is behind.
[[nodiscard]] std::string compare_text(std::span<const Answer> answers, const TextStyle& style = {});

// "tensor 8 (sequence) x pipeline 8 (4 virtual stages) x data 4"
[[nodiscard]] std::string layout_text(const Layout& layout);
// "none", "full", "attention_core + norm"
[[nodiscard]] std::string recompute_text(const Recompute& recompute);

// Total of the fullest stage.
[[nodiscard]] Bytes peak_memory(const Result& result);

}  // namespace headway
