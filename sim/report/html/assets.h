// Files that are built into the program (embed.cmake) and go into every page.
#pragma once

#include <string_view>

namespace headway {

extern const std::string_view kPageStyle;     // page.css
extern const std::string_view kPageScript;    // page.js
extern const std::string_view kChartLibrary;  // Apache ECharts; empty where it was not there to build in

}  // namespace headway
