// Typed indices: things are named by their position in a vector, and positions of different things do not mix.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace headway {

template <class Tag>
class TypedId {
 public:
  constexpr TypedId() = default;
  constexpr explicit TypedId(std::size_t index) : index_(static_cast<std::uint32_t>(index)) {}
  [[nodiscard]] constexpr std::uint32_t index() const { return index_; }
  [[nodiscard]] constexpr bool valid() const { return index_ != kInvalid; }
  friend constexpr auto operator<=>(TypedId, TypedId) = default;

 private:
  static constexpr std::uint32_t kInvalid = 0xffffffffU;
  std::uint32_t index_ = kInvalid;
};

// A vector that only its own kind of id can index.
template <class Id, class T>
class IdVector {
 public:
  IdVector() = default;
  explicit IdVector(std::size_t size, const T& fill = T()) : items_(size, fill) {}

  T& operator[](Id id) { return items_[id.index()]; }
  const T& operator[](Id id) const { return items_[id.index()]; }
  Id push_back(T item) {
    items_.push_back(std::move(item));
    return Id(items_.size() - 1);
  }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] bool empty() const { return items_.empty(); }
  void reserve(std::size_t n) { items_.reserve(n); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<T> items_;
};

}  // namespace headway

template <class Tag>
struct std::hash<headway::TypedId<Tag>> {
  std::size_t operator()(headway::TypedId<Tag> id) const noexcept { return id.index(); }
};
