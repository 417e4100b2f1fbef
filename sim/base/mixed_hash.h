// Numbers that look random and are the same on every machine: the finaliser of SplitMix64 (Steele, Lea & Flood 2014).
#pragma once

#include <cstdint>

namespace headway {

[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

// Of a sequence, the next value mixed into what came before.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t before, std::uint64_t next) { return mixed(before ^ mixed(next)); }

}  // namespace headway
