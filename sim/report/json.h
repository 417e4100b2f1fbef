// The answers for scripts: JSON with the promised keys, units in their names. Equal values give equal bytes.
//
// Each function returns a whole document that ends in a newline. Every number is finite; one that is not is a fault of ours.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "report/answer.h"
#include "study/controls.h"
#include "study/validation.h"

namespace headway {

// One answer: an object; several: a list. `stats` adds the program's own times.
[[nodiscard]] std::string run_json(std::span<const Answer> answers, bool stats);

// Always a list, best first: the keys of run_json and "rank", "share_of_best", "why_behind", of training "share_of_best_per_device".
// Requires answers of one kind.
[[nodiscard]] std::string compare_json(std::span<const Answer> answers, bool stats);

// One score: an object; several kinds of measurements: a list. Of collectives, "large" repeats rows, mape and bias for those of
// "from_bytes" on, over all rows and in each cell.
[[nodiscard]] std::string validation_json(std::span<const ValidationScore> scores);

// Always a list: what each rule makes of each device, under "classes"; what decided under "clauses".
[[nodiscard]] std::string controls_json(std::span<const ControlSheet> sheets);

struct ListEntry {
  std::string name, title;
  std::string about = {};  // the figures one looks for first, in a few words
};
[[nodiscard]] std::string list_json(const std::vector<ListEntry>& entries);

}  // namespace headway
