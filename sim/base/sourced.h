// A number with its provenance. Every value of the catalogue says where it comes from and how far it can be trusted.
#pragma once

#include <array>
#include <string>

#include "base/enum_names.h"

namespace headway {

enum class Grade { measured, vendor, press, estimated };

template <>
struct EnumNames<Grade> {
  static constexpr auto table = std::to_array<EnumName<Grade>>(
      {{Grade::measured, "measured"}, {Grade::vendor, "vendor"}, {Grade::press, "press"}, {Grade::estimated, "estimated"}});
};

template <class T>
struct Sourced {
  T value{};
  Grade grade = Grade::estimated;
  std::string source;
  bool known = false;  // false: nobody has published it, and using it is an error that names it
};

}  // namespace headway
