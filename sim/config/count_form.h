// A plain count with an optional decimal suffix: 512, 1.5M, 15T.
#pragma once

#include "config/form.h"

namespace headway {

[[nodiscard]] inline Form<double> count() {
  return {[](const Node& node) -> std::optional<double> {
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            const UnitReading reading = read_count(node.tree().text);
            if (!reading.value) {
              node.error(reading.mistake);
              return std::nullopt;
            }
            if (!in_range(*reading.value, kPositive, node)) return std::nullopt;
            return reading.value;
          },
          any_of({Schema(Json{{"type", "number"}}),
                  Schema(Json{{"type", "string"}, {"pattern", "^ *[0-9.]+([eE][-+]?[0-9]+)? *[kMGTPE]? *$"}})})};
}

}  // namespace headway
