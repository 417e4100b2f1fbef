#include "engine/event_queue.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace headway {
namespace {

Event next(EventQueue& queue) {
  queue.advance();
  return queue.pop();
}

TEST(EventQueue, EqualTimesComeInOrderOfPushing) {
  EventQueue queue;
  queue.push(5, 1);
  queue.push(5, 2);
  queue.push(3, 3);
  EXPECT_EQ(next(queue).activity, 3U);
  EXPECT_EQ(next(queue).activity, 1U);
  EXPECT_EQ(next(queue).activity, 2U);
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, ATicketNamesItsEvent) {
  EventQueue queue;
  const std::uint32_t dropped = queue.push(7, 1), kept = queue.push(5, 1);
  EXPECT_NE(dropped, kept);
  EXPECT_EQ(next(queue).sequence, kept);
  EXPECT_EQ(next(queue).sequence, dropped);
}

TEST(EventQueue, AnInstantEndsWithItsLastEvent) {
  EventQueue queue;
  queue.push(5, 1);
  queue.push(9, 2);
  queue.advance();
  EXPECT_EQ(queue.now(), 5);
  EXPECT_TRUE(queue.more_now());
  EXPECT_EQ(queue.pop().activity, 1U);
  EXPECT_FALSE(queue.more_now());
  queue.push(5, 3);  // nothing is over before the queue goes on
  EXPECT_TRUE(queue.more_now());
  EXPECT_EQ(queue.pop().activity, 3U);
  queue.push(7, 4);
  EXPECT_EQ(next(queue).activity, 4U);
  EXPECT_EQ(next(queue).activity, 2U);
}

// Against a set ordered by (time, order of pushing), with steps from a picosecond to days and many ties.
TEST(EventQueueProperty, AgreesWithAnOrderedSet) {
  std::mt19937_64 random(3);
  EventQueue queue;
  std::multiset<std::pair<Instant, std::uint32_t>> model;
  for (std::uint32_t i = 0; i < 50000; ++i) {
    if (model.empty() || random() % 3 != 0) {
      const Instant time = queue.now() + static_cast<Instant>(random() % 4 << random() % 56);
      queue.push(time, i);
      model.emplace(time, i);  // i grows with the sequence number
    } else {
      const Event event = next(queue);
      ASSERT_EQ(queue.now(), event.time);
      ASSERT_EQ(event.time, model.begin()->first);
      ASSERT_EQ(event.activity, model.begin()->second);
      model.erase(model.begin());
    }
    ASSERT_EQ(queue.size(), model.size());
  }
}

}  // namespace
}  // namespace headway
