// Many independent items worked on in parallel (oneTBB), their results handed on in order.
//
// `next` is asked one item at a time, in order; `work` runs on any thread; `keep` gets every result one at a time, in the order in
// which `next` named the items, as soon as it and all before it are done. At most a fixed number of results wait for an earlier
// one, so memory does not grow with the number of items. What `work` throws ends the whole.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace headway {

struct OrderedWork {
  std::function<std::optional<std::size_t>()> next;  // nothing: no more
  std::function<std::string(std::size_t)> work;
  std::function<void(std::size_t, const std::string&)> keep;
};

void run_in_order(const OrderedWork& work);

}  // namespace headway
