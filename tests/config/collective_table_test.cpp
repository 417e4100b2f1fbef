#include "config/collective_table.h"

#include <gmock/gmock.h>

namespace headway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kHeader =
    "device,collective,devices,devices_per_node,nic_gbps,bytes,time_us,in_switch_reduction,fabric,source,note\n";

MeasuredCollectives read(const std::string& rows) {
  static const Catalogue standard = Catalogue::standard();
  return measured_collectives(parse_csv(kHeader + rows, "collectives.csv"), standard);
}

std::string mistakes(const std::string& rows) {
  try {
    (void)read(rows);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(MeasuredCollectives, ARowInANode) {
  const MeasuredCollectives table = read("h100-sxm,all_gather,4,8,,1048576,40.5,NVLS auto,NVLink/NVSwitch,somebody,\n");
  const MeasuredCollective& row = table.rows.at(0);
  EXPECT_EQ(row.id, "collectives-2");
  EXPECT_EQ(row.what, "all_gather 1048576 B, 4 devices");
  EXPECT_EQ(row.collective.kind, CollectiveKind::all_gather);
  EXPECT_EQ(row.collective.devices, 4);
  EXPECT_DOUBLE_EQ(row.collective.bytes.value(), 1048576);
  EXPECT_DOUBLE_EQ(row.measured.value(), 40.5e-6);
  const Cluster& cluster = table.clusters.at(row.cluster);
  EXPECT_EQ(cluster.devices(), 8) << "the whole node, of which four take part";
  ASSERT_EQ(cluster.networks.size(), 1U);
  EXPECT_EQ(cluster.networks[0].technology.name, "nvlink4");
  EXPECT_EQ(row.why, "");
}

TEST(MeasuredCollectives, NodesAreJoinedByWhatTheRowSays) {
  const MeasuredCollectives table = read(
      "h100-sxm,all_reduce,64,8,400,1048576,40.5,NCCL default,8x400G IB,x,\n"
      "h100-sxm,all_reduce,64,8,400,1048576,40.5,,OCI RoCE,x,\n"
      "h100-sxm,all_reduce,64,8,400,2097152,60.5,NCCL default,8x400G IB,x,\n");
  EXPECT_EQ(table.clusters.size(), 2U) << "equal machines are one cluster";
  EXPECT_EQ(table.clusters[table.rows[0].cluster].networks.at(1).technology.name, "ib-ndr-400g");
  EXPECT_EQ(table.clusters[table.rows[1].cluster].networks.at(1).technology.name, "roce-400g");
  EXPECT_EQ(table.rows[2].cluster, table.rows[0].cluster);
  for (const int row : {0, 2})
    EXPECT_THAT(table.rows[static_cast<std::size_t>(row)].assumed, ElementsAre("network ib-ndr-400g at 400 Gb/s"));
}

TEST(MeasuredCollectives, SaysWhatARowLacks) {
  const MeasuredCollectives table = read(
      "h100-sxm,all_reduce,64,8,,1,1,,somewhere,x,\n"
      "h100-sxm,all_reduce,64,8,400,1,1,,EFA v2,x,\n"
      "h100-sxm,all_reduce,64,8,400,1,1,IB SHARP,IB NDR,x,\n"
      "abacus,all_reduce,8,8,,1,1,,NVLink,x,\n"
      "h100-sxm,all_shuffle,8,8,,1,1,,NVLink,x,\n"
      "h100-sxm,all_reduce,1,8,,1,1,,NVLink,x,\n");
  std::vector<std::string> why;
  for (const MeasuredCollective& row : table.rows) why.push_back(row.why);
  EXPECT_THAT(why, ElementsAre("several nodes, but the row does not give nic_gbps",
                               "the catalogue has no link technology of AWS EFA adapters", "",
                               "device \"abacus\" is not in the catalogue", "collective all_shuffle is not known",
                               "one device exchanges nothing"));
}

TEST(MeasuredCollectives, ReadsWhatWasForced) {
  const MeasuredCollectives table = read(
      "h200-sxm,all_reduce,8,8,,1,1,Ring (auto),NVLink4,x,\n"
      "h200-sxm,send_recv,2,8,,1,1,,NVLink4,x,\n"
      "h200-sxm,all_reduce,8,8,,1,1,NVLS off,NVLink4,x,\n"
      "h200-sxm,all_reduce,8,8,,1,1,NVLS auto,NVLink4,x,\n");
  const auto reduces = [&](std::size_t row) {
    return table.clusters[table.rows[row].cluster].networks[0].in_switch_reduction.value_or(true);
  };
  EXPECT_FALSE(reduces(2));
  EXPECT_TRUE(reduces(3));
  EXPECT_EQ(table.rows[0].collective.forced.algorithm, Algorithm::ring);
  EXPECT_EQ(table.rows[1].collective.kind, CollectiveKind::send_receive);
}

TEST(MeasuredCollectives, ReportsEveryMistakeOfTheTable) {
  const std::string found = mistakes(
      "h100-sxm,all_reduce,8,8,,0,fast,,NVLink,x,\n"
      "h100-sxm,all_reduce,2.5,8,,1,1,,NVLink,x,\n"
      "h100-sxm,all_reduce,8\n");
  EXPECT_THAT(found, HasSubstr("collectives.csv:2:26: error: bytes: \"0\" is not a positive number"));
  EXPECT_THAT(found, HasSubstr("collectives.csv:2:28: error: time_us: \"fast\" is not a positive number"));
  EXPECT_THAT(found, HasSubstr("collectives.csv:3:21: error: devices: \"2.5\" is no number of devices"));
  EXPECT_THAT(found, HasSubstr("collectives.csv:4"));
  EXPECT_THROW((void)measured_collectives(parse_csv("device,collective,time_us\n", "c.csv"), Catalogue::standard()), InputError);
}

}  // namespace
}  // namespace headway
