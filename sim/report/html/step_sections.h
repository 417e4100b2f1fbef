// Sections that pages about training steps share.
#pragma once

#include <string>
#include <vector>

#include "report/html/page.h"
#include "simulate/result.h"

namespace headway {

// `json`: where the result stands in the page's answer, "" or "/3".
[[nodiscard]] std::vector<Card> step_cards(const Result& result, const std::string& json);
// One bar for every result: seconds, shares and, of several, time per token.
void breakdown_chart(Page& page, const std::vector<const Result*>& results);
void breakdown_shares(Page& page, const Result& result, const std::string& json);
void memory_section(Page& page, const Result& result);
void assumptions_section(Page& page, const std::vector<std::string>& assumed);

}  // namespace headway
