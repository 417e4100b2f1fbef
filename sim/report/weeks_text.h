// The weeks, the power and the bill of a training run, as sections of its page.
#pragma once

#include <span>
#include <string>

#include "report/answer.h"
#include "report/text.h"

namespace headway {

// Money, or energy: "1,234", "12.3", "0.0123".
[[nodiscard]] std::string amount_text(double amount);

// Each "" where the scenario does not ask for it.
[[nodiscard]] std::string weeks_text(const TrainingAnswer& answer, const TextStyle& style);
[[nodiscard]] std::string bill_text(const TrainingAnswer& answer, const TextStyle& style);

// Weeks, energy and cost side by side, in the order of `answers`; "" where none has any.
[[nodiscard]] std::string operations_table(std::span<const TrainingAnswer* const> answers, const TextStyle& style);

}  // namespace headway
