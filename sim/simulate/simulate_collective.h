// A bare collective through the same waist as a training step: structure and programs -> fold -> engine -> timeline -> result.
//
// The devices that take part are the first of the cluster, packed. All join in one group; of send_receive, each sends to the next one
// and receives from the one before, around the ring, as nccl-tests does it. Nothing else runs, no software stands between, so the
// collective reaches what the fabric's links can.
#pragma once

#include "cluster/cluster.h"
#include "simulate/collective_result.h"
#include "simulate/simulate.h"

namespace headway {

// Requires 2 to cluster.devices() devices. Throws InputError where the catalogue lacks a value, some devices cannot reach one
// another, or what is forced cannot be done on them.
[[nodiscard]] CollectiveResult simulate(const Cluster& cluster, const BareCollective& what, const SimulateOptions& options = {});

}  // namespace headway
