#include "report/text.h"

#include <gtest/gtest.h>

namespace headway {
namespace {

TEST(Text, GroupsThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567.4), "1,234,567");
  EXPECT_EQ(grouped(-1234), "-1,234");
}

TEST(Text, SaysDurationsAndSizesInTheUnitOneWouldSay) {
  EXPECT_EQ(seconds_text(Seconds(12.345)), "12.35 s");
  EXPECT_EQ(seconds_text(Seconds(0.0123456)), "12.35 ms");
  EXPECT_EQ(seconds_text(Seconds(1.5e-6)), "1.500 us");
  EXPECT_EQ(seconds_text(Seconds(0)), "0 s");
  EXPECT_EQ(seconds_text(Seconds(12345.6)), "12346 s");
  EXPECT_EQ(bytes_text(Bytes(512)), "512 B");
  EXPECT_EQ(bytes_text(Bytes(64 * 1048576.0)), "64.0 MiB");
  EXPECT_EQ(bytes_text(Bytes(1.5 * 1073741824.0)), "1.50 GiB");
  EXPECT_EQ(signed_percent_text(-0.125), "-12.5 %");
}

TEST(Text, CountsCharactersNotBytes) {
  EXPECT_EQ(columns_of("µs"), 2U);
  EXPECT_EQ(clipped("µµµµµµ", 5), "µµ...");
  EXPECT_EQ(padded("µ", 3), "µ  ");
  EXPECT_EQ(padded("7", 3, true), "  7");
}

TEST(Text, WrapsBehindItsLead) {
  EXPECT_EQ(wrapped("- ", "one two three", 9), "- one two\n  three\n");
  EXPECT_EQ(wrapped("", "unbreakable", 4), "unbreakable\n");
}

TEST(Text, BarsAreProportionalAndNeverVanish) {
  EXPECT_EQ(bar(0.5, 40), std::string(20, '#'));
  EXPECT_EQ(bar(1.0, 40), std::string(40, '#'));
  EXPECT_EQ(bar(0.001, 40), "#");
  EXPECT_EQ(bar(0, 40), "");
}

TEST(Text, TablesAlignAndGiveWay) {
  Table table({"name", "value"}, {false, true});
  table.row({"a", "1"});
  table.row({"long name that has to give way", "12,345"});
  EXPECT_EQ(table.text("", 30),
            "name                     value\n"
            "a                            1\n"
            "long name that has ...  12,345\n");
}

TEST(Text, ColourOnlyOnRequest) {
  EXPECT_EQ(toned("x", Tone::bad, {}), "x");
  EXPECT_EQ(toned("x", Tone::bad, {.colour = true}), "\x1b[31mx\x1b[0m");
}

}  // namespace
}  // namespace headway
