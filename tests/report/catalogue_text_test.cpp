#include "report/catalogue_text.h"

#include <gmock/gmock.h>

namespace headway {
namespace {

using testing::HasSubstr;

TEST(CatalogueText, DeviceValuesCarryGradeAndSource) {
  Device device;
  device.name = "d1";
  device.title = "Device One";
  device.matrix[NumberFormat::bf16].peak = {FlopRate(989.4e12), Grade::vendor, "data sheet, page 2", true};
  device.memory = {Bytes(80e9), Grade::vendor, "data sheet", true};
  const std::string text = device_text(device);
  EXPECT_THAT(text, HasSubstr("d1: Device One\n"));
  EXPECT_THAT(text, HasSubstr("  bf16 dense peak               989.4 TFLOPS          vendor     data sheet, page 2\n"));
  EXPECT_THAT(text, HasSubstr("  memory bandwidth              unknown\n"));
  EXPECT_THAT(text, HasSubstr("80.0 GB (74.5 GiB)"));
}

TEST(CatalogueText, ClusterSaysItsNetworks) {
  Cluster cluster;
  cluster.name = "c1";
  cluster.groups.resize(1);
  cluster.groups[0].devices = 1024;
  cluster.devices_per_node = 8;
  cluster.networks.resize(1);
  cluster.networks[0] = {.name = "scale_up",
                         .kind = NetworkKind::two_level,
                         .technology = {},
                         .port = Bandwidth(450e9),
                         .domain = 256,
                         .node = 8,
                         .taper = 2,
                         .provenance = {}};
  EXPECT_THAT(cluster_text(cluster),
              HasSubstr("450.0 GB/s per device and direction, domains of 256 devices, taper\n                  2:1\n"));

  cluster.networks[0].port = Bandwidth(0);  // as the device has it
  cluster.groups[0].device.scale_up = {Bandwidth(200e9), Grade::vendor, "data sheet", true};
  EXPECT_THAT(cluster_text(cluster), HasSubstr("200.0 GB/s per device and direction"));
  cluster.groups[0].device.scale_up.known = false;
  EXPECT_THAT(cluster_text(cluster), HasSubstr("an unknown rate per device and direction"));
}

TEST(CatalogueText, ListAlignsTitles) {
  EXPECT_EQ(list_text({{"a", "First"}, {"bcd", ""}, {"ef", "Third"}}), "a    First\nbcd\nef   Third\n");
}

}  // namespace
}  // namespace headway
