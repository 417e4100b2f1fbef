// A collective by itself: one exchange between devices of an idle cluster, as nccl-tests times it.
#pragma once

#include "base/diagnostic.h"
#include "base/quantity.h"
#include "work/collective_algorithm.h"
#include "work/collective_kind.h"

namespace headway {

struct BareCollective {
  SourceMark mark;  // where it is asked for
  CollectiveKind kind = CollectiveKind::all_reduce;
  Bytes bytes;      // as in work/collective_kind.h
  int devices = 0;  // that take part: the first of the cluster, at least two
  ForcedChoice forced;
};

}  // namespace headway
