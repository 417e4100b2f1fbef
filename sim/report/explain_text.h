// Why a step takes as long as it does, as a page of text and as JSON.
#pragma once

#include <span>
#include <string>

#include "report/text.h"
#include "study/explanation.h"

namespace headway {

[[nodiscard]] Table worth_table(const Explanation& explanation);  // of every resource

[[nodiscard]] std::string explain_text(const Explanation& explanation, const TextStyle& style = {});

// One explanation: an object; several: a list.
[[nodiscard]] std::string explain_json(std::span<const Explanation> explanations);

}  // namespace headway
