// What the simulation of a bare collective answers; the values behind its `run --json`.
#pragma once

#include <cstdint>
#include <string>

#include "base/quantity.h"
#include "collective/collective.h"
#include "engine/timeline.h"
#include "simulate/labels.h"
#include "simulate/result.h"
#include "work/bare_collective.h"

namespace headway {

struct CollectiveResult {
  std::string scenario;  // name or file
  std::string cluster_title, device_title;
  BareCollective what;
  int cluster_devices = 0;

  Seconds time;
  Seconds latency;  // of it, before the first byte counts: set-up, hops, filling the channels
  Seconds bound;    // bytes over the tightest link of the algorithm's own loads, at the rate that link can reach
  CollectiveChoice choice;
  std::string most_loaded_link;  // the one behind the bound: "scale_out: device out" where all such are alike, else by number

  [[nodiscard]] Bandwidth algbw() const { return what.bytes / time; }
  [[nodiscard]] Bandwidth busbw() const { return bus_factor(what.kind, what.devices) * algbw(); }
  [[nodiscard]] double bound_share() const { return bound / time; }

  std::vector<NetworkUse> network_use;  // where SimulateOptions asks for it
  std::uint64_t ranks = 0, rank_classes = 0;
  Timeline timeline;  // per rank class
  TimelineLabels labels;
  Stats stats;
};

}  // namespace headway
