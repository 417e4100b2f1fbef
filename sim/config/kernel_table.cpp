#include "config/kernel_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace headway {

namespace {

// ---- What the columns do not say ----------------------------------------------------------------------------------------------

// How a source measured. The first entry whose fragment is part of the (lower-case) source counts.
struct Practice {
  std::string_view source;
  ClockRegime regime;
  bool casts;  // low-precision products were timed with the casts of their activations
};
constexpr auto kPractices = std::to_array<Practice>({
    // operator tables of inference servers: the linear layer as the server calls it, casts included; short bursts in a CUDA graph,
    // but for vLLM 0.22, whose tables were repeated for a second and more while the board drew its power limit
    {"vllm/0.22", ClockRegime::power_limited, true},
    {"aiconfigurator", ClockRegime::burst, true},
    // a source that says so itself
    {"power-limit", ClockRegime::power_limited, false},
    {"power limit", ClockRegime::power_limited, false},
    {"sustained", ClockRegime::power_limited, false},
    // each kernel of a training step, timed inside Transformer Engine's modules
    {"simumax", ClockRegime::sustained, false},
    // everything else is a benchmark of one kernel in short bursts, operands already in their format
});
constexpr Practice kBareKernel{"", ClockRegime::burst, false};

// What a server does around a low-precision product: bytes it moves per element of the activation [m, k], and kernels it launches
// for that. The first entry whose fragments are part of source and precision counts.
struct Quantisation {
  std::string_view source, precision;
  double cast_bytes, launches;
  double host_us;           // time of the call at the least, where no CUDA graph hides the host
  std::string_view device;  // fragment of the device, for host times
};
constexpr auto kQuantisations = std::to_array<Quantisation>({
    // reads 2 bytes and writes 1; before that the maximum of the whole tensor, a pass of 2 bytes at half the rate of a cast
    // (1.28 of 3.35 TB/s on H100, 3.0 of 8 on B200) in three kernels: clear, reduce, turn into a scale
    {"trtllm", "fp8-tensorwise", 3 + 4, 4, 0, ""},
    // the same with the maximum in one kernel
    {"vllm", "fp8-tensorwise", 3 + 4, 2, 0, ""},
    // scales are found while casting, 4 bytes of scale for 128 elements; vLLM's Triton and CUTLASS paths of that version are
    // not captured in a graph, and the host's time shows: about 75 us on Hopper machines, 180 us on the Blackwell one
    {"trtllm", "fp8-blockwise", 3.03, 1, 0, ""},
    {"vllm", "fp8-blockwise", 3.03, 1, 180, "b200"},
    {"vllm", "fp8-blockwise", 3.03, 1, 75, ""},
    // reads 2 bytes, writes half a byte and 1/16 of scales; TensorRT-LLM finds the tensor's own scale first, which vLLM is given
    {"trtllm", "nvfp4", 2.56 + 1, 4, 0, ""},
    {"vllm", "nvfp4", 2.56, 1, 0, ""},
});

// How a column `precision` is multiplied.
struct Precision {
  std::string_view name;
  NumberFormat format;
  ScaleBlock scale;
};
constexpr auto kPrecisions = std::to_array<Precision>({{"bf16", NumberFormat::bf16, ScaleBlock::none},
                                                       {"fp16", NumberFormat::fp16, ScaleBlock::none},
                                                       {"tf32", NumberFormat::tf32, ScaleBlock::none},
                                                       {"fp8-tensorwise", NumberFormat::fp8, ScaleBlock::tensor},
                                                       {"fp8-rowwise", NumberFormat::fp8, ScaleBlock::row},
                                                       {"fp8-blockwise", NumberFormat::fp8, ScaleBlock::block},
                                                       {"mxfp8", NumberFormat::fp8, ScaleBlock::micro},
                                                       {"nvfp4", NumberFormat::fp4, ScaleBlock::micro}});

// Which entry of Device::attention a kernel's name means. The first entry whose fragment is part of the (lower-case) name counts.
struct Implementation {
  std::string_view fragment, name;
};
constexpr auto kImplementations = std::to_array<Implementation>({
    {"triton", ""},                 // no device has rates of a Triton kernel
    {"torch_flow_flashinfer", ""},  // TensorRT-LLM's way out for head sizes of 512: no device has rates of it
    {"torch_flow", "trtllm"},       // TensorRT-LLM's own kernels behind its PyTorch flow
    {"flashinfer", "flashinfer"},   // vLLM through FlashInfer
    {"vllm_flash_attn_fa4", ""},    // FlashAttention-4 on Hopper, used for head sizes of 512 alone
    {"fa3", "flash3"},              // FlashAttention-3, in papers and servers
    {"cudnn", "flash3"},            // the class of kernel cuDNN's belongs to on Hopper and later
    {"fa2", "flash2"},              // FlashAttention-2
    {"vllm_flash_attn", "flash2"},  // vLLM's fork of it on Ampere
    {"flash_attention", "flash2"},  // SGLang's name for it on Ampere
});

// ---- Rows ---------------------------------------------------------------------------------------------------------------------

// Why a row cannot be predicted; never leaves this file.
struct Skip {
  std::string why;
};

// Products with every dimension of at least so much are scored apart from smaller ones, which fixed costs rule.
constexpr double kLarge = 512;

class Reader {
 public:
  Reader(const CsvTable& table, const Catalogue& catalogue, std::string kind)
      : table_(table), catalogue_(catalogue), kind_(std::move(kind)) {
    for (const std::string& name : catalogue.names(CatalogueKind::devices)) known_.insert(name);
  }

  // `read` fills a row from its cells or throws Skip.
  template <class Read>
  MeasuredKernels rows(Read read) {
    MeasuredKernels result;
    for (const CsvRow& cells : table_.rows) {
      if (!is_whole(table_, cells, mistakes_)) continue;
      MeasuredKernel row;
      row.id = fmt::format("{}-{}", kind_, cells.front().line);
      row.device = table_.text(cells, "device");
      if (const auto time = positive_number(table_, cells, "time_us", "microseconds", mistakes_))
        row.measured = Seconds(*time * 1e-6);
      try {
        read(cells, row);
        row.device_index = device_index(row.device, result.devices);
      } catch (const Skip& skip) {
        row.why = skip.why;
      }
      result.rows.push_back(std::move(row));
    }
    mistakes_.throw_if_any();
    return result;
  }

  double size(const CsvRow& cells, const char* column) {
    return positive_number(table_, cells, column, "", mistakes_).value_or(1.0);
  }

  const Device& device(const std::string& name) const {
    if (!known_.contains(name)) throw Skip{fmt::format("device \"{}\" is not in the catalogue", name)};
    return catalogue_.device(name);
  }

  [[nodiscard]] const Precision& precision(const CsvRow& cells, const Device& device) const {
    const std::string name = table_.text(cells, "precision");
    const auto found = std::find_if(kPrecisions.begin(), kPrecisions.end(), [&](const Precision& p) { return p.name == name; });
    if (found == kPrecisions.end()) throw Skip{fmt::format("precision {} is not known", name)};
    if (!device.supports(found->format)) throw Skip{fmt::format("{} does not multiply {}", device.name, name_of(found->format))};
    return *found;
  }

  [[nodiscard]] Practice practice(const CsvRow& cells) const {
    const std::string source = lower(table_.text(cells, "source"));
    for (const Practice& practice : kPractices)
      if (source.find(practice.source) != std::string::npos) return practice;
    return kBareKernel;
  }

  [[nodiscard]] std::string text(const CsvRow& cells, const char* column) const { return table_.text(cells, column); }

 private:
  std::size_t device_index(const std::string& name, std::vector<Device>& devices) {
    const auto [at, fresh] = indices_.try_emplace(name, devices.size());
    if (fresh) devices.push_back(catalogue_.device(name));
    return at->second;
  }

  const CsvTable& table_;
  const Catalogue& catalogue_;
  std::string kind_;
  std::set<std::string> known_;
  std::map<std::string, std::size_t> indices_;
  Diagnostics mistakes_;
};

void add_quantisation(MeasuredKernel& row, const std::string& source, const std::string& precision, double elements) {
  for (const Quantisation& q : kQuantisations) {
    if (source.find(q.source) == std::string::npos || precision != q.precision || row.device.find(q.device) == std::string::npos)
      continue;
    row.host = Seconds(q.host_us * 1e-6);
    row.kernels.push_back(
        {"quantise", Streaming{Bytes(elements * q.cast_bytes / q.launches), StreamClass::cast}, q.launches, q.launches});
    return;
  }
}

// A weight gradient is known by the operands it says it accumulates.
GemmPass pass_of(const std::string& note) {
  return note.find("out=fp32") != std::string::npos ? GemmPass::weight_gradient : GemmPass::forward;
}

std::string_view implementation_of(const std::string& kernel) {
  for (const Implementation& entry : kImplementations)
    if (kernel.find(entry.fragment) != std::string::npos) return entry.name;
  return "";
}

std::vector<AttentionPass> passes_of(const std::string& text) {
  if (text == "fwd") return {AttentionPass::forward};
  if (text == "bwd") return {AttentionPass::backward};
  if (text == "fwd+bwd") return {AttentionPass::forward, AttentionPass::backward};
  throw Skip{fmt::format("pass \"{}\" is not fwd, bwd or fwd+bwd", text)};
}

constexpr auto kGemmColumns = std::to_array<const char*>({"device", "precision", "m", "n", "k", "time_us", "source"});
constexpr auto kAttentionColumns = std::to_array<const char*>(
    {"device", "precision", "pass", "kernel", "batch", "heads", "kv_heads", "seq", "head_dim", "causal", "time_us", "source"});
constexpr auto kTableColumns = std::to_array<const char*>({"format", "m", "n", "k", "time_us"});

}  // namespace

MeasuredKernels measured_gemms(const CsvTable& table, const Catalogue& catalogue) {
  need_columns(table, kGemmColumns, "a table of measured matrix products");
  Reader reader(table, catalogue, "gemm");
  return reader.rows([&](const CsvRow& cells, MeasuredKernel& row) {
    const double m = reader.size(cells, "m"), n = reader.size(cells, "n"), k = reader.size(cells, "k");
    const std::string name = reader.text(cells, "precision");
    const std::string layout = reader.text(cells, "layout");
    row.what = fmt::format("{} {:g} x {:g} x {:g}{}{}", name, m, n, k, layout.empty() ? "" : ", ", layout);
    row.group = name + (std::min({m, n, k}) >= kLarge ? "" : " (a dimension below 512)");
    const Precision& precision = reader.precision(cells, reader.device(row.device));
    const Practice practice = reader.practice(cells);
    row.regime = practice.regime;
    Gemm gemm{m, n, k};
    gemm.format = precision.format;
    gemm.scale = precision.scale;
    gemm.pass = pass_of(reader.text(cells, "note"));
    if (gemm.pass == GemmPass::weight_gradient) gemm.output = NumberFormat::fp32;
    row.kernels.push_back({"gemm", gemm});
    if (practice.casts) add_quantisation(row, lower(reader.text(cells, "source")), name, m * k);
  });
}

MeasuredKernels measured_attentions(const CsvTable& table, const Catalogue& catalogue) {
  need_columns(table, kAttentionColumns, "a table of measured attention kernels");
  Reader reader(table, catalogue, "attention");
  return reader.rows([&](const CsvRow& cells, MeasuredKernel& row) {
    Attention shape;
    shape.batch = reader.size(cells, "batch");
    shape.heads = reader.size(cells, "heads");
    shape.kv_heads = reader.size(cells, "kv_heads");
    shape.q_length = shape.kv_length = reader.size(cells, "seq");
    shape.qk_dim = shape.v_dim = reader.size(cells, "head_dim");
    shape.causal = reader.text(cells, "causal") == "1";
    const std::string kernel = reader.text(cells, "kernel"), pass = reader.text(cells, "pass");
    row.what = fmt::format("{} {} {:g} x {:g} heads ({:g}) x {:g} x {:g}{}", kernel, pass, shape.batch, shape.heads,
                           shape.kv_heads, shape.q_length, shape.qk_dim, shape.causal ? ", causal" : "");
    const Device& device = reader.device(row.device);
    shape.format = reader.precision(cells, device).format;
    row.attention = implementation_of(lower(kernel));
    if (!device.attention.contains(row.attention))
      throw Skip{fmt::format("{} has no rates of the attention kernel {}", row.device, kernel)};
    row.group = row.attention + " " + pass;
    row.regime = reader.practice(cells).regime;
    for (const AttentionPass each : passes_of(pass)) {
      shape.pass = each;
      row.kernels.push_back({"attention", shape});
    }
  });
}

GemmTable device_gemm_table(const CsvTable& table) {
  need_columns(table, kTableColumns, "a device's table of matrix products");
  std::vector<MeasuredGemm> rows;
  Diagnostics mistakes;
  for (const CsvRow& cells : table.rows) {
    if (!is_whole(table, cells, mistakes)) continue;
    const auto complain = [&](const char* column, const std::string& message) {
      const CsvCell& cell = table.cell(cells, column);
      mistakes.error({table.file, cell.line, cell.column}, fmt::format("{}: {}", column, message));
    };
    MeasuredGemm row;
    const std::string format = table.text(cells, "format"), pass = table.text(cells, "pass");
    const auto known = value_of<NumberFormat>(format);
    if (!known)
      complain("format", fmt::format("\"{}\" is no number format{}", format, did_you_mean(format, all_names<NumberFormat>())));
    row.format = known.value_or(NumberFormat::bf16);
    const auto known_pass = value_of<GemmPass>(pass.empty() ? "forward" : pass);
    if (!known_pass) complain("pass", fmt::format("\"{}\" is no pass{}", pass, did_you_mean(pass, all_names<GemmPass>())));
    row.pass = known_pass.value_or(GemmPass::forward);
    const auto number = [&](const char* column, const char* unit) {
      return positive_number(table, cells, column, unit, mistakes).value_or(1.0);
    };
    row.m = number("m", "");
    row.n = number("n", "");
    row.k = number("k", "");
    row.time = Seconds(number("time_us", "microseconds") * 1e-6);
    rows.push_back(row);
  }
  mistakes.throw_if_any();
  return GemmTable(rows, table.file);
}

}  // namespace headway
