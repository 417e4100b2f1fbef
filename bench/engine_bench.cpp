// What the engine's inner loops cost, each alone: the event queue, the max-min solver, folding, and all of them in the executor.
// Questions in README.md.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <vector>

#include "engine/event_queue.h"
#include "engine/executor.h"
#include "engine/fold.h"
#include "engine/max_min.h"
#include "engine/structure.h"

namespace headway {
namespace {

// The classic "hold": take the earliest event, put one back a random while later. The queue keeps its size.
void event_queue_hold(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<Picoseconds> later(1, 1'000'000'000);
  EventQueue queue;
  for (std::int64_t i = 0; i < state.range(0); ++i) queue.push(later(random), static_cast<std::uint32_t>(i));
  for (auto _ : state) {
    queue.advance();
    const Event first = queue.pop();
    queue.push(first.time + later(random), first.activity);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(event_queue_hold)->Arg(30)->Arg(1'000)->Arg(30'000)->Arg(1'000'000);

// Activities that each draw on four of as many resources: the dense middle of a step, drawn at random.
struct RandomSharing {
  std::vector<std::int64_t> capacity;
  std::vector<std::uint32_t> draw_offset{0};
  std::vector<Draw> draws;
  std::vector<double> top_level;

  explicit RandomSharing(std::size_t activities) : capacity(activities), top_level(activities, 1e12) {
    constexpr int kDraws = 4;
    std::mt19937 random(1);
    std::uniform_int_distribution<std::uint32_t> any(0, static_cast<std::uint32_t>(activities) - 1);
    std::uniform_int_distribution<std::int64_t> amount(1, 1'000);
    for (std::int64_t& c : capacity) c = 1'000'000 * amount(random);
    for (std::size_t a = 0; a < activities; ++a) {
      for (int d = 0; d < kDraws; ++d) draws.push_back({any(random), amount(random)});
      draw_offset.push_back(static_cast<std::uint32_t>(draws.size()));
    }
  }
};

void max_min_solve(benchmark::State& state) {
  const RandomSharing sharing(static_cast<std::size_t>(state.range(0)));
  const MaxMinProblem problem{sharing.capacity, sharing.draw_offset, sharing.draws, sharing.top_level};
  std::vector<double> level(sharing.top_level.size());
  MaxMinScratch scratch;
  for (auto _ : state) {
    solve_max_min(problem, scratch, level);
    benchmark::DoNotOptimize(level.data());
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(max_min_solve)->RangeMultiplier(4)->Range(4, 4096)->Complexity();

// A three-dimensional training job on a rail-optimised cluster: tensor 8 inside the node, pipeline 16, data what is left; nodes of
// 8 devices, device i of 32 neighbouring nodes on leaf i.
class TrainingCluster {
 public:
  explicit TrainingCluster(std::uint32_t ranks) : data_(ranks / (kTensor * kPipeline)) {
    structure_.slots = 4;
    structure_.kinds.resize(3);
    structure_.group_of.assign(std::size_t{ranks} * 4, kNone);
    for (std::uint32_t rank = 0; rank < ranks; ++rank) structure_.actor_program.push_back(rank / (kTensor * data_));
    for (std::uint32_t rank = 0; rank < ranks; ++rank) inner_port_.push_back(add_resource(450'000));
    for (std::uint32_t rank = 0; rank < ranks; ++rank) outer_port_.push_back(add_resource(50'000));
    for (std::uint32_t i = 0; i < (ranks + 255) / 256 * kTensor; ++i) leaf_uplink_.push_back(add_resource(1'600'000));
    add_tensor_groups();
    add_data_groups();
    add_pipeline_pairs();
  }

  // One device that runs a program of its own.
  void add_straggler(std::uint32_t rank) { structure_.actor_program[rank] = kPipeline; }

  [[nodiscard]] const Structure& structure() const { return structure_; }

  static constexpr std::uint32_t kTensor = 8, kPipeline = 16;

 private:
  enum Slot : std::uint32_t { tensor, data, next_stage, previous_stage };

  std::uint32_t rank_at(std::uint32_t t, std::uint32_t d, std::uint32_t p) const { return t + kTensor * (d + data_ * p); }
  std::uint32_t leaf_of(std::uint32_t rank) const { return leaf_uplink_[rank / 256 * kTensor + rank % kTensor]; }

  std::uint32_t add_resource(std::int64_t capacity) {
    structure_.capacity.push_back(capacity);
    return static_cast<std::uint32_t>(structure_.capacity.size() - 1);
  }
  std::uint32_t open_group(std::uint32_t kind) {
    structure_.group_kind.push_back(kind);
    return static_cast<std::uint32_t>(structure_.group_kind.size() - 1);
  }
  void join(std::uint32_t rank, Slot slot, std::uint32_t group) { structure_.group_of[rank * 4 + slot] = group; }
  void load(std::uint32_t resource, std::int64_t amount) { structure_.loads.push_back({resource, amount}); }
  void close_group() { structure_.load_offset.push_back(structure_.loads.size()); }

  void add_tensor_groups() {
    for (std::uint32_t p = 0; p < kPipeline; ++p)
      for (std::uint32_t d = 0; d < data_; ++d) {
        const std::uint32_t group = open_group(0);
        for (std::uint32_t t = 0; t < kTensor; ++t) {
          join(rank_at(t, d, p), tensor, group);
          load(inner_port_[rank_at(t, d, p)], 7);
        }
        close_group();
      }
  }
  void add_data_groups() {
    for (std::uint32_t p = 0; p < kPipeline; ++p)
      for (std::uint32_t t = 0; t < kTensor; ++t) {
        const std::uint32_t group = open_group(1);
        for (std::uint32_t d = 0; d < data_; ++d) {
          const std::uint32_t rank = rank_at(t, d, p), successor = rank_at(t, (d + 1) % data_, p);
          join(rank, data, group);
          load(outer_port_[rank], 8);
          if (leaf_of(rank) != leaf_of(successor)) load(leaf_of(rank), 8);
        }
        close_group();
      }
  }
  void add_pipeline_pairs() {
    for (std::uint32_t p = 0; p + 1 < kPipeline; ++p)
      for (std::uint32_t d = 0; d < data_; ++d)
        for (std::uint32_t t = 0; t < kTensor; ++t) {
          const std::uint32_t sender = rank_at(t, d, p), receiver = rank_at(t, d, p + 1);
          const std::uint32_t group = open_group(2);
          join(sender, next_stage, group);
          join(receiver, previous_stage, group);
          load(outer_port_[sender], 1);
          if (leaf_of(sender) != leaf_of(receiver)) load(leaf_of(sender), 1);
          close_group();
        }
  }

  std::uint32_t data_;
  Structure structure_;
  std::vector<std::uint32_t> inner_port_, outer_port_, leaf_uplink_;
};

void fold_cluster(benchmark::State& state, bool straggler) {
  TrainingCluster cluster(static_cast<std::uint32_t>(state.range(0)));
  if (straggler) cluster.add_straggler(0);
  Quotient quotient;
  for (auto _ : state) quotient = fold(cluster.structure());
  std::uint64_t members = 0;
  for (const ActorClass& actor : quotient.actors) members += actor.count;
  if (members != cluster.structure().actors()) state.SkipWithError("the classes do not add up to the ranks");
  if (!straggler && quotient.actors.size() != TrainingCluster::kPipeline) state.SkipWithError("not one class per stage");
  state.counters["classes"] = static_cast<double>(quotient.actors.size());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(fold_cluster, uniform, false)->RangeMultiplier(8)->Range(1 << 11, 1 << 20)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(fold_cluster, one_straggler, true)->RangeMultiplier(8)->Range(1 << 11, 1 << 20)->Unit(benchmark::kMillisecond);

// Classes of actors that each run kernel, exchange, kernel, exchange ... on one stream and as many messages on another. A message
// holds multiprocessors, so every kernel that starts beside one is shared for: half of the activities contend with another.
struct OverlappingStep {
  static constexpr std::int64_t kPerSecond = 1'000'000'000'000;
  static constexpr std::uint32_t kSteps = 4096;
  Structure structure;
  std::vector<Program> programs;

  explicit OverlappingStep(std::uint32_t classes) {
    structure.slots = 2;
    structure.kinds = {{{.work = 3e-4, .latency = 20'000'000, .draws = {0, kPerSecond / 8}}},
                       {{.work = 2.5e-4, .latency = 5'000'000, .holds = {kPerSecond / 6, 0}}}};
    for (std::uint32_t a = 0; a < classes; ++a) add_actor(a);
  }

 private:
  void add_actor(std::uint32_t a) {
    structure.actor_program.push_back(a);
    for (std::uint32_t slot = 0; slot < 2; ++slot) {
      structure.group_of.push_back(static_cast<std::uint32_t>(structure.group_kind.size()));
      structure.group_kind.push_back(slot);
      structure.loads.push_back({static_cast<std::uint32_t>(structure.capacity.size()), kPerSecond});
      structure.load_offset.push_back(structure.loads.size());
      structure.capacity.push_back(kPerSecond);
    }
    Program program;
    program.works = {{.work = 4e-4 * (1 + a / 64.0), .draws = {kPerSecond, kPerSecond / 2}},
                     {.work = 1e-4 * (1 + a / 64.0), .draws = {kPerSecond, kPerSecond / 4}}};
    program.streams = 2;
    program.local_capacity = {kPerSecond, kPerSecond};
    Block<Task> block;  // laid down once: every step is run, none replayed
    for (std::uint32_t step = 0; step < kSteps; ++step) {
      block.add({.what = step % 2, .stream = 0});
      block.add({.what = 0, .tag = step, .slot = 0, .stream = 0, .group = true});
      block.add({.what = 0, .tag = step, .slot = 1, .stream = 1, .group = true});
    }
    program.tasks = Composition<Task>::of(std::move(block));
    programs.push_back(program);
  }
};

void execute_overlapping(benchmark::State& state) {
  const OverlappingStep step(static_cast<std::uint32_t>(state.range(0)));
  const Quotient quotient = fold(step.structure);
  ExecutionStats stats;
  std::int64_t completions = 0;
  for (auto _ : state) {
    const Timeline timeline = execute(quotient, step.structure.kinds, step.programs, &stats);
    benchmark::DoNotOptimize(timeline.end);
    completions += static_cast<std::int64_t>(stats.completions);
  }
  state.counters["solves"] = static_cast<double>(stats.solves) / static_cast<double>(stats.completions);
  state.SetItemsProcessed(completions);
}
BENCHMARK(execute_overlapping)->Arg(1)->Arg(16)->Arg(128)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace headway
