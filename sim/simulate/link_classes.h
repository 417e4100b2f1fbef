// Links that play the same part: "scale_out: device 17 out" is one of "scale_out: device out", "scale_out: leaf 3 up" of
// "scale_out: leaf up".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "network/fabric.h"

namespace headway {

// A link's name without its numbers.
[[nodiscard]] std::string link_class(const std::string& name);

struct LinkClasses {
  std::vector<std::string> names;       // in order of the links: inner networks before outer ones
  std::vector<std::uint32_t> class_of;  // by place in the list of links
};
[[nodiscard]] LinkClasses link_classes(const std::vector<LinkId>& links, const Fabric& fabric);

}  // namespace headway
