#include "study/ordered_work.h"

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>

#include <utility>

namespace headway {

namespace {

constexpr std::size_t kAheadPerThread = 32;

}  // namespace

void run_in_order(const OrderedWork& work) {
  using Item = std::pair<std::size_t, std::string>;
  const std::size_t ahead = kAheadPerThread * tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  const auto next = tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& flow) {
    const std::optional<std::size_t> item = work.next();
    if (!item) flow.stop();
    return item.value_or(0);
  });
  const auto done = tbb::make_filter<std::size_t, Item>(tbb::filter_mode::parallel,
                                                        [&](std::size_t item) { return Item(item, work.work(item)); });
  const auto keep = tbb::make_filter<Item, void>(tbb::filter_mode::serial_in_order,
                                                 [&](const Item& item) { work.keep(item.first, item.second); });
  tbb::parallel_pipeline(ahead, next & done & keep);
}

}  // namespace headway
