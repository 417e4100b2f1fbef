// What a group of devices can be asked to exchange.
//
// `bytes` of a collective follows nccl-tests: the full buffer. All-gather: the gathered result; reduce-scatter: the input;
// all-reduce: the buffer; all-to-all: what one member sends in total, its own part included; send_receive: the message.
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

}  // namespace headway
