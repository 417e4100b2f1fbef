// The weeks, the power and the bill of a training run, where a scenario asks for them.
#pragma once

#include <string>

#include "report/answer.h"
#include "report/html/page.h"

namespace headway {

// `json`: where the answer stands in the page's, "" or "/3".
void weeks_sections(Page& page, const TrainingAnswer& answer, const std::string& json);

}  // namespace headway
