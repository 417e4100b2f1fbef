#include "hardware/efficiency.h"

#include <gtest/gtest.h>

namespace headway {
namespace {

template <class T>
Sourced<T> published(T value) {
  return {value, Grade::vendor, "sheet", true};
}

// A class: 0.8 of its BF16 peak, 0.7 of its FP8 peak with block scales at 0.9, one attention kernel.
Device lender() {
  Device device;
  device.matrix[NumberFormat::bf16] = {published(FlopRate(100e12)),
                                       {0.8, Grade::measured, "fit", true},
                                       {4, Grade::measured, "fit", true},
                                       {Seconds(3e-6), Grade::measured, "fit", true},
                                       {}};
  device.matrix[NumberFormat::fp8].gemm_fraction = {0.7, Grade::measured, "fit", true};
  device.matrix[NumberFormat::fp8].block_scaled_share = {0.9, Grade::measured, "fit", true};
  device.attention["flash2"].forward_fraction = {0.6, Grade::measured, "fit", true};
  device.stream_fraction[StreamClass::norm] = {0.5, Grade::measured, "fit", true};
  device.multiprocessors = published(100);
  device.sustained_clock = {0.9, Grade::measured, "fit", true};
  return device;
}

TEST(Efficiency, WhatADeviceLacksIsTakenOverAsAnEstimate) {
  Device heir;
  heir.matrix[NumberFormat::bf16].peak = published(FlopRate(500e12));
  inherit_efficiency(heir, lender(), "alike");
  const MatrixRate& rate = heir.matrix.at(NumberFormat::bf16);
  EXPECT_DOUBLE_EQ(rate.peak.value.value(), 500e12) << "its own";
  EXPECT_DOUBLE_EQ(rate.gemm_fraction.value, 0.8);
  EXPECT_EQ(rate.gemm_fraction.grade, Grade::estimated) << "measured on another device";
  EXPECT_EQ(rate.gemm_fraction.source, "alike");
  EXPECT_DOUBLE_EQ(heir.attention.at("flash2").forward_fraction.value, 0.6);
  EXPECT_DOUBLE_EQ(heir.stream_fraction.at(StreamClass::norm).value, 0.5);
  EXPECT_EQ(heir.multiprocessors.value, 100);
  EXPECT_EQ(heir.matrix.count(NumberFormat::fp8), 0U) << "no rate it does not have";
}

TEST(Efficiency, WhatADeviceHasStays) {
  Device heir;
  heir.matrix[NumberFormat::bf16].gemm_fraction = {0.5, Grade::measured, "own", true};
  heir.multiprocessors = published(64);
  inherit_efficiency(heir, lender(), "alike");
  EXPECT_DOUBLE_EQ(heir.matrix.at(NumberFormat::bf16).gemm_fraction.value, 0.5);
  EXPECT_EQ(heir.matrix.at(NumberFormat::bf16).gemm_fraction.grade, Grade::measured);
  EXPECT_DOUBLE_EQ(heir.matrix.at(NumberFormat::bf16).gemm_knee.value, 4) << "beside what is taken over";
  EXPECT_EQ(heir.multiprocessors.value, 64);
}

TEST(Efficiency, AFormatTheClassLacksIsUsedAsItsBf16) {
  Device heir;
  heir.matrix[NumberFormat::fp8].peak = published(FlopRate(1000e12));
  heir.matrix[NumberFormat::fp4].peak = published(FlopRate(2000e12));
  inherit_efficiency(heir, lender(), "alike");
  EXPECT_DOUBLE_EQ(heir.matrix.at(NumberFormat::fp8).gemm_fraction.value, 0.7);
  EXPECT_DOUBLE_EQ(heir.matrix.at(NumberFormat::fp8).block_scaled_share.value, 0.9);
  EXPECT_DOUBLE_EQ(heir.matrix.at(NumberFormat::fp4).gemm_fraction.value, 0.8);
  EXPECT_FALSE(heir.matrix.at(NumberFormat::fp4).block_scaled_share.known);
}

TEST(Efficiency, AnUnpublishedPeakIsNamedWithTheWayToGiveIt) {
  Device heir;
  heir.name = "secret";
  heir.matrix[NumberFormat::bf16] = {};
  inherit_efficiency(heir, lender(), "alike");
  try {
    (void)require_format(NumberFormat::bf16, heir);
    FAIL() << "has no peak";
  } catch (const InputError& error) {
    EXPECT_EQ(error.diagnostics().front().message,
              "secret: no published value for \"matrix.bf16.peak\"; give one in the device file, or in the scenario, as by "
              "--set 'cluster.device.matrix.bf16.peak=VALUE'");
  }
}

}  // namespace
}  // namespace headway
