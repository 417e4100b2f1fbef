// How much of its scale-up domains a job takes.
//
// A job on several domains that does not fill them takes a power of two of each, so that its groups do not straddle them: 64 of the 72
// devices of an NVL72, 16 of its 18 trays (the segment size that NVIDIA's guides to Slurm's block topology give schedulers).
#pragma once

#include "cluster/cluster.h"

namespace headway {

// Of the `domain` devices of each, by a job on `devices`.
[[nodiscard]] int occupied_domain(int domain, int devices);

// Turns the cluster into the domains a job on all of its devices takes, and leaves to match; tori, and domains of which that would
// cut nodes, stay whole. Returns how many devices of how many it takes where that is not all of them.
struct Occupancy {
  int used = 0, domain = 0;
  [[nodiscard]] bool whole() const { return used == domain; }
};
Occupancy occupy_domains(Cluster& cluster);

// "64 of the 72 devices of each scale-up domain in use"
[[nodiscard]] std::string occupancy_text(const Occupancy& occupancy);

}  // namespace headway
