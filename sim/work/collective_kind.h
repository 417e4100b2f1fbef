// What a group of devices can be asked to exchange.
//
// `bytes` of a collective follows nccl-tests: the full buffer. All-gather: the gathered result; reduce-scatter: the input;
// all-reduce and broadcast: the buffer; all-to-all: what one member sends in total, its own part included; send_receive: the message.
//
// Bandwidths follow nccl-tests too: algbw = bytes / time, and busbw = algbw x bus_factor, what an ideal ring would put on each
// member's link, so that numbers of members and kinds can be held against one another and against the link.
#pragma once

#include <array>

#include "base/enum_names.h"

namespace headway {

enum class CollectiveKind { all_reduce, all_gather, reduce_scatter, all_to_all, broadcast, send_receive };

template <>
struct EnumNames<CollectiveKind> {
  static constexpr auto table = std::to_array<EnumName<CollectiveKind>>({{CollectiveKind::all_reduce, "all_reduce"},
                                                                         {CollectiveKind::all_gather, "all_gather"},
                                                                         {CollectiveKind::reduce_scatter, "reduce_scatter"},
                                                                         {CollectiveKind::all_to_all, "all_to_all"},
                                                                         {CollectiveKind::broadcast, "broadcast"},
                                                                         {CollectiveKind::send_receive, "send_receive"}});
};

constexpr double bus_factor(CollectiveKind kind, int members) {
  const double others = static_cast<double>(members - 1) / members;
  switch (kind) {
    case CollectiveKind::all_reduce: return 2 * others;
    case CollectiveKind::all_gather:
    case CollectiveKind::reduce_scatter:
    case CollectiveKind::all_to_all: return others;
    case CollectiveKind::broadcast:
    case CollectiveKind::send_receive: return 1;
  }
  return 1;
}

}  // namespace headway
