// A timeline as a drawing of it needs: lanes of rank classes, slices of time with a colour and a name.
//
// Where a timeline has more operations than a page can show, slices are passes ("F 3") in place of operations; where it has more passes,
// a grid of time in which each cell has the colour of what filled most of it. Of many rank classes one a stage is shown, and of many
// stages some: `note` says what was left out.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>

#include "engine/timeline.h"
#include "report/text.h"
#include "simulate/labels.h"

namespace headway {

inline constexpr std::size_t kSlicesOfPage = 12000;  // all timelines of a page together

// {"span_s", "tick_s", "lanes": [..], "names": [..], "colours": [..], "note", "slices": [[lane, beside, from, to, colour, name], ..]}: times in
// ticks; beside: not on the compute stream.
[[nodiscard]] nlohmann::ordered_json timeline_series(const Timeline& timeline, const TimelineLabels& labels,
                                                     std::size_t most_slices);

// What the compute stream of every rank class does, as shares of the whole.
[[nodiscard]] Table timeline_table(const Timeline& timeline, const TimelineLabels& labels);

}  // namespace headway
