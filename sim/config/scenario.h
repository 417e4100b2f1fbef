// A scenario as read from YAML: one cluster, and one plan, a bare collective, or several plans at once.
//
// Reading is strict both ways: an unknown key, a missing key, a bare number where a unit is due are errors with file, line and
// column, and every mistake in the file is reported at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "operations/campaign.h"
#include "operations/prices.h"
#include "training/open_choices.h"
#include "training/plan.h"
#include "work/bare_collective.h"

namespace headway {

// One of several training runs that share a cluster.
struct ScenarioJob {
  std::string name;
  TrainingPlan plan;
  std::vector<std::uint32_t> devices;  // of the cluster
  std::vector<std::string> assumed;
};

struct Scenario {
  std::string name;  // of the entry under `compare:`, else the file's stem
  std::string question;
  std::string file;
  Cluster cluster;  // restrictions applied
  TrainingPlan plan;
  OpenChoices open;                          // `parallel: auto`: what the file leaves to a search
  std::optional<BareCollective> collective;  // in place of the plan
  std::vector<ScenarioJob> jobs;             // in place of the plan, two or more
  std::optional<Campaign> campaign;          // the weeks the plan is run for
  std::optional<Prices> prices;
  std::vector<std::string> restrictions;  // one line each, as a person would say them
  std::vector<std::string> assumed;       // defaults taken because the file is silent
};

// `path=value` from the command line; laid over the YAML text before it is read. List items by index: restrict.0.bandwidth=100 GB/s.
struct Override {
  std::string path;
  std::string value;
};

}  // namespace headway
