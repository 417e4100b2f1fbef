#include "engine/event_queue.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace headway {
namespace {

TEST(EventQueue, EqualTimesComeInOrderOfPushing) {
  EventQueue queue;
  queue.push(5, 1);
  queue.push(5, 2);
  queue.push(3, 3);
  EXPECT_EQ(queue.pop().activity, 3U);
  EXPECT_EQ(queue.pop().activity, 1U);
  EXPECT_EQ(queue.pop().activity, 2U);
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, ATicketNamesItsEvent) {
  EventQueue queue;
  const std::uint32_t dropped = queue.push(7, 1), kept = queue.push(5, 1);
  EXPECT_NE(dropped, kept);
  EXPECT_EQ(queue.pop().sequence, kept);
  EXPECT_EQ(queue.pop().sequence, dropped);
}

TEST(EventQueueProperty, AgreesWithAnOrderedSet) {
  std::mt19937_64 random(3);
  EventQueue queue;
  std::multiset<std::pair<Instant, std::uint32_t>> model;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    if (model.empty() || random() % 3 != 0) {
      const auto time = static_cast<Instant>(random() % 1000);
      queue.push(time, i);
      model.emplace(time, i);  // i grows with the sequence number
    } else {
      const Event event = queue.pop();
      ASSERT_EQ(event.time, model.begin()->first);
      ASSERT_EQ(event.activity, model.begin()->second);
      model.erase(model.begin());
    }
  }
  EXPECT_EQ(queue.size(), model.size());
}

}  // namespace
}  // namespace headway
