#include "config/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace headway {
namespace {

using testing::HasSubstr;

double value_of_text(std::string_view text, UnitKind kind) {
  const UnitReading reading = read_quantity(text, kind);
  EXPECT_TRUE(reading.value.has_value()) << text << ": " << reading.mistake;
  return reading.value.value_or(-1);
}

std::string mistake_in(std::string_view text, UnitKind kind) {
  const UnitReading reading = read_quantity(text, kind);
  EXPECT_FALSE(reading.value.has_value()) << text;
  return reading.mistake;
}

TEST(Units, BitsAndBytesAreToldApart) {
  EXPECT_DOUBLE_EQ(value_of_text("400 Gb/s", UnitKind::bandwidth), 50e9);
  EXPECT_DOUBLE_EQ(value_of_text("50 GB/s", UnitKind::bandwidth), 50e9);
  EXPECT_DOUBLE_EQ(value_of_text("1 b/s", UnitKind::bandwidth), 0.125);
}

TEST(Units, BothDirectionsAreHalved) {
  EXPECT_DOUBLE_EQ(value_of_text("900 GB/s both", UnitKind::bandwidth), 450e9);
  EXPECT_DOUBLE_EQ(value_of_text("800 Gb/s both", UnitKind::bandwidth), 50e9);
  EXPECT_THAT(mistake_in("80 GB both", UnitKind::data), HasSubstr("both directions of a link"));
}

TEST(Units, DecimalAndBinaryAreToldApart) {
  EXPECT_DOUBLE_EQ(value_of_text("141 GB", UnitKind::data), 141e9);
  EXPECT_DOUBLE_EQ(value_of_text("80 GiB", UnitKind::data), 80 * 1073741824.0);
  EXPECT_DOUBLE_EQ(value_of_text("4 KiB", UnitKind::data), 4096);
  EXPECT_DOUBLE_EQ(value_of_text("4 kB", UnitKind::data), 4000);
}

TEST(Units, EveryKindHasItsUnits) {
  EXPECT_DOUBLE_EQ(value_of_text("989.5 TFLOPS", UnitKind::compute), 989.5e12);
  EXPECT_DOUBLE_EQ(value_of_text("3.4 us", UnitKind::time), 3.4e-6);
  EXPECT_DOUBLE_EQ(value_of_text("60 d", UnitKind::time), 60 * 86400.0);
  EXPECT_DOUBLE_EQ(value_of_text("0.7 kW", UnitKind::power), 700);
  EXPECT_DOUBLE_EQ(value_of_text("814 mm2", UnitKind::area), 814);
}

TEST(Units, SpacesAndExponentsAreFree) {
  EXPECT_DOUBLE_EQ(value_of_text(" 50GB/s ", UnitKind::bandwidth), 50e9);
  EXPECT_DOUBLE_EQ(value_of_text("5e1 GB/s", UnitKind::bandwidth), 50e9);
  EXPECT_DOUBLE_EQ(value_of_text("1EFLOPS", UnitKind::compute), 1e18);
}

TEST(Units, ABareNumberAsksForAUnit) {
  EXPECT_EQ(mistake_in("400", UnitKind::bandwidth), "no unit: write 400 Gb/s or 50 GB/s");
  EXPECT_EQ(mistake_in("80", UnitKind::data), "no unit: write 141 GB or 80 GiB");
}

TEST(Units, AWrongKindSaysWhatItIs) {
  EXPECT_THAT(mistake_in("141 GB", UnitKind::bandwidth), HasSubstr("\"141 GB\" is an amount of data, not a bandwidth"));
  EXPECT_THAT(mistake_in("3 us", UnitKind::power), HasSubstr("\"3 us\" is a time, not a power"));
  EXPECT_THAT(mistake_in("141 Gb", UnitKind::data), HasSubstr("is in bits"));
}

TEST(Units, AMisspeltUnitIsExplained) {
  EXPECT_EQ(mistake_in("400 gb/s", UnitKind::bandwidth), "unknown unit \"gb/s\" (did you mean \"Gb/s\" or \"GB/s\"?)");
  EXPECT_EQ(mistake_in("400 Gbps", UnitKind::bandwidth), "unknown unit \"Gbps\"; write 400 Gb/s or 50 GB/s");
  EXPECT_THAT(mistake_in("fast", UnitKind::bandwidth), HasSubstr("\"fast\" is not a bandwidth"));
  EXPECT_THAT(mistake_in("nan GB/s", UnitKind::bandwidth), HasSubstr("is not a bandwidth"));
}

TEST(Units, CountsTakeDecimalSuffixes) {
  EXPECT_DOUBLE_EQ(*read_count("15T").value, 15e12);
  EXPECT_DOUBLE_EQ(*read_count("1.5M").value, 1.5e6);
  EXPECT_DOUBLE_EQ(*read_count("512").value, 512);
  EXPECT_FALSE(read_count("15 GB").value.has_value());
}

TEST(Units, ThePatternForEditorsMatchesWhatIsRead) {
  const std::regex bandwidth(unit_pattern(UnitKind::bandwidth));
  for (const char* text : {"400 Gb/s", "50GB/s", "900 GB/s both", "1.5e3 MB/s"})
    EXPECT_TRUE(std::regex_match(text, bandwidth)) << text;
  for (const char* text : {"400", "400 Gb", "400 gb/s", "fast"}) EXPECT_FALSE(std::regex_match(text, bandwidth)) << text;
}

}  // namespace
}  // namespace headway
