// The weeks, the power and the bill of a training run, as sections of its page.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/answer.h"
#include "report/text.h"

namespace headway {

// Money, or energy: "1,234", "12.3", "0.0123".
[[nodiscard]] std::string amount_text(double amount);

// Each "" where the scenario does not ask for it.
[[nodiscard]] std::string weeks_text(const TrainingAnswer& answer, const TextStyle& style);
[[nodiscard]] std::string bill_text(const TrainingAnswer& answer, const TextStyle& style);

// Their parts, for pages of another form.
[[nodiscard]] std::string verdict_text(const Weeks& weeks);
[[nodiscard]] std::vector<Fact> facts_of(const Weeks& weeks);
struct TimeShare {
  std::string name;
  Seconds time;     // of the mean run
  std::string key;  // in the JSON of the weeks
};
[[nodiscard]] std::vector<TimeShare> time_shares(const Weeks& weeks);  // training, then the losses, most first
[[nodiscard]] Table sources_table(const Weeks& weeks);
[[nodiscard]] std::string interruptions_text(const Weeks& weeks);
[[nodiscard]] Table improvements_table(const Weeks& weeks);
[[nodiscard]] std::vector<Fact> power_facts(const TrainingAnswer& answer);  // requires its power
[[nodiscard]] Table cost_table(const Bill& bill);
[[nodiscard]] std::vector<Fact> price_facts(const Bill& bill);

// Weeks, energy and cost side by side, in the order of `answers`; "" where none has any.
[[nodiscard]] std::string operations_text(std::span<const TrainingAnswer* const> answers, const TextStyle& style);
[[nodiscard]] std::optional<Table> operations_table(std::span<const TrainingAnswer* const> answers);
[[nodiscard]] std::vector<std::string> operations_notes(std::span<const TrainingAnswer* const> answers);

}  // namespace headway
