// Published training runs (CSV, one row each) as clusters and plans that can be simulated.
//
// The columns are found by the header, in any order; columns not listed here are carried along unread:
//   id, tier, model, layers, hidden, ffn, gated_mlp, heads, kv_heads, head_dim, attention, vocab, experts, seq, global_batch, microbatch,
//   device, devices, devices_per_node, scale_up_domain, nic_gbps, tp, sp, pp, vpp, cp, ep, dp, sharding, precision, recompute,
//   schedule, framework, and what was measured: step_seconds, or peak_gib (peak allocated memory, maximum over ranks)
// and, where a table has them: note (settings it quotes: config/row_note.h), top_k, moe_ffn, shared_experts, dense_layers, ep, etp
//
// A blank cell takes the default of the software named under `framework`, a blank `nic_gbps` the adapters of the device's first
// cluster in the catalogue, and the row says so under `assumed`. A row that this version cannot express, or that contradicts itself,
// keeps no cluster and no plan but the reason.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "cluster/cluster.h"
#include "config/catalogue.h"
#include "config/csv.h"
#include "training/plan.h"

namespace headway {

enum class RunMeasure { step_time, peak_memory };

struct PublishedRun {
  SourceMark mark;                       // the row's first character
  std::string id, tier, source, device;  // source: the part of id before the first '-'
  double measured = 0;                   // seconds, or GiB
  std::optional<Cluster> cluster;        // both set, or `why` names what the row lacks
  std::optional<TrainingPlan> plan;
  std::string why;
  std::vector<std::string> assumed;
};

// Throws InputError with file:line:column where the file is no such table: broken quoting, a row of another length than the header,
// a missing column, a repeated id, a measurement that is no positive number.
[[nodiscard]] std::vector<PublishedRun> published_runs(const CsvTable& table, RunMeasure measured, const Catalogue& catalogue);

// Step times from text; `file` names it in errors.
[[nodiscard]] std::vector<PublishedRun> parse_published_runs(std::string_view text, const std::string& file,
                                                             const Catalogue& catalogue);

}  // namespace headway
