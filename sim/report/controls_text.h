// Export-control classes for people: a table of many devices, or one device with every clause and how far each limit is.
#pragma once

#include <span>
#include <string>

#include "report/text.h"
#include "study/controls.h"

namespace headway {

[[nodiscard]] std::string controls_table(std::span<const ControlSheet> sheets, const TextStyle& style = {});
[[nodiscard]] std::string controls_text(const ControlSheet& sheet, const TextStyle& style = {});

}  // namespace headway
