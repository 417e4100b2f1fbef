#include "report/controls_text.h"

#include <gmock/gmock.h>

#include <vector>

namespace headway {
namespace {

using testing::HasSubstr;

// 148 TFLOPS in BF16 on 814 mm2; nothing known of its links.
ControlSheet sheet() {
  Device device;
  device.name = "d1";
  device.title = "Device One";
  device.matrix[NumberFormat::bf16].peak = {FlopRate(148e12), Grade::vendor, "sheet", true};
  device.die_area_mm2 = {814, Grade::vendor, "sheet", true};
  device.memory_bandwidth = {Bandwidth(4e12), Grade::vendor, "sheet", true};
  return controls(device);
}

TEST(ControlsText, OneDeviceSaysClausesAndDistances) {
  const std::string text = controls_text(sheet());
  EXPECT_THAT(text, HasSubstr("d1: Device One\n  TPP   2,368, in bf16\n  PD    2.91 per mm2, of 814.0 mm2\n"));
  EXPECT_THAT(text, HasSubstr("October 2023: 3A090.a and .b\n  not controlled: TPP 2,368, PD 2.91 < 3.2 (TPP < 2,400)\n"));
  EXPECT_THAT(text, HasSubstr("    TPP           2,368, 98.67 % of 2,400 (3A090.b from PD 1.6)\n"));
  EXPECT_THAT(text, HasSubstr("    I/O        not published, limit 600 GB/s (controlled)\n"));
}

TEST(ControlsText, ManyDevicesAreATable) {
  const std::vector<ControlSheet> sheets{sheet()};
  const std::string text = controls_table(sheets);
  EXPECT_THAT(text, HasSubstr("device    TPP  in      PD  I/O   DRAM  Oct 22  Oct 23  Apr 25   Jan 26  25 %\n"));
  EXPECT_THAT(text, HasSubstr("d1      2,368  bf16  2.91    ?  4,000  no      no      licence  case    no\n"));
}

}  // namespace
}  // namespace headway
