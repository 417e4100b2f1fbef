// Which operation of which rank class receives what another one sends.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/fold.h"
#include "simulate/communicators.h"
#include "simulate/labels.h"

namespace headway {

// `program_of_class[k]`: which rank program the ranks of class k run.
[[nodiscard]] std::vector<MessageLabel> message_labels(const Quotient& quotient,
                                                       const std::vector<std::uint32_t>& program_of_class,
                                                       const std::vector<RankProgram>& programs,
                                                       const Communicators& communicators);

}  // namespace headway
