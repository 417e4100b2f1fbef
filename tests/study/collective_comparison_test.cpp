#include "study/collective_comparison.h"

#include <gmock/gmock.h>

namespace headway {
namespace {

CollectiveResult result(double latency, double transfer) {
  CollectiveResult r;
  r.time = Seconds(latency + transfer);
  r.latency = Seconds(latency);
  r.most_loaded_link = "scale_out: device out";
  return r;
}

std::vector<CollectiveStanding> standings(const std::vector<CollectiveResult>& results) {
  std::vector<const CollectiveResult*> pointers;
  for (const CollectiveResult& r : results) pointers.push_back(&r);
  return compare(pointers);
}

TEST(CollectiveComparison, FastestFirstAndEqualsInOrder) {
  const auto table = standings({result(1, 3), result(1, 1), result(1, 1), result(2, 2)});
  EXPECT_EQ(table[0].run, 1U);
  EXPECT_EQ(table[1].run, 2U);
  EXPECT_TRUE(table[1].alike);
  EXPECT_EQ(table[1].why, "as fast within 0.5 %");
  EXPECT_EQ(table[2].run, 0U);
  EXPECT_DOUBLE_EQ(table[3].share_of_best, 0.5);
}

// 3 s more, 1 of them latency; then all of it; then more than all, made up for in part.
TEST(CollectiveComparison, NamesThePartThatGrewMost) {
  EXPECT_EQ(standings({result(1, 1), result(2, 3)})[1].why,
            "2.50x slower: 67 % of the loss is transfer over scale_out: device out");
  EXPECT_EQ(standings({result(1, 1), result(3, 1)})[1].why, "2.00x slower: 100 % of the loss is latency");
  EXPECT_EQ(standings({result(1, 1), result(3.5, 0.5)})[1].why, "2.00x slower: 100 % of the loss is latency");
}

}  // namespace
}  // namespace headway
