#include "hardware/device.h"

namespace headway {

InputError unpublished(const Device& device, const std::string& key) {
  return {device.mark, device.name + ": no published value for \"" + key + "\"; give one in the device file, or in the scenario" +
                           ", as by --set 'cluster.device." + key + "=VALUE'"};
}

double require_share(const Sourced<double>& value, const Device& device, const char* key) {
  const double share = require(value, device, key);
  if (!(share > 0.0 && share <= 1.0))
    throw InputError(device.mark, device.name + ": \"" + key + "\" is a share and must lie in (0, 1]");
  return share;
}

void require_published(const Device& device, const std::set<NumberFormat>& formats, Diagnostics& diagnostics) {
  const auto report = [&](const InputError& error) {
    for (const Diagnostic& mistake : error.diagnostics()) diagnostics.error(mistake.where, mistake.message);
  };
  for (const NumberFormat format : formats) {
    try {
      (void)require_format(format, device);
    } catch (const InputError& error) {
      report(error);
    }
  }
  if (!device.memory.known) report(unpublished(device, "memory"));
  if (!device.memory_bandwidth.known) report(unpublished(device, "memory_bandwidth"));
}

const MatrixRate& require_format(NumberFormat format, const Device& device) {
  const auto rate = device.matrix.find(format);
  if (rate != device.matrix.end()) {
    if (!rate->second.peak.known) throw unpublished(device, "matrix." + std::string(name_of(format)) + ".peak");
    return rate->second;
  }
  std::string known;
  for (const auto& [name, unused] : device.matrix) known += (known.empty() ? "" : ", ") + std::string(name_of(name));
  throw InputError(device.mark, device.name + ": does not multiply " + std::string(name_of(format)) +
                                    " (its formats: " + (known.empty() ? "none given" : known) + ")");
}

}  // namespace headway
