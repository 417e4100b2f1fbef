#include <algorithm>

#include "base/diagnostic.h"
#include "network/direct_links.h"
#include "network/switch_forest.h"

namespace headway {
namespace {

class Torus : public DirectLinks {
 public:
  Torus(const NetworkSpec& spec, const NetworkExtent& extent, const std::vector<Bandwidth>& ports) : domain_(extent.domain) {
    for (const int length : spec.shape) shape_.push_back(static_cast<std::uint32_t>(length));
    size_links(ports);
  }

  [[nodiscard]] std::size_t links() const override { return capacity_.size(); }
  [[nodiscard]] Bandwidth capacity(std::size_t link) const override { return capacity_[link]; }

  // "device 5 +x"
  [[nodiscard]] std::string name(std::size_t link) const override {
    const std::size_t way = link % ways();
    return "device " + std::to_string(link / ways()) + (way % 2 == 0 ? " +" : " -") + std::string(1, "xyz"[way / 2]);
  }

  [[nodiscard]] std::string ends(std::size_t) const override { return "device"; }

  void route(std::uint32_t from, std::uint32_t to, std::vector<DirectShare>& links) const override {
    std::uint32_t at = from, stride = 1;
    for (std::size_t dimension = 0; dimension < shape_.size(); ++dimension) {
      const std::uint32_t length = shape_[dimension];
      const std::uint32_t here = at % domain_ / stride % length, there = to % domain_ / stride % length;
      const std::uint32_t onwards = (there + length - here) % length, back = (length - onwards) % length;
      const double share = onwards == back ? 0.5 : 1.0;
      if (onwards <= back) walk(at, dimension, stride, onwards, true, share, links);
      if (back <= onwards) walk(at, dimension, stride, back, false, share, links);
      at = at - here * stride + there * stride;
      stride *= length;
    }
  }

  [[nodiscard]] std::vector<std::size_t> of_device(std::uint32_t device) const override {
    std::vector<std::size_t> own;
    std::uint32_t stride = 1;
    for (std::size_t dimension = 0; dimension < shape_.size(); ++dimension) {
      for (const bool forward : {true, false}) {
        own.push_back(link(device, dimension, forward));
        own.push_back(link(neighbour(device, dimension, stride, !forward), dimension, forward));  // that leads here
      }
      stride *= shape_[dimension];
    }
    return own;
  }

 private:
  [[nodiscard]] std::size_t ways() const { return 2 * shape_.size(); }
  [[nodiscard]] std::size_t link(std::uint32_t device, std::size_t dimension, bool forward) const {
    return device * ways() + 2 * dimension + (forward ? 0 : 1);
  }
  [[nodiscard]] std::uint32_t neighbour(std::uint32_t device, std::size_t dimension, std::uint32_t stride, bool forward) const {
    const std::uint32_t length = shape_[dimension], here = device % domain_ / stride % length;
    const std::uint32_t there = (here + (forward ? 1 : length - 1)) % length;
    return device - here * stride + there * stride;
  }
  void walk(std::uint32_t at, std::size_t dimension, std::uint32_t stride, std::uint32_t hops, bool forward, double share,
            std::vector<DirectShare>& links) const {
    for (; hops > 0; --hops, at = neighbour(at, dimension, stride, forward))
      links.push_back({link(at, dimension, forward), share});
  }

  // A link is as fast as the slower of the two ports it joins lets it be.
  void size_links(const std::vector<Bandwidth>& ports) {
    capacity_.resize(ports.size() * ways());
    std::uint32_t stride = 1;
    for (std::size_t dimension = 0; dimension < shape_.size(); ++dimension) {
      for (std::uint32_t device = 0; device < ports.size(); ++device)
        for (const bool forward : {true, false})
          capacity_[link(device, dimension, forward)] =
              std::min(ports[device], ports[neighbour(device, dimension, stride, forward)]) / static_cast<double>(ways());
      stride *= shape_[dimension];
    }
  }

  std::vector<std::uint32_t> shape_;
  std::uint32_t domain_;
  std::vector<Bandwidth> capacity_;
};

}  // namespace

std::unique_ptr<DirectLinks> torus_links(const NetworkSpec& spec, const NetworkExtent& extent,
                                         const std::vector<Bandwidth>& ports) {
  std::size_t size = 1;
  for (const int length : spec.shape) size *= static_cast<std::size_t>(length);
  if (ports.size() % size != 0)
    throw InputError({},
                     spec.name + ": " + std::to_string(ports.size()) + " devices do not fill tori of " + std::to_string(size));
  return std::make_unique<Torus>(spec, extent, ports);
}

}  // namespace headway
