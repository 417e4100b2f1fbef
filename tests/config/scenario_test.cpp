#include "config/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace headway {
namespace {

using namespace testing_config;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kPlain = R"(cluster: {use: pair}
workload:
  model: small
  precision: bf16
  sequence: 4096
  global_batch: 64
  microbatch: 2
  parallel: {tensor: 2, sequence: true, pipeline: 2, virtual_stages: 2}
  schedule: interleaved
  sharding: optimizer
  recompute: attention_core
  software: megatron-core
  placement: packed
)";

std::vector<Scenario> read(const std::string& text, const std::vector<Override>& overrides = {}) {
  const TemporaryFile file("plain.yaml", text);
  try {
    return invented().scenarios(file.path(), overrides);
  } catch (const InputError& e) {
    ADD_FAILURE() << e.what();
    return {Scenario{}};
  }
}

TEST(ScenarioFile, SaysEverything) {
  const Scenario scenario = read(kPlain).at(0);
  EXPECT_EQ(scenario.name, "plain");
  EXPECT_EQ(scenario.cluster.devices(), 16);
  const TrainingPlan& plan = scenario.plan;
  EXPECT_EQ(plan.model.name, "small");
  EXPECT_EQ(plan.layout.data, 4) << "16 devices / (2 x 2)";
  EXPECT_EQ(plan.microbatches(), 8);
  EXPECT_EQ(plan.schedule, Schedule::interleaved);
  EXPECT_TRUE(plan.recompute.has(RecomputeModule::attention_core));
  EXPECT_THAT(scenario.assumed, IsEmpty());
}

TEST(ScenarioFile, DefaultsAreListed) {
  const Scenario scenario = read(R"(cluster: {use: pair}
workload: {model: small, precision: bf16, sequence: 4096, global_batch: 64, parallel: {tensor: 4, pipeline: 2}})")
                                .at(0);
  EXPECT_THAT(scenario.assumed, ElementsAre("microbatch: 1 (default)", "parallel.sequence: false (default)",
                                            "schedule: 1f1b (default)", "sharding: none (default)", "recompute: none (default)",
                                            "placement: packed (default)", "software: megatron-core (default)"));
}

TEST(ScenarioFile, TakesModelAndClusterInPlace) {
  const Scenario scenario = read(R"(cluster:
  use: pair
  devices: 32
  device: {like: card, title: A larger card, memory: {value: 120 GB, source: sheet, grade: estimated}}
workload:
  model: {like: small, layers: 8}
  precision: bf16
  sequence: 4096
  global_batch: 64
  parallel: {tensor: 4, pipeline: 2})")
                                .at(0);
  EXPECT_EQ(scenario.plan.model.layers, 8);
  EXPECT_EQ(scenario.plan.model.hidden, 2048);
  EXPECT_EQ(scenario.cluster.devices(), 32);
  EXPECT_DOUBLE_EQ(scenario.cluster.groups[0].device.memory.value.value(), 120e9);
}

// A catalogue file says where a value comes from; in a scenario and on the command line the value alone will do.
TEST(ScenarioFile, GivesValuesOfADeviceWithoutASource) {
  const Scenario scenario = read(R"(cluster: {use: pair, device: {memory: 120 GB, matrix: {bf16: {peak: 500 TFLOPS}}}}
workload: {model: small, precision: bf16, sequence: 4096, global_batch: 64, parallel: {tensor: 4, pipeline: 2}})",
                                 {{"cluster.device.memory_bandwidth", "3 TB/s"}, {"workload.model.layers", "8"}})
                                .at(0);
  const Device& device = scenario.cluster.groups[0].device;
  EXPECT_EQ(device.name, "card") << "what the cluster names, changed";
  EXPECT_DOUBLE_EQ(device.memory.value.value(), 120e9);
  EXPECT_DOUBLE_EQ(device.matrix.at(NumberFormat::bf16).peak.value.value(), 500e12);
  EXPECT_DOUBLE_EQ(device.matrix.at(NumberFormat::bf16).gemm_fraction.value, 0.8);
  EXPECT_DOUBLE_EQ(device.memory_bandwidth.value.value(), 3e12);
  EXPECT_EQ(device.memory_bandwidth.source, "given by the scenario");
  EXPECT_EQ(device.memory_bandwidth.grade, Grade::estimated);
  EXPECT_EQ(scenario.plan.model.layers, 8);
}

TEST(ScenarioFile, RestrictionsAreAppliedAndSaid) {
  const Scenario scenario = read(std::string(kPlain) + R"(restrict:
  - {link: scale_up, bandwidth: 400 GB/s both}
  - {replace: scale_out, with: example-link}
  - {device: 3, speed: 0.9}
  - {forbid: in_switch_reduction}
)")
                                .at(0);
  EXPECT_DOUBLE_EQ(scenario.cluster.networks[0].port.value(), 200e9);
  EXPECT_EQ(scenario.cluster.networks[1].technology.name, "example-link");
  ASSERT_EQ(scenario.cluster.slow_devices.size(), 1U);
  EXPECT_THAT(scenario.restrictions, ElementsAre("scale_up at 200.0 GB/s per device and direction", "Example link for scale_out",
                                                 "device 3 at 0.9 of its speed", "no reduction in switches"));
}

// 64 of the 72 devices of every rack, for one run and for several that share the racks, unless a restriction says how large they are.
TEST(ScenarioFile, JobsTakeAPowerOfTwoOfEachRack) {
  const std::string model = "{model: llama-3.1-8b, precision: bf16, sequence: 4096, global_batch: 576, parallel: {tensor: 4}}";
  const auto domain = [](const Scenario& scenario) { return scenario.cluster.networks.front().domain; };
  const std::string said = "64 of the 72 devices of each scale-up domain in use (default; restrict: [{domain: 72}] takes all)";
  const auto one = [](const std::string& text) {
    const TemporaryFile file("racks.yaml", text);
    return Catalogue({HEADWAY_SOURCE_DIR}).scenarios(file.path()).at(0);
  };
  const Scenario run = one("cluster: {use: gb200-nvl72, devices: 256}\nworkload: " + model);
  EXPECT_EQ(domain(run), 64);
  EXPECT_THAT(run.assumed, Contains(said));
  const Scenario jobs = one("cluster: {use: gb200-nvl72, devices: 512}\njobs:\n  - {name: a, devices: 256, workload: " + model +
                            "}\n  - {name: b, devices: 256, workload: " + model + "}");
  EXPECT_EQ(domain(jobs), 64);
  EXPECT_THAT(jobs.jobs.front().assumed, Contains(said));
  EXPECT_EQ(domain(one("cluster: {use: gb200-nvl72, devices: 576}\nworkload: " + model)), 72);
  EXPECT_EQ(domain(one("cluster: {use: gb200-nvl72, devices: 256}\nrestrict: [{domain: 72}]\nworkload: " + model)), 72);
}

TEST(ScenarioFile, ComparedScenariosInherit) {
  const std::vector<Scenario> scenarios = read(R"(question: Which?
base:
  cluster: {use: pair}
  workload: {model: small, precision: bf16, sequence: 4096, global_batch: 64, parallel: {tensor: 4, pipeline: 2}}
compare:
  - name: short
  - name: long
    cluster: {devices: 32}
    workload: {sequence: 8192, parallel: {tensor: 8}}
)");
  ASSERT_EQ(scenarios.size(), 2U);
  EXPECT_EQ(scenarios[0].question, "Which?");
  EXPECT_EQ(scenarios[0].plan.sequence, 4096);
  EXPECT_EQ(scenarios[1].name, "long");
  EXPECT_EQ(scenarios[1].plan.sequence, 8192);
  EXPECT_EQ(scenarios[1].plan.layout.tensor, 8);
  EXPECT_EQ(scenarios[1].plan.layout.pipeline, 2);
  EXPECT_EQ(scenarios[1].cluster.devices(), 32);
}

TEST(ScenarioFile, AsksForABareCollective) {
  const Scenario scenario = read(R"(cluster: {use: pair}
workload: {collective: all_gather, bytes: 64 MiB, devices: 4, algorithm: ring, protocol: low_latency})")
                                .at(0);
  ASSERT_TRUE(scenario.collective.has_value());
  EXPECT_EQ(scenario.collective->kind, CollectiveKind::all_gather);
  EXPECT_DOUBLE_EQ(scenario.collective->bytes.value(), 64 * 1048576.0);
  EXPECT_EQ(scenario.collective->devices, 4);
  EXPECT_EQ(scenario.collective->forced.algorithm, Algorithm::ring);
  EXPECT_EQ(scenario.collective->forced.protocol, Protocol::low_latency);
  EXPECT_THAT(scenario.assumed, IsEmpty());
  EXPECT_FALSE(read(kPlain).at(0).collective.has_value());
}

TEST(ScenarioFile, ABareCollectiveTakesAllDevicesAndTheLibrarysChoice) {
  const Scenario scenario =
      read("cluster: {use: pair}\nworkload: {collective: all_reduce, bytes: 1 GiB}\nrestrict: [{link: scale_up, scale: 0.5}]")
          .at(0);
  EXPECT_EQ(scenario.collective->devices, 16);
  EXPECT_FALSE(scenario.collective->forced.algorithm || scenario.collective->forced.protocol);
  EXPECT_THAT(scenario.assumed, ElementsAre("devices: all 16 (default)"));
  EXPECT_THAT(scenario.restrictions, ElementsAre("scale_up at 0.5 of its bandwidth"));
}

TEST(ScenarioFile, ComparedCollectivesInherit) {
  const std::vector<Scenario> scenarios = read(R"(base: {cluster: {use: pair}, workload: {collective: all_reduce, bytes: 1 GiB}}
compare:
  - name: chosen
  - {name: ring, workload: {algorithm: ring}}
)");
  ASSERT_EQ(scenarios.size(), 2U);
  EXPECT_FALSE(scenarios[0].collective->forced.algorithm);
  EXPECT_EQ(scenarios[1].collective->forced.algorithm, Algorithm::ring);
}

TEST(Overrides, ReplaceAndCreate) {
  const Scenario scenario = read(kPlain, {{"workload.microbatch", "1"},
                                          {"workload.recompute", "[norm, mlp]"},
                                          {"cluster.devices", "32"},
                                          {"restrict.0.link", "scale_out"},
                                          {"restrict.0.bandwidth", "10 GB/s"},
                                          {"question", "What if?"}})
                                .at(0);
  EXPECT_EQ(scenario.plan.microbatch, 1);
  EXPECT_EQ(scenario.plan.recompute.modules.size(), 2U);
  EXPECT_EQ(scenario.plan.layout.data, 8);
  EXPECT_DOUBLE_EQ(scenario.cluster.networks[1].port.value(), 10e9);
  EXPECT_EQ(scenario.question, "What if?");
}

TEST(Overrides, ConcernEveryComparedScenarioOrOne) {
  const std::vector<Scenario> scenarios =
      read(R"(base:
  cluster: {use: pair}
  workload: {model: small, precision: bf16, sequence: 4096, global_batch: 64, parallel: {tensor: 4, pipeline: 2}}
compare: [{name: a}, {name: b}]
)",
           {{"workload.sequence", "1024"}, {"compare.1.workload.microbatch", "2"}, {"base.workload.global_batch", "128"}});
  ASSERT_EQ(scenarios.size(), 2U);
  for (const Scenario& scenario : scenarios) EXPECT_EQ(scenario.plan.sequence, 1024);
  for (const Scenario& scenario : scenarios) EXPECT_EQ(scenario.plan.global_batch, 128);
  EXPECT_EQ(scenarios[0].plan.microbatch, 1);
  EXPECT_EQ(scenarios[1].plan.microbatch, 2);
}

}  // namespace
}  // namespace headway
