// What interrupts a long run: sources of failure by component, each with how often one such component fails.
//
// While the job runs or restarts, failures of a component come as a Poisson process of rate 1 / `between`, those of the fleet at the
// sum of all rates: what a machine in its normal life does. New machines fail more often, and some nodes far more often than others; a source of its own says so.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/enum_names.h"
#include "base/quantity.h"
#include "base/sourced.h"

namespace headway {

// Of what there is more in a larger fleet. A device is a package, a link a package's port into the outermost network; the job itself
// (its software, the storage it depends on) is there once.
enum class FailsPer { device, node, link, job };

template <>
struct EnumNames<FailsPer> {
  static constexpr auto table = std::to_array<EnumName<FailsPer>>(
      {{FailsPer::device, "device"}, {FailsPer::node, "node"}, {FailsPer::link, "link"}, {FailsPer::job, "job"}});
};

struct FailureSource {
  std::string name;
  FailsPer per = FailsPer::device;
  Sourced<Seconds> between;  // mean time from one interruption to the next, of one component
  Sourced<double> repaired;  // share of its interruptions that take the node out until it is repaired; unknown: none
};

struct Reliability {
  std::string name, title;
  SourceMark mark;
  std::string note;
  std::vector<FailureSource> failures;
  std::map<std::string, std::string> sources;
};

// How many of each there are.
struct Fleet {
  int packages = 0, nodes = 0;

  [[nodiscard]] double count(FailsPer per) const { return per == FailsPer::job ? 1 : per == FailsPer::node ? nodes : packages; }
};

// A source, as the whole fleet feels it.
struct Hazard {
  std::string name;
  Hertz rate;
  double repaired = 0;
};

[[nodiscard]] std::vector<Hazard> hazards_of(const Reliability& reliability, const Fleet& fleet);
[[nodiscard]] Hertz total_rate(const std::vector<Hazard>& hazards);

}  // namespace headway
