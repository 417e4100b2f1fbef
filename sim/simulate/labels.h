// Names for the numbers in a timeline: what a person reads in a trace.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/rank_program.h"

namespace headway {

struct ClassLabel {
  std::string name;  // "stage 3 x 128 ranks"
  std::uint64_t ranks = 0;
  std::uint32_t program = 0;  // index into programs
};

struct TimelineLabels {
  std::vector<ClassLabel> classes;    // by rank class
  std::vector<RankProgram> programs;  // by stage
};

}  // namespace headway
