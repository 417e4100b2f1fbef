#include "config/collective_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "config/row_networks.h"

namespace headway {

namespace {

// ---- What the words mean ------------------------------------------------------------------------------------------------------

// What a fabric's words say beyond the columns. The first entry whose fragment is part of the (lower-case) cell counts.
struct FabricWords {
  std::string_view fragment;
  std::string_view network;  // kind of adapters; "" where the words do not say
  int domain;                // devices of a whole rack on one switched network; 0: a node
  std::string_view lacks;    // what the catalogue has no values of
};
constexpr auto kFabrics = std::to_array<FabricWords>({
    {"efa", "", 0, "the catalogue has no link technology of AWS EFA adapters"},
    {"roce", "roce", 0, ""},
    {"rack + ib", "ib", 72, ""},  // racks of GB200 NVL72
    {"rack", "", 72, ""},
    {"ib", "ib", 0, ""},
});
constexpr FabricWords kPlainFabric{"", "", 0, ""};

// What was forced on the library, from in_switch_reduction. The first entry whose fragment is part of the (lower-case) cell counts;
// other words ("NVLS auto", "NCCL default") leave it to the library.
struct ForcedWords {
  std::string_view fragment;
  std::optional<Algorithm> algorithm;
  bool in_node_switches, in_fabric_switches;  // NVLink SHARP, InfiniBand SHARP
};
constexpr auto kForced = std::to_array<ForcedWords>({
    {"sharp", Algorithm::in_switch, true, true},
    {"nvlstree", Algorithm::in_switch_tree, true, false},
    {"ring", Algorithm::ring, true, false},
    {"off", std::nullopt, false, false},
    {"none", std::nullopt, false, false},
});
constexpr ForcedWords kNothingForced{"", std::nullopt, true, false};

// Names of kinds in use besides ours.
constexpr std::string_view kSendRecv = "send_recv";

std::optional<CollectiveKind> kind_in(const std::string& name) {
  if (name == kSendRecv) return CollectiveKind::send_receive;
  return value_of<CollectiveKind>(name);
}

template <class Table>
auto words_in(const Table& table, const std::string& cell) -> const typename Table::value_type* {
  for (const auto& entry : table)
    if (cell.find(entry.fragment) != std::string::npos) return &entry;
  return nullptr;
}

// ---- Rows ---------------------------------------------------------------------------------------------------------------------

constexpr auto kColumns = std::to_array<const char*>(
    {"device", "collective", "devices", "devices_per_node", "nic_gbps", "bytes", "time_us", "in_switch_reduction", "fabric"});

constexpr double kMostDevices = 1e7;  // a number beyond is a mistake in the table

class Reader {
 public:
  Reader(const CsvTable& table, const Catalogue& catalogue) : table_(table), catalogue_(catalogue), networks_(catalogue) {
    for (const std::string& name : catalogue.names(CatalogueKind::devices)) known_.insert(name);
  }

  MeasuredCollectives read() {
    for (const CsvRow& cells : table_.rows) {
      if (!is_whole(table_, cells, mistakes_)) continue;
      MeasuredCollective row;
      row.id = fmt::format("collectives-{}", cells.front().line);
      row.device = text(cells, "device");
      row.kind = text(cells, "collective");
      row.collective.mark = {table_.file, cells.front().line, 1};
      row.collective.bytes = Bytes(number(cells, "bytes"));
      row.collective.devices = count(cells, "devices");
      row.measured = Seconds(number(cells, "time_us") * 1e-6);
      row.what = fmt::format("{} {:.0f} B, {} devices", row.kind, row.collective.bytes.value(), row.collective.devices);
      try {
        complete(cells, row);
      } catch (const RowSkip& skip) {
        row.why = skip.why;
      }
      result_.rows.push_back(std::move(row));
    }
    mistakes_.throw_if_any();
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::string text(const CsvRow& cells, const char* column) const { return table_.text(cells, column); }
  double number(const CsvRow& cells, const char* column) {
    return positive_number(table_, cells, column, "", mistakes_).value_or(1.0);
  }

  int count(const CsvRow& cells, const char* column) {
    const double value = number(cells, column);
    if (value == std::floor(value) && value <= kMostDevices) return static_cast<int>(value);
    const CsvCell& cell = table_.cell(cells, column);
    mistakes_.error({table_.file, cell.line, cell.column}, fmt::format("{}: \"{}\" is no number of devices", column, cell.text));
    return 1;
  }

  void complete(const CsvRow& cells, MeasuredCollective& row) {
    const std::optional<CollectiveKind> kind = kind_in(row.kind);
    if (!kind) throw RowSkip{fmt::format("collective {} is not known", row.kind)};
    row.kind = name_of(*kind);
    row.collective.kind = *kind;
    if (row.collective.devices < 2) throw RowSkip{"one device exchanges nothing"};
    const ForcedWords* words = words_in(kForced, lower(text(cells, "in_switch_reduction")));
    const ForcedWords& forced = words != nullptr ? *words : kNothingForced;
    row.collective.forced.algorithm = forced.algorithm;
    row.cluster = cluster_index(cells, row, forced);
  }

  // Rows of one machine share their cluster.
  std::size_t cluster_index(const CsvRow& cells, MeasuredCollective& row, const ForcedWords& forced) {
    const auto known = std::tuple(row.device, row.collective.devices, text(cells, "devices_per_node"), text(cells, "nic_gbps"),
                                  text(cells, "fabric"), forced.in_node_switches, forced.in_fabric_switches);
    if (const auto at = indices_.find(known); at != indices_.end()) {
      row.assumed = assumed_[at->second];
      return at->second;
    }
    result_.clusters.push_back(cluster(cells, row));
    for (NetworkSpec& network : result_.clusters.back().networks)
      network.in_switch_reduction = joins_adapters(network.kind) ? forced.in_fabric_switches : forced.in_node_switches;
    assumed_.push_back(row.assumed);
    return indices_.emplace(known, result_.clusters.size() - 1).first->second;
  }

  Cluster cluster(const CsvRow& cells, MeasuredCollective& row) {
    if (!known_.contains(row.device)) throw RowSkip{fmt::format("device \"{}\" is not in the catalogue", row.device)};
    const Device& device = catalogue_.device(row.device);
    const FabricWords* words = words_in(kFabrics, lower(text(cells, "fabric")));
    const FabricWords& fabric = words != nullptr ? *words : kPlainFabric;
    const int node = count(cells, "devices_per_node");
    const int domain = std::max(node, fabric.domain), devices = row.collective.devices;
    if (devices > domain && !fabric.lacks.empty()) throw RowSkip{std::string(fabric.lacks)};
    Cluster cluster;
    cluster.name = cluster.title = fmt::format("{} x {}", devices, device.name);
    cluster.source = row.id;
    cluster.mark = row.collective.mark;
    cluster.devices_per_node = node;
    cluster.groups.push_back({device, (devices + node - 1) / node * node});
    if (domain > 1) cluster.networks = networks_.scale_up(device, node, domain);
    if (devices > domain) cluster.networks.push_back(scale_out(cells, device, node, fabric.network, row));
    return cluster;
  }

  NetworkSpec scale_out(const CsvRow& cells, const Device& device, int node, std::string_view kind, MeasuredCollective& row) {
    if (text(cells, "nic_gbps").empty()) throw RowSkip{"several nodes, but the row does not give nic_gbps"};
    const double rate = number(cells, "nic_gbps");
    NetworkSpec network = networks_.scale_out(device, node, rate, kind, row.collective.mark);
    row.assumed.push_back(fmt::format("network {} at {:g} Gb/s", network.technology.name, rate));
    return network;
  }

  const CsvTable& table_;
  const Catalogue& catalogue_;
  RowNetworks networks_;
  std::set<std::string> known_;
  std::map<std::tuple<std::string, int, std::string, std::string, std::string, bool, bool>, std::size_t> indices_;
  std::vector<std::vector<std::string>> assumed_;  // by cluster
  MeasuredCollectives result_;
  Diagnostics mistakes_;
};

}  // namespace

MeasuredCollectives measured_collectives(const CsvTable& table, const Catalogue& catalogue) {
  need_columns(table, kColumns, "a table of measured collectives");
  return Reader(table, catalogue).read();
}

}  // namespace headway
