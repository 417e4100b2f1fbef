#include "config/kernel_table.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/measurement_kind.h"

namespace headway {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const Catalogue& catalogue() {
  static const Catalogue standard = Catalogue::standard();
  return standard;
}

MeasuredKernels gemms(const std::string& rows) {
  return measured_gemms(parse_csv("device,precision,m,n,k,layout,time_us,source,note\n" + rows, "gemm.csv"), catalogue());
}

MeasuredKernels attentions(const std::string& rows) {
  return measured_attentions(
      parse_csv("device,precision,pass,kernel,batch,heads,kv_heads,seq,head_dim,causal,time_us,source,note\n" + rows, "a.csv"),
      catalogue());
}

template <class Read>
std::string mistakes(Read read) {
  try {
    (void)read();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(MeasurementKind, IsToldByTheHeader) {
  const auto kind = [](const char* header) { return kind_of(parse_csv(header, "t.csv")); };
  EXPECT_EQ(kind("id,step_seconds"), MeasurementKind::runs);
  EXPECT_EQ(kind("id,peak_gib"), MeasurementKind::memory);
  EXPECT_EQ(kind("device,m,n,k,time_us"), MeasurementKind::gemm);
  EXPECT_EQ(kind("device,seq,head_dim,time_us"), MeasurementKind::attention);
  EXPECT_EQ(kind("device,collective,bytes,time_us"), MeasurementKind::collectives);
}

TEST(MeasuredGemms, ABareProductIsOneKernelInABurst) {
  const MeasuredKernels read = gemms("h100-sxm,bf16,4096,8192,1024,NT,95.5,somebody's benchmark,\n");
  const MeasuredKernel& row = read.rows.at(0);
  EXPECT_EQ(row.id, "gemm-2");
  EXPECT_EQ(row.group, "bf16");
  EXPECT_EQ(row.regime, ClockRegime::burst);
  EXPECT_DOUBLE_EQ(row.measured.value(), 95.5e-6);
  ASSERT_EQ(row.kernels.size(), 1U);
  EXPECT_EQ(std::get<Gemm>(row.kernels[0].work).n, 8192);
  EXPECT_EQ(read.devices.at(row.device_index).name, "h100-sxm");
}

TEST(MeasuredGemms, AServersProductCarriesItsCasts) {
  const MeasuredKernels read = gemms(
      "h100-sxm,fp8-tensorwise,1000,512,2000,NT,95,ai-dynamo/aiconfigurator h100_sxm/gemm/trtllm/1.3,\n"
      "h100-sxm,fp8-blockwise,1000,512,2000,NT,95,ai-dynamo/aiconfigurator h100_sxm/gemm/vllm/0.24.0,\n"
      "h100-sxm,fp8-tensorwise,1000,512,2000,NT,95,Azure/AI-benchmarking-guide,\n");
  const auto cast_bytes = [](const MeasuredKernel& row) {
    return row.kernels.size() < 2 ? 0.0 : least_traffic(row.kernels.at(1)).value() / (1000.0 * 2000);
  };
  EXPECT_NEAR(cast_bytes(read.rows[0]), 7, 1e-9);
  EXPECT_EQ(read.rows[0].kernels[1].launches, 4);
  EXPECT_NEAR(cast_bytes(read.rows[1]), 3.03, 1e-9);
  EXPECT_EQ(std::get<Gemm>(read.rows[1].kernels[0].work).scale, ScaleBlock::block);
  EXPECT_GT(read.rows[1].host, Seconds(0));
  EXPECT_EQ(cast_bytes(read.rows[2]), 0);
}

TEST(MeasuredGemms, RegimeAndPassFollowTheSource) {
  const MeasuredKernels read = gemms(
      "b200,bf16,4096,4096,4096,NT,95,ai-dynamo/aiconfigurator b200_sxm/gemm/vllm/0.22.0,\n"
      "b200,bf16,4096,4096,4096,NT,95,MooreThreads/SimuMax,accumulate=True out=fp32\n"
      "b200,bf16,4096,4096,100,NT,95,mine (power-limit),\n");
  EXPECT_EQ(read.rows[0].regime, ClockRegime::power_limited);
  EXPECT_EQ(read.rows[1].regime, ClockRegime::sustained);
  EXPECT_EQ(std::get<Gemm>(read.rows[1].kernels[0].work).pass, GemmPass::weight_gradient);
  EXPECT_EQ(read.rows[2].regime, ClockRegime::power_limited);
  EXPECT_EQ(read.rows[2].group, "bf16 (a dimension below 512)");
}

TEST(MeasuredGemms, WhatTheCatalogueLacksIsSkippedWithTheReason) {
  const MeasuredKernels read =
      gemms("abacus,bf16,1,1,1,,1,s,\na100-sxm-80g,fp8-tensorwise,1,1,1,,1,s,\nh100-sxm,fp6,1,1,1,,1,s,\n");
  EXPECT_EQ(read.rows[0].why, "device \"abacus\" is not in the catalogue");
  EXPECT_EQ(read.rows[1].why, "a100-sxm-80g does not multiply fp8");
  EXPECT_EQ(read.rows[2].why, "precision fp6 is not known");
  EXPECT_EQ(mistakes([] { return gemms("h100-sxm,bf16,0,1,1,,soon,s,\n"); }),
            "gemm.csv:2:15: error: m: \"0\" is not a positive number\n"
            "gemm.csv:2:22: error: time_us: \"soon\" is not a positive number of microseconds");
}

TEST(MeasuredAttentions, KernelsMeanImplementations) {
  const MeasuredKernels read = attentions(
      "h100-sxm,bf16,fwd+bwd,FA2,1,16,16,4096,128,1,900,s,\n"
      "h100-sxm,bf16,fwd,vllm_flash_attn_fa3,1,16,16,4096,128,1,900,s,\n"
      "b200,bf16,fwd,torch_flow,1,16,16,4096,128,0,900,ai-dynamo/aiconfigurator,\n"
      "h100-sxm,bf16,fwd,Triton,1,16,16,4096,128,0,900,s,\n");
  EXPECT_EQ(read.rows[0].group, "flash2 fwd+bwd");
  ASSERT_EQ(read.rows[0].kernels.size(), 2U);
  EXPECT_EQ(std::get<Attention>(read.rows[0].kernels[1].work).pass, AttentionPass::backward);
  EXPECT_EQ(read.rows[1].attention, "flash3");
  EXPECT_EQ(read.rows[2].attention, "trtllm");
  EXPECT_FALSE(std::get<Attention>(read.rows[2].kernels[0].work).causal);
  EXPECT_EQ(read.rows[3].why, "h100-sxm has no rates of the attention kernel Triton");
}

TEST(DeviceGemmTable, ReadsShapesAndNamesMistakes) {
  const GemmTable table =
      device_gemm_table(parse_csv("format,m,n,k,time_us,pass\nbf16,8,8,8,5,\nfp8,8,8,8,4,weight_gradient\n", "t.csv"));
  EXPECT_NEAR(table.lookup(Gemm{8, 8, 8})->value(), 5e-6, 1e-15);
  const std::string found =
      mistakes([] { return device_gemm_table(parse_csv("format,m,n,k,time_us,pass\nbf61,8,8,8,5,sideways\n", "t.csv")); });
  EXPECT_THAT(found, AllOf(HasSubstr("t.csv:2:1: error: format: \"bf61\" is no number format (did you mean \"bf16\"?)"),
                           HasSubstr("t.csv:2:14: error: pass: \"sideways\" is no pass")));
}

// A device file names a table beside itself; the catalogue reads it.
TEST(DeviceGemmTable, StandsBesideTheDeviceThatNamesIt) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / ("headway-gemm-table-" + std::to_string(getpid()));
  fs::create_directories(root / "topologies/devices");
  std::ofstream(root / "topologies/devices/measured.csv") << "format,m,n,k,time_us\nbf16,64,64,64,7\n";
  std::ofstream(root / "topologies/devices/card.yaml")
      << "title: Card\nvendor: Nobody\ngemm_table: measured.csv\nsources: {a: b}\n";
  std::ofstream(root / "topologies/devices/lost.yaml") << "title: Card\nvendor: Nobody\ngemm_table: gone.csv\nsources: {a: b}\n";
  const Catalogue own({root.string()});
  EXPECT_NEAR(own.device("card").gemm_table->lookup(Gemm{64, 64, 64})->value(), 7e-6, 1e-15);
  EXPECT_THAT(mistakes([&] { return own.device("lost"); }), HasSubstr("no table \"gone.csv\" beside this file"));
  fs::remove_all(root);
}

TEST(Recipes, LowPrecisionFormatsAreData) {
  const Recipe& mx = catalogue().recipe("mxfp8");
  EXPECT_EQ(mx.compute, NumberFormat::fp8);
  EXPECT_EQ(mx.scale_block, ScaleBlock::micro);
  EXPECT_DOUBLE_EQ(mx.stored_size(NumberFormat::fp8).value(), 1 + 1 / 32.0);
  const Recipe& nv = catalogue().recipe("nvfp4");
  EXPECT_EQ(nv.compute, NumberFormat::fp4);
  EXPECT_DOUBLE_EQ(nv.stored_size(NumberFormat::fp4).value(), 0.5 + 1 / 16.0);
  const Recipe& packed = catalogue().recipe("fp4-storage-fp8-compute");
  EXPECT_TRUE(packed.packed_weights());
  EXPECT_EQ(packed.weight, NumberFormat::fp4);
  EXPECT_EQ(packed.compute, NumberFormat::fp8);
  EXPECT_FALSE(nv.packed_weights());
  EXPECT_FALSE(catalogue().recipe("bf16").low_precision());
}

}  // namespace
}  // namespace headway
