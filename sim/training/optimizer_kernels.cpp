#include "training/optimizer_kernels.h"

namespace headway {
namespace {

Kernel sweep(std::string_view label, double parameters, Bytes each, double launches) {
  return {label, Streaming{parameters * each, StreamClass::optimizer}, launches};
}

}  // namespace

KernelList gradient_norm_kernels(const Recipe& recipe, double shard) {
  return {sweep("gradient_norm", shard, element_size(recipe.gradient), 4)};
}

KernelList adam_kernels(const Recipe& recipe, double shard, double held) {
  const Bytes gradient = element_size(recipe.gradient);
  const Bytes adam = gradient + 2 * element_size(recipe.master) + 4 * element_size(recipe.moment) + element_size(recipe.weight);
  return {sweep("gradient_clip", shard, 2 * gradient, 4), sweep("adam", shard, adam, 16),
          sweep("gradient_zero", held, gradient, 2)};
}

}  // namespace headway
