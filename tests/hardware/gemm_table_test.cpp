#include "hardware/gemm_table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace headway {
namespace {

MeasuredGemm row(double m, double n, double k, double us, NumberFormat format = NumberFormat::bf16) {
  return {format, GemmPass::forward, m, n, k, Seconds(us * 1e-6)};
}

double microseconds(const GemmTable& table, double m, double n, double k) {
  const std::optional<Seconds> time = table.lookup(Gemm{m, n, k});
  return time ? time->value() * 1e6 : -1;
}

TEST(GemmTable, AMeasuredShapeIsItself) {
  const GemmTable table({row(1024, 4096, 4096, 50), row(2048, 4096, 4096, 90), row(2048, 4096, 4096, 91)}, "t.csv");
  EXPECT_NEAR(microseconds(table, 1024, 4096, 4096), 50, 1e-9);
  EXPECT_NEAR(microseconds(table, 2048, 4096, 4096), 91, 1e-9) << "the last row of a shape counts";
}

// log(time) linear in log(m): at the geometric mean of 1024 and 4096, sqrt(50 x 200) = 100.
TEST(GemmTable, BetweenTwoShapesOnALine) {
  const GemmTable table({row(1024, 4096, 4096, 50), row(4096, 4096, 4096, 200)}, "t.csv");
  EXPECT_NEAR(microseconds(table, 2048, 4096, 4096), 100, 1e-9);
}

// Times m n k on a grid of 2 x 2 x 2 are met everywhere inside, and nowhere outside.
TEST(GemmTable, InsideAWholeCell) {
  std::vector<MeasuredGemm> rows;
  for (const double m : {1000.0, 3000.0})
    for (const double n : {2000.0, 5000.0})
      for (const double k : {500.0, 700.0}) rows.push_back(row(m, n, k, m * n * k * 1e-7));
  const GemmTable table(rows, "t.csv");
  EXPECT_NEAR(microseconds(table, 1500, 3000, 600), 1500 * 3000 * 600.0 * 1e-7, 1e-6);
  EXPECT_EQ(microseconds(table, 999, 3000, 600), -1);
  EXPECT_EQ(microseconds(table, 1500, 5001, 600), -1);
  rows.pop_back();
  EXPECT_EQ(microseconds(GemmTable(rows, "t.csv"), 1500, 3000, 600), -1) << "a corner is missing";
}

TEST(GemmTable, FormatPassAndBatchMustAgree) {
  const GemmTable table({row(1024, 4096, 4096, 50, NumberFormat::fp8)}, "t.csv");
  Gemm gemm{1024, 4096, 4096};
  EXPECT_FALSE(table.lookup(gemm));
  gemm.format = NumberFormat::fp8;
  EXPECT_TRUE(table.lookup(gemm));
  gemm.pass = GemmPass::weight_gradient;
  EXPECT_FALSE(table.lookup(gemm));
  gemm.pass = GemmPass::forward;
  gemm.batch = 2;
  EXPECT_FALSE(table.lookup(gemm));
}

}  // namespace
}  // namespace headway
