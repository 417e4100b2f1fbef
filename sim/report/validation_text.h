// How well published measurements are predicted, as text.
#pragma once

#include <string>

#include "report/text.h"
#include "study/validation.h"

namespace headway {

[[nodiscard]] std::string validation_text(const ValidationScore& score, const TextStyle& style = {});

}  // namespace headway
