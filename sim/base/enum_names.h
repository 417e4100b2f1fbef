// One table per enumeration: enumerators and the words of YAML and JSON spell alike.
//
//   template <> struct EnumNames<Shape> {
//     static constexpr auto table = std::to_array<EnumName<Shape>>({{Shape::ring, "ring"}, {Shape::tree, "tree"}});
//   };
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headway {

template <class E>
struct EnumName {
  E value;
  std::string_view name;
};

template <class E>
struct EnumNames;

template <class E>
constexpr std::string_view name_of(E value) {
  for (const auto& entry : EnumNames<E>::table)
    if (entry.value == value) return entry.name;
  return "?";
}

template <class E>
constexpr std::optional<E> value_of(std::string_view name) {
  for (const auto& entry : EnumNames<E>::table)
    if (entry.name == name) return entry.value;
  return std::nullopt;
}

template <class E>
std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (const auto& entry : EnumNames<E>::table) names.emplace_back(entry.name);
  return names;
}

}  // namespace headway
