// How well published measurements are predicted, as text.
#pragma once

#include <string>
#include <vector>

#include "report/text.h"
#include "study/uncertainty.h"
#include "study/validation.h"

namespace headway {

// The table that config/band_table.h reads.
[[nodiscard]] std::string error_band_csv(const std::vector<ErrorBand>& bands);

[[nodiscard]] std::string verdict_text(const ValidationScore& score);
[[nodiscard]] std::string order_text(const ValidationScore& score);  // how well layouts of one job are ranked
[[nodiscard]] Table cells_table(const ValidationScore& score);
[[nodiscard]] Table worst_table(const ValidationScore& score);
[[nodiscard]] Table skipped_table(const ValidationScore& score);  // reasons, the commonest first

[[nodiscard]] std::string validation_text(const ValidationScore& score, const TextStyle& style = {});

}  // namespace headway
