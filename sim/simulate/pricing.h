// Segments of a rank program, priced on a device: the engine programs that run there.
//
// A segment takes the larger of its kernels' device time and the host's time to launch them (launches x host_per_kernel), plus
// its serial host time. While it runs it uses all multiprocessors and its mean memory bandwidth, so that a communication beside it
// that holds multiprocessors or moves memory slows it down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "engine/program.h"
#include "hardware/device.h"
#include "training/rank_program.h"
#include "training/software.h"

namespace headway {

// Local resource numbers of a device and the unit their amounts are counted in.
inline constexpr std::size_t kMultiprocessors = 0;  // in 10^-9 multiprocessors
inline constexpr std::size_t kMemory = 1;           // in bytes per second
inline constexpr double kPerMultiprocessor = 1e9;

struct DeviceKind {
  const Device* device = nullptr;
  double speed = 1.0;  // of its kernels; below 1 for a slow device
};

struct SegmentPrice {
  Seconds time;  // stand-alone, host included
  Bytes traffic;
};

// The attention implementation this software runs on this device. Throws InputError when the device's file has none of them.
[[nodiscard]] std::string attention_on(const Device& device, const Software& software);

[[nodiscard]] SegmentPrice price(const Segment& segment, const DeviceKind& kind, const Software& software);

// How many matrix products of the programs, on each kind of device, its own table of measured products answers.
void count_table_use(const Cluster& cluster, const std::vector<RankProgram>& programs, std::uint64_t& hits,
                     std::uint64_t& misses);

[[nodiscard]] LocalAmounts local_capacity(const Device& device);

}  // namespace headway
