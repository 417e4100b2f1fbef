#include "report/pass_names.h"

#include <fmt/format.h>

#include <algorithm>

namespace headway {

std::vector<std::string> pass_names(const std::vector<Pass>& passes) {
  const bool chunks = std::any_of(passes.begin(), passes.end(), [](const Pass& pass) { return pass.chunk > 0; });
  const bool split = has_split_passes(passes);
  std::vector<std::string> names;
  for (const Pass& pass : passes)
    names.push_back(
        fmt::format("{} {}{} ", letter(pass.kind, split), pass.microbatch, chunks ? fmt::format(".{}", pass.chunk) : ""));
  for (std::size_t i = 0; i + 1 < names.size(); ++i)
    if (passes[i].with_next) names[i] += "& " + names[i + 1];
  return names;
}

}  // namespace headway
