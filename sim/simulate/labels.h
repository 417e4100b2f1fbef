// Names for the numbers in a timeline: what a person reads in a trace.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/memory.h"
#include "training/rank_program.h"

namespace headway {

struct ClassLabel {
  std::string name;  // "stage 3 x 128 ranks"
  std::uint64_t ranks = 0;
  std::uint32_t program = 0;  // index into programs
};

// A message between two rank classes: the operation that sends it and the one that receives it.
struct MessageLabel {
  struct End {
    std::uint32_t rank_class = 0, operation = 0;
    Stream stream = Stream::compute;
  };
  End sent, received;
};

struct TimelineLabels {
  std::vector<ClassLabel> classes;     // by rank class
  std::vector<RankProgram> programs;   // by stage
  std::vector<MemoryCourse> memory;    // by stage; none for a bare collective
  std::vector<MessageLabel> messages;  // in the senders' order
  std::vector<std::string> links;      // by meter of the timeline: "scale_out: leaf up"
};

}  // namespace headway
