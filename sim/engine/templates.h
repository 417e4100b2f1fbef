// The activities of a quotient, written out once: what a class's kernel, and what a call of a group class, asks of which resource.
//
// Resources are numbered: the quotient's shared ones first, then the local ones of every actor class.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "engine/activities.h"
#include "engine/fold.h"
#include "engine/program.h"

namespace headway {

[[nodiscard]] std::vector<std::int64_t> all_capacities(const Quotient& quotient, const std::vector<Program>& programs);

class Templates {
 public:
  Templates(const Quotient& quotient, const std::vector<std::vector<GroupCall>>& kinds, const std::vector<Program>& programs);

  // References stay valid.
  [[nodiscard]] const ActivityTemplate& local(std::uint32_t actor_class, std::uint32_t work) {
    const ActivityTemplate* known = local_[actor_class][work];
    return known != nullptr ? *known : make_local(actor_class, work);
  }
  [[nodiscard]] const ActivityTemplate& group(std::uint32_t group_class, std::uint32_t call) {
    const ActivityTemplate* known = group_[group_class][call];
    return known != nullptr ? *known : make_group(group_class, call);
  }

 private:
  const ActivityTemplate& make_local(std::uint32_t actor_class, std::uint32_t work);
  const ActivityTemplate& make_group(std::uint32_t group_class, std::uint32_t call);
  void add_local(std::vector<Draw>& draws, std::uint32_t actor_class, const LocalAmounts& amounts) const;

  const Quotient& q_;
  const std::vector<std::vector<GroupCall>>& kinds_;
  const std::vector<Program>& programs_;
  std::deque<ActivityTemplate> all_;
  std::vector<std::vector<const ActivityTemplate*>> local_;  // by actor class and work, made on first use
  std::vector<std::vector<const ActivityTemplate*>> group_;  // by group class and call
};

}  // namespace headway
