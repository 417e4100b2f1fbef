// Every device of the catalogue runs the same job, or says which value nobody has published.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "config/catalogue.h"
#include "simulate/simulate.h"

namespace headway {
namespace {

// Llama 2 7B on eight of any device, joined by a network that asks nothing of them.
constexpr const char* kJob = R"(
cluster:
  title: Eight devices
  devices: 8
  devices_per_node: 8
  networks: [{name: scale_up, kind: switched, technology: nvlink4, port: 50 GB/s, source: invented, grade: estimated}]
  sources: {invented: The same for all}
  device: )";
constexpr const char* kWorkload = R"(
workload:
  model: llama-2-7b
  sequence: 4096
  global_batch: 32
  microbatch: 1
  parallel: {tensor: 2, sequence: true, pipeline: 1}
  sharding: optimizer
  recompute: attention_core
  precision: )";

class CatalogueDevices : public testing::Test {
 protected:
  CatalogueDevices()
      : folder_(std::filesystem::temp_directory_path() / ("headway-devices-" + std::to_string(getpid()))),
        catalogue_({HEADWAY_SOURCE_DIR}) {
    std::filesystem::create_directories(folder_);
  }
  ~CatalogueDevices() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string job(const std::string& name, const std::string& device, const std::string& precision) const {
    const std::string file = (folder_ / (name + ".yaml")).string();
    std::ofstream(file) << kJob << device << kWorkload << precision << "\n";
    return file;
  }

  // In BF16, or in FP16 where only that rate is published.
  static std::string precision_for(const Device& device) {
    const auto publishes = [&](NumberFormat format) {
      const auto rate = device.matrix.find(format);
      return rate != device.matrix.end() && rate->second.peak.known;
    };
    return !publishes(NumberFormat::bf16) && publishes(NumberFormat::fp16) ? "fp16" : "bf16";
  }

  [[nodiscard]] Result run(const std::string& name) const {
    const Scenario scenario = catalogue_.scenarios(job(name, name, precision_for(catalogue_.device(name)))).front();
    return simulate(scenario.cluster, scenario.plan, {});
  }

  std::filesystem::path folder_;
  Catalogue catalogue_;
};

// What nobody publishes of them: every hole is named at once.
const std::map<std::string, std::vector<std::string>>& holes() {
  static const std::map<std::string, std::vector<std::string>> missing{
      {"h20-141g", {"matrix.bf16.peak", "memory_bandwidth"}},
      {"rtx-6000d", {"matrix.bf16.peak"}},
      {"mi308x", {"matrix.bf16.peak", "memory_bandwidth"}},
      {"maia-200", {"matrix.bf16.peak"}},
      {"ascend-960", {"matrix.bf16.peak"}},
      {"ascend-970", {"matrix.bf16.peak"}},
      {"mtt-s5000", {"matrix.bf16.peak"}},
      {"metax-c550", {"matrix.bf16.peak"}},
      {"metax-c600", {"matrix.bf16.peak", "memory_bandwidth"}},
      {"enflame-s60", {"matrix.bf16.peak", "memory", "memory_bandwidth"}},
      {"kunlun-p800", {"memory_bandwidth"}},
      {"hygon-k100", {"memory_bandwidth"}}};
  return missing;
}

TEST_F(CatalogueDevices, RunTheSameModelOrNameWhatIsMissing) {
  const std::vector<std::string> names = catalogue_.names(CatalogueKind::devices);
  EXPECT_GE(names.size(), 60U);
  for (const std::string& name : names) {
    const auto hole = holes().find(name);
    try {
      const Result result = run(name);
      EXPECT_TRUE(hole == holes().end()) << name << " was thought to lack a value";
      EXPECT_GT(result.tokens_per_s, 0) << name;
      EXPECT_GT(result.mfu, 0.05) << name;
      EXPECT_LT(result.mfu, 0.95) << name;
    } catch (const InputError& error) {
      ASSERT_TRUE(hole != holes().end()) << error.what();
      ASSERT_EQ(error.diagnostics().size(), hole->second.size()) << error.what();
      for (std::size_t i = 0; i < hole->second.size(); ++i)
        EXPECT_THAT(error.diagnostics()[i].message,
                    testing::StartsWith(name + ": no published value for \"" + hole->second[i] + "\""));
    }
  }
}

TEST_F(CatalogueDevices, AHoleIsFilledByTheScenario) {
  const std::string file = job("p800", "{like: kunlun-p800, memory_bandwidth: 2 TB/s}", "fp16");
  const Scenario slow = catalogue_.scenarios(file).front();
  const Scenario fast = catalogue_.scenarios(file, {{"cluster.device.memory_bandwidth", "4 TB/s"}}).front();
  EXPECT_EQ(slow.cluster.groups.front().device.memory_bandwidth.grade, Grade::estimated);
  EXPECT_LT(simulate(slow.cluster, slow.plan, {}).tokens_per_s, simulate(fast.cluster, fast.plan, {}).tokens_per_s);
}

}  // namespace
}  // namespace headway
