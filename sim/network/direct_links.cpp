#include "network/direct_links.h"

namespace headway {

std::unique_ptr<DirectLinks> direct_links(const NetworkSpec& spec, const NetworkExtent& extent,
                                          const std::vector<Bandwidth>& ports) {
  if (spec.kind == NetworkKind::torus) return torus_links(spec, extent, ports);
  if (spec.kind == NetworkKind::dragonfly) return dragonfly_links(spec, extent, ports);
  return nullptr;
}

}  // namespace headway
