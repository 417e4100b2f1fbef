// What a machine would need to be as fast as another: of each resource alone, how many times as much.
#pragma once

#include <string>
#include <vector>

#include "study/resources.h"

namespace headway {

struct Need {
  std::string key, title;
  bool is_delay = false;
  double factor = 1;  // so many times as fast; found within 1 %
};

// Of at most three resources, those that would bring most if they were free; least factor first. What does not suffice alone, however
// fast, is left out.
[[nodiscard]] std::vector<Need> needs_to_reach(const Machine& machine, double tokens_per_s, bool fold = true);

}  // namespace headway
