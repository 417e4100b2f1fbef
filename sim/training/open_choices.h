// Which choices of a plan a search may make; the others stay as they are written.
#pragma once

namespace headway {

struct OpenChoices {
  bool layout = false;  // the parallel degrees and virtual stages; without it nothing is open
  bool microbatch = true, schedule = true, sharding = true, recompute = true;
};

}  // namespace headway
