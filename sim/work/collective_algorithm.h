// How a collective can be run: the algorithm that routes its bytes and the protocol that moves them. The model of each is in
// collective/collective.h; here are the names, for whoever has to ask for one.
#pragma once

#include <array>
#include <optional>

#include "base/enum_names.h"
#include "work/collective_kind.h"

namespace headway {

enum class Algorithm { ring, hierarchical, in_switch, in_switch_tree, pairwise, direct };
enum class Protocol { simple, low_latency };

template <>
struct EnumNames<Algorithm> {
  static constexpr auto table = std::to_array<EnumName<Algorithm>>({{Algorithm::ring, "ring"},
                                                                    {Algorithm::hierarchical, "hierarchical"},
                                                                    {Algorithm::in_switch, "in_switch"},
                                                                    {Algorithm::in_switch_tree, "in_switch_tree"},
                                                                    {Algorithm::pairwise, "pairwise"},
                                                                    {Algorithm::direct, "direct"}});
};
template <>
struct EnumNames<Protocol> {
  static constexpr auto table =
      std::to_array<EnumName<Protocol>>({{Protocol::simple, "simple"}, {Protocol::low_latency, "low_latency"}});
};

// Whether there is such an algorithm for this kind at all; the members' places may still rule it out.
constexpr bool performs(Algorithm algorithm, CollectiveKind kind) {
  const bool exchange = kind == CollectiveKind::all_to_all, message = kind == CollectiveKind::send_receive;
  switch (algorithm) {
    case Algorithm::ring: return !exchange && !message;
    case Algorithm::hierarchical: return kind == CollectiveKind::all_reduce || exchange;
    case Algorithm::in_switch: return !exchange && !message && kind != CollectiveKind::broadcast;
    case Algorithm::in_switch_tree: return kind == CollectiveKind::all_reduce;
    case Algorithm::pairwise: return exchange;
    case Algorithm::direct: return message;
  }
  return false;
}

// Messages are always sent in whole slices.
constexpr bool performs(Protocol protocol, CollectiveKind kind) {
  return protocol == Protocol::simple || kind != CollectiveKind::send_receive;
}

// What switches reduce and multicast comes without flags.
constexpr bool performs(Protocol protocol, Algorithm algorithm) {
  return protocol == Protocol::simple || (algorithm != Algorithm::in_switch && algorithm != Algorithm::in_switch_tree);
}

// What the user decides in the library's place (NCCL_ALGO and NCCL_PROTO); what is left out is the library's choice.
struct ForcedChoice {
  std::optional<Algorithm> algorithm;
  std::optional<Protocol> protocol;
};

}  // namespace headway
