// A question and its answer: what a scenario asked, and what the simulation found. All that the reports need to know.
#pragma once

#include <string>
#include <vector>

#include "simulate/result.h"

namespace headway {

struct Answer {
  std::string question;
  std::vector<std::string> restrictions;  // one line each, as a person would say them
  int sequence = 0, global_batch = 0, microbatch = 0;
  Schedule schedule = Schedule::one_f_one_b;
  Sharding sharding = Sharding::none;
  Recompute recompute;
  Result result;
};

}  // namespace headway
