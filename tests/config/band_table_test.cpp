#include "config/band_table.h"

#include <gtest/gtest.h>

#include "config/catalogue.h"

namespace headway {
namespace {

std::string mistakes_of(const char* text) {
  try {
    (void)error_band_rows(parse_csv(text, "bands.csv"));
  } catch (const InputError& error) {
    std::string all;
    for (const Diagnostic& d : error.diagnostics())
      all += d.where.file + ":" + std::to_string(d.where.line) + ":" + std::to_string(d.where.column) + " " + d.message + "\n";
    return all;
  }
  return "";
}

TEST(BandTable, TheCataloguesOwnIsWhole) {
  const std::vector<BandRow> rows = error_band_rows(read_csv(Catalogue::standard().error_band_table()));
  EXPECT_GT(rows.size(), 10U);
  for (const BandRow& row : rows) {
    EXPECT_GE(row.runs, 10);
    EXPECT_LT(row.low, row.high);
    EXPECT_GT(row.low, 0.5) << row.device << ' ' << row.software;
    EXPECT_LT(row.high, 2.0) << row.device << ' ' << row.software;
  }
}

TEST(BandTable, MistakesHaveTheirPlace) {
  EXPECT_NE(mistakes_of("device,software,runs,low,high\n,,10,x,1.1\n").find("bands.csv:2:6"), std::string::npos);
  EXPECT_NE(mistakes_of("device,software,runs,low,high\nh100,,10,0.9,1.1\n").find("no row for all runs"), std::string::npos);
  EXPECT_NE(mistakes_of("device,runs,low,high\n").find("software"), std::string::npos);
}

}  // namespace
}  // namespace headway
