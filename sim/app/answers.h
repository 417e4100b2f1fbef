// From scenario files to answers: read them all, then simulate them all.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "app/options.h"
#include "config/catalogue.h"
#include "report/answer.h"
#include "simulate/simulate.h"

namespace headway {

// Every scenario of every file, in order; the mistakes of all files at once.
[[nodiscard]] std::vector<Scenario> read_scenarios(const std::vector<std::string>& files, const std::vector<Override>& overrides,
                                                   const Catalogue& catalogue);

// Searches the layout that `parallel: auto` leaves open, and says which it took; where nothing fits, the one that needs least memory.
void choose_layout(Scenario& scenario, bool fold, bool quiet);

// What each would need to match the best, where all are training runs.
void add_needs(std::vector<Answer>& answers, const std::vector<Scenario>& scenarios, bool fold, bool quiet);

// Throws InputError for a bare collective, of which there is nothing to plan or explain, and for several jobs.
void require_training(const Scenario& scenario, const std::string& command);

// In parallel over scenarios, one after the other where each one's own time is to be told. Order and values depend on neither.
[[nodiscard]] std::vector<Answer> simulate_all(const std::vector<Scenario>& scenarios, const SimulateOptions& how, bool stats,
                                               const std::function<void(std::size_t)>& progress);

// One, or one for each job. Throws InputError where the catalogue lacks a value the scenario needs.
[[nodiscard]] std::vector<Answer> answers_to(const Scenario& scenario, const SimulateOptions& how);

// How sure each step time is, by the error bands of the catalogue, where it has them.
void add_uncertainty(std::vector<Answer>& answers, const Catalogue& catalogue);

// 0, or 3 where a plan does not fit in memory.
[[nodiscard]] int exit_code_of(const std::vector<Answer>& answers);

}  // namespace headway
