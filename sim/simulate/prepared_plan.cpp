#include "simulate/prepared_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "simulate/breakdown.h"
#include "simulate/memory_advice.h"
#include "simulate/message_labels.h"
#include "simulate/pricing.h"

namespace headway {
namespace {

void describe(Result& result, const Cluster& cluster, const TrainingPlan& plan) {
  result.cluster_title = cluster.title;
  result.device_title = cluster.groups.front().device.title;
  result.model_title = plan.model.title;
  result.recipe_name = plan.recipe.name;
  result.software_name = plan.software.name;
  result.layout = plan.layout;
  result.devices = cluster.devices();
  result.packages = cluster.packages();
  result.microbatches = plan.microbatches();
}

// Tokens/s, MFU and HFU from the step time. A mixed fleet's peak is the sum of its devices' peaks.
void rate(Result& result, const Cluster& cluster, const TrainingPlan& plan, Flops recomputed) {
  FlopRate peak;
  for (const DeviceGroup& group : cluster.groups)
    peak += group.devices * require(require_format(plan.recipe.compute, group.device).peak, group.device, "peak");
  const Flops model = model_flops(plan.model, plan.tokens_per_step(), plan.sequence);
  result.tokens_per_s = plan.tokens_per_step() / result.step_time.value();
  result.mfu_peak_tflops = peak.value() / result.devices * 1e-12;
  result.model_tflops_per_device = (model / result.step_time).value() / result.devices * 1e-12;
  result.mfu = model / result.step_time / peak;
  result.hfu = (model + plan.layout.data * recomputed) / result.step_time / peak;
}

void require_published(const Cluster& cluster, const Recipe& recipe) {
  Diagnostics missing;
  for (const DeviceGroup& group : cluster.groups)
    require_published(group.device, {recipe.compute, recipe.attention, recipe.head}, missing);
  missing.throw_if_any();
}

void weigh(Result& result, const Cluster& cluster, const TrainingPlan& plan) {
  result.memory_by_stage = stage_memory(plan);
  result.memory_capacity = Bytes(0);
  for (const DeviceGroup& group : cluster.groups) {
    const Bytes here = require(group.device.memory, group.device, "memory");
    if (result.memory_capacity == Bytes(0) || here < result.memory_capacity) result.memory_capacity = here;
  }
  for (const StageMemory& stage : result.memory_by_stage) result.fits = result.fits && stage.total() <= result.memory_capacity;
  if (!result.fits) result.memory_advice = memory_advice(plan, result.memory_by_stage, result.memory_capacity);
}

// Where the tensor groups of packed ranks fit into scale-up domains, their links are named.
const char* tensor_traffic(const Cluster& cluster, const TrainingPlan& plan) {
  const Layout& layout = plan.layout;
  for (const NetworkSpec& network : cluster.networks)
    if (plan.placement.order == PlacementOrder::packed && network.name == "scale_up" &&
        (network.domain == 0 || network.domain % layout.tensor == 0))
      return "tensor-parallel traffic on the scale-up links";
  return "tensor-parallel traffic";
}

std::string bottleneck_of(const Breakdown& b, Seconds step, const char* tensor) {
  struct Cause {
    Seconds time;
    const char* what;
  };
  const std::array<Cause, 8> causes = {{{b.exposed_tensor, tensor},
                                        {b.exposed_expert, "expert-parallel traffic"},
                                        {b.exposed_context, "context-parallel traffic"},
                                        {b.exposed_pipeline, "messages between pipeline stages"},
                                        {b.exposed_data, "data-parallel traffic that nothing hides"},
                                        {b.bubble, "the pipeline bubble"},
                                        {b.optimizer, "the optimizer step"},
                                        {b.other, "host time"}}};
  const Cause& worst =
      *std::max_element(causes.begin(), causes.end(), [](const Cause& x, const Cause& y) { return x.time < y.time; });
  const double compute = b.compute / step;
  if (compute >= 0.8)
    return fmt::format("compute: kernels run {:.0f} % of the step; next is {} ({:.1f} %)", 100 * compute, worst.what,
                       100 * (worst.time / step));
  return fmt::format("{}: {:.0f} % of the step, beside {:.0f} % compute", worst.what, 100 * (worst.time / step), 100 * compute);
}

// Adds `share` to each report a collective op refers to, as often as it is issued.
void count_calls(const RankProgram& program, const std::vector<std::uint32_t>& report_of, double share,
                 std::vector<double>& calls) {
  const std::vector<std::uint32_t> laid = program.ops.uses();
  for (std::size_t b = 0; b < laid.size(); ++b)
    for (const Op& op : program.ops.blocks[b].operations)
      if (op.collective) calls[report_of[op.what]] += laid[b] * share;
}

void list_collectives(Result& result, const Communicators& communicators, const std::vector<RankProgram>& programs,
                      std::uint32_t steps) {
  std::vector<double> calls(communicators.reports.size(), 0.0);
  for (std::size_t p = 0; p < programs.size(); ++p)
    count_calls(programs[p], communicators.report_of[p], 1.0 / static_cast<double>(programs.size() * steps), calls);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const CallReport& r = communicators.reports[i];
    const std::string algorithm = fmt::format("{} {}", name_of(r.choice.algorithm), name_of(r.choice.protocol));
    const auto same = std::find_if(result.collectives.begin(), result.collectives.end(), [&](const CollectiveUse& use) {
      return use.name == r.name && use.algorithm == algorithm && use.members == r.members &&
             std::abs((use.bytes - r.bytes).value()) <= 1e-3 * r.bytes.value();  // stages differ by a norm's parameters
    });
    if (same == result.collectives.end()) {
      result.collectives.push_back({r.name, algorithm, r.members, r.bytes, r.alone, calls[i]});
    } else {  // groups that lie on different links count as one; the slowest is told
      same->alone = std::max(same->alone, r.alone);
      same->calls_per_rank += calls[i];
    }
  }
}

// Exposed time by the network whose links it is spent on.
std::vector<NetworkTime> network_times(const StepAccount& account, const Communicators& communicators, const Fabric& fabric) {
  std::vector<NetworkTime> times;
  for (std::size_t i = 0; i < fabric.network_count(); ++i) times.push_back({fabric.spec(NetworkId(i)).name, {}});
  for (std::size_t p = 0; p < account.exposed.size(); ++p)
    for (std::size_t c = 0; c < account.exposed[p].size(); ++c)
      times[communicators.reports[communicators.report_of[p][c]].network.index()].exposed += account.exposed[p][c];
  return times;
}

TimelineLabels labels_of(const TrainingPlan& plan, PreparedPlan& prepared, MachineRun& run,
                         const std::vector<std::uint32_t>& stages) {
  TimelineLabels labels;
  const std::vector<ActorClass>& actors = run.quotient.actors;
  for (std::size_t k = 0; k < actors.size(); ++k)
    labels.classes.push_back({fmt::format("stage {} × {} rank{}", stages[k], actors[k].count, actors[k].count == 1 ? "" : "s"),
                              actors[k].count, stages[k]});
  for (int stage = 0; stage < plan.layout.pipeline; ++stage) labels.memory.push_back(memory_course(plan, stage));
  labels.messages = message_labels(run.quotient, stages, prepared.programs, prepared.communicators);
  labels.programs = std::move(prepared.programs);
  labels.links = std::move(run.links);
  return labels;
}

}  // namespace

PreparedPlan prepare(const Cluster& cluster, const TrainingPlan& plan, const Fabric& fabric,
                     const std::vector<DeviceIndex>& devices, std::uint32_t steps, PhaseClock& clock) {
  require_published(cluster, plan.recipe);
  PreparedPlan prepared{RankGrid(plan.layout), build_programs(plan), {}, {}};
  for (RankProgram& program : prepared.programs) {
    const std::vector<std::int32_t> once = program.pass_of;
    for (std::uint32_t n = 1; n < steps; ++n) program.pass_of.insert(program.pass_of.end(), once.begin(), once.end());
    program.ops.repeat(steps);
  }
  clock.end("programs");
  std::vector<DeviceIndex> device_of =
      place_ranks(plan.placement, prepared.grid.size(), static_cast<std::uint32_t>(cluster.devices_per_node));
  for (DeviceIndex& device : device_of) device = devices[device];
  prepared.communicators = build_communicators(prepared.grid, prepared.programs, fabric, device_of);
  prepared.machine = price_programs(cluster, plan, prepared.grid, prepared.programs, prepared.communicators, device_of);
  prepared.communicators.structure.actor_program = std::move(prepared.machine.program_of_rank);
  clock.end("structure");
  return prepared;
}

Result result_of(const Cluster& part, const TrainingPlan& plan, const Fabric& fabric, PreparedPlan& prepared, MachineRun& run,
                 std::uint32_t steps, bool keep_timeline) {
  Result result;
  describe(result, part, plan);
  weigh(result, part, plan);
  std::vector<std::uint32_t> stage_of_class;
  for (const ActorClass& actor : run.quotient.actors) stage_of_class.push_back(prepared.machine.stage_of[actor.program]);
  result.step_time = to_seconds(run.timeline.end) / static_cast<double>(steps);
  const StepAccount account =
      account_of(run.timeline, run.quotient.actors, stage_of_class, prepared.programs, static_cast<double>(steps));
  result.breakdown = account.parts;
  result.passes = account.passes;
  result.networks = network_times(account, prepared.communicators, fabric);
  rate(result, part, plan, (1.0 / steps) * prepared.machine.recomputed);
  result.bottleneck = bottleneck_of(result.breakdown, result.step_time, tensor_traffic(part, plan));
  list_collectives(result, prepared.communicators, prepared.programs, steps);
  result.ranks = prepared.grid.size();
  result.rank_classes = run.quotient.actors.size();
  count_table_use(part, prepared.programs, result.stats.gemm_table_hits, result.stats.gemm_table_misses);
  if (keep_timeline) {
    result.timeline = std::move(run.timeline);
    result.labels = labels_of(plan, prepared, run, stage_of_class);
  }
  return result;
}

}  // namespace headway
