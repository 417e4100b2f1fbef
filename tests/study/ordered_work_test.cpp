#include "study/ordered_work.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace headway {
namespace {

// The first item takes longest; all others are done before it, and are handed on after it.
TEST(OrderedWork, HandsResultsOnInOrder) {
  std::size_t next = 0;
  std::vector<std::size_t> order;
  run_in_order({[&] { return next < 200 ? std::optional(next++) : std::nullopt; },
                [](std::size_t item) {
                  if (item == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
                  return std::to_string(item * item);
                },
                [&](std::size_t item, const std::string& result) {
                  EXPECT_EQ(result, std::to_string(item * item));
                  order.push_back(item);
                }});
  ASSERT_EQ(order.size(), 200U);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], i);
}

TEST(OrderedWork, PassesOnWhatIsThrown) {
  std::size_t next = 0;
  const OrderedWork work{[&] { return next < 10 ? std::optional(next++) : std::nullopt; },
                         [](std::size_t item) -> std::string {
                           if (item == 3) throw std::runtime_error("three");
                           return "";
                         },
                         [](std::size_t, const std::string&) {}};
  EXPECT_THROW(run_in_order(work), std::runtime_error);
}

}  // namespace
}  // namespace headway
