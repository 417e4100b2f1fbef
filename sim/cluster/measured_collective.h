// Collectives somebody timed on an idle machine: what was run, on which devices, and how long it took.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "work/bare_collective.h"

namespace headway {

struct MeasuredCollective {
  std::string id;      // "collectives-17": line 17 of the table
  std::string what;    // "all_reduce 8388608 B, 8 devices" for the reader
  std::string device;  // as the table names it
  std::string kind;    // the same
  Seconds measured;

  // How to predict it, or why that cannot be done.
  std::size_t cluster = 0;  // into MeasuredCollectives::clusters
  BareCollective collective;
  std::string why;
  std::vector<std::string> assumed;
};

struct MeasuredCollectives {
  std::vector<Cluster> clusters;
  std::vector<MeasuredCollective> rows;
};

}  // namespace headway
