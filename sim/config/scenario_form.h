// A scenario as it is written, and how it becomes a Scenario.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/file_forms.h"
#include "config/form.h"
#include "config/scenario.h"

namespace headway {

struct ParallelText {
  std::optional<int> tensor, pipeline, virtual_stages, context, expert, expert_tensor, data, shard;
  std::optional<bool> sequence;
  bool automatic = false;  // "auto": what fits and is fastest
};

struct TrainingText {
  Model model;
  Recipe precision;
  int sequence = 0, global_batch = 0;
  std::optional<int> microbatch;
  ParallelText parallel;
  std::optional<Schedule> schedule;
  std::optional<Sharding> sharding;
  std::optional<Recompute> recompute;
  std::optional<Software> software;
  std::optional<TokenRouting> routing;
  std::optional<RankPlacement> placement;
  std::vector<int> split;
};

struct CollectiveText {
  CollectiveKind collective{};
  Bytes bytes;
  std::optional<int> devices;
  std::optional<Algorithm> algorithm;
  std::optional<Protocol> protocol;
};

using WorkloadText = std::variant<TrainingText, CollectiveText>;

// Where jobs lie on the cluster's nodes: one after another, or dealt out in turn.
enum class JobPlacement { packed, interleaved };

template <>
struct EnumNames<JobPlacement> {
  static constexpr auto table =
      std::to_array<EnumName<JobPlacement>>({{JobPlacement::packed, "packed"}, {JobPlacement::interleaved, "interleaved"}});
};

struct JobText {
  std::string name;
  int devices = 0;
  std::optional<WorkloadText> workload;
};

struct ScenarioText {
  std::optional<std::string> name, question;
  std::optional<Cluster> cluster;
  std::optional<WorkloadText> workload;
  std::optional<std::vector<JobText>> jobs;
  std::optional<JobPlacement> job_placement;
  std::optional<std::vector<SaidRestriction>> restrict_by;
  std::optional<Campaign> campaign;
  std::optional<Prices> prices;
};

[[nodiscard]] const Record<ScenarioText>& scenario_record();

// The scenario that `tree` describes, once it is merged with what it inherits. Nothing, and why in the session's diagnostics,
// where it cannot be run.
[[nodiscard]] std::optional<Scenario> read_scenario(const Tree& tree, Session& session);

}  // namespace headway
