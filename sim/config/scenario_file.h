// A scenario file: one scenario, or several under `compare:` that inherit from `base:`; `--set` laid over it.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "config/library.h"
#include "config/node.h"
#include "config/scenario.h"

namespace headway {

// The scenarios of a file as trees, each laid over what it inherits, and the overrides over them.
[[nodiscard]] std::vector<Tree> scenario_trees_of_file(const std::string& path, const std::vector<Override>& overrides,
                                                       Session& session);

[[nodiscard]] std::vector<Scenario> read_scenario_file(const std::string& path, const std::vector<Override>& overrides,
                                                       const Library& library);

// Reports every bare collective among training runs: there is nothing to compare between the two.
void like_with_like(const std::vector<Scenario>& scenarios, Diagnostics& diagnostics);

// Raises one InputError with every mistake once: several scenarios may have met the same one in what they share.
void throw_distinct(Diagnostics& diagnostics);

}  // namespace headway
