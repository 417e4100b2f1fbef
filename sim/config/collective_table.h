// A table of collectives as somebody timed them (CSV, one measurement a row), as bare collectives on clusters.
//
//   device, collective, devices, devices_per_node, nic_gbps, bytes, time_us, in_switch_reduction, fabric, source, note
//
// `bytes` is nccl-tests' size, the full buffer (work/collective_kind.h). nic_gbps is the rate of one device's adapter, blank within a
// node. in_switch_reduction and fabric are words; what they mean is decided in one table each, at the head of the source. A row
// that lacks something, or needs what the catalogue lacks, keeps the reason and no cluster.
#pragma once

#include "cluster/measured_collective.h"
#include "config/catalogue.h"
#include "config/csv.h"

namespace headway {

// Throws InputError with every mistake of the table: a missing column, a row of another length, a number that is none.
[[nodiscard]] MeasuredCollectives measured_collectives(const CsvTable& table, const Catalogue& catalogue);

}  // namespace headway
