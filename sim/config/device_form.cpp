#include <filesystem>

#include "config/file_forms.h"
#include "config/kernel_table.h"
#include "hardware/efficiency.h"

namespace headway {

namespace {

Form<MatrixRate> matrix_rate() {
  return Record<MatrixRate>()
      .optional("peak", &MatrixRate::peak, sourced(quantity<FlopRate>()), "dense, vendor figure: the denominator of MFU")
      .optional("gemm_fraction", &MatrixRate::gemm_fraction, sourced(number(kShare)),
                "of peak, that large GEMMs reach in a short burst")
      .optional("gemm_knee", &MatrixRate::gemm_knee, sourced(number({.least = 1})), "how sharp the knee of the roofline is")
      .optional("gemm_floor", &MatrixRate::gemm_floor, sourced(quantity<Seconds>(kNotNegative)), "the shortest GEMM")
      .optional("block_scaled_share", &MatrixRate::block_scaled_share, sourced(number(kShare)),
                "of that rate, with a scale per block inside the product")
      .form();
}

Form<AttentionRate> attention_rate() {
  return Record<AttentionRate>()
      .optional("forward_fraction", &AttentionRate::forward_fraction, sourced(number(kShare)),
                "asymptotic share of the dense peak, head size 128")
      .optional("backward_fraction", &AttentionRate::backward_fraction, sourced(number(kShare)), "the same for the backward pass")
      .optional("half_length", &AttentionRate::half_length, sourced(number(kNotNegative)),
                "sequence length at which half of it is reached, causal")
      .optional("uneven_head_share", &AttentionRate::uneven_head_share, sourced(number(kShare)),
                "share of its rate where queries and keys have another head size than values")
      .optional("softmax_share", &AttentionRate::softmax_share, sourced(number(kShareOrNone)),
                "of a long forward kernel, the time spent on the softmax")
      .optional("floor", &AttentionRate::floor, sourced(quantity<Seconds>(kNotNegative)),
                "the shortest kernel; gemm_floor where left out")
      .form();
}

// The name of a CSV file beside the device's own, read at once.
Form<GemmTable> gemm_table_file() {
  const Form<std::string> name = text();
  return {[read = name.read](const Node& node) -> std::optional<GemmTable> {
            const std::optional<std::string> file = read(node);
            if (!file) return std::nullopt;
            const std::filesystem::path beside = std::filesystem::path(node.tree().mark.file).parent_path() / *file;
            if (std::error_code error; !std::filesystem::is_regular_file(beside, error)) {
              node.error("no table \"" + *file + "\" beside this file");
              return std::nullopt;
            }
            try {
              return device_gemm_table(read_csv(beside.string()));
            } catch (const InputError& error) {
              for (const Diagnostic& mistake : error.diagnostics())
                node.session().diagnostics.error(mistake.where, mistake.message);
              return std::nullopt;
            }
          },
          name.schema};
}

Form<double> area() { return unit_value(UnitKind::area, kPositive); }

// A device that stands for its class: one with efficiencies of its own.
Form<Device> class_device() {
  return {[](const Node& node) -> std::optional<Device> {
            if (!node.expect(Tree::Kind::text)) return std::nullopt;
            Session& session = node.session();
            const std::string& name = node.tree().text;
            const auto path = session.files.find(CatalogueKind::devices, name, node.tree().mark.file);
            const std::optional<Tree> file = path ? session.load(*path) : std::nullopt;
            if (!path) node.error(session.files.not_found(CatalogueKind::devices, name));
            if (!file) return std::nullopt;
            const auto tree = session.files.resolve(CatalogueKind::devices, *file, "", session.diagnostics);
            if (!tree) return std::nullopt;
            if (const Tree* borrowed = tree->find("efficiency")) {
              const Tree* lender = borrowed->find("like");
              node.error("\"" + name + "\" has no efficiencies of its own" +
                         (lender != nullptr && lender->is_text() ? ": it takes those of \"" + lender->text + "\"" : ""));
              return std::nullopt;
            }
            return read_file(CatalogueKind::devices, device_form(), *path, session);
          },
          text().schema};
}

struct EfficiencyClass {
  Device like;
  std::string source;
  std::string grade;
};

Form<EfficiencyClass> efficiency() {
  using E = EfficiencyClass;
  return Record<E>()
      .required("like", &E::like, class_device(), "a device that stands for the class")
      .required("source", &E::source, source_key(), "why it is alike: a key under sources")
      .required("grade", &E::grade, word_of({"estimated"}), "estimated, whatever it is at home")
      .form();
}

Form<Device> make_device_form() {
  return Record<Device>()
      .required("title", &Device::title, text(), "full product name")
      .required("vendor", &Device::vendor, text(), "who makes it")
      .optional("memory", &Device::memory, sourced(quantity<Bytes>()), "capacity")
      .optional("memory_bandwidth", &Device::memory_bandwidth, sourced(quantity<Bandwidth>()), "vendor figure")
      .optional("matrix", &Device::matrix, by_name<NumberFormat>(matrix_rate()), "matrix multiplication by number format")
      .optional("attention", &Device::attention, by_any_name(attention_rate()), "fused attention by implementation")
      .optional("gemm_memory_fraction", &Device::gemm_memory_fraction, sourced(number(kShare)),
                "of memory_bandwidth inside GEMMs")
      .optional("stream_fraction", &Device::stream_fraction, by_name<StreamClass>(sourced(number(kShare))),
                "of memory_bandwidth, by class of memory-bound kernel")
      .optional("stream_floor", &Device::stream_floor, sourced(quantity<Seconds>(kNotNegative)),
                "the shortest memory-bound kernel")
      .optional("gemm_table", &Device::gemm_table, gemm_table_file(),
                "measured products that override the formula: a CSV file beside this one, columns format, m, n, k, time_us, pass")
      .optional("power_limited_clock", &Device::power_limited_clock, sourced(number(kShare)),
                "burst rate that survives when one kernel runs alone at the power cap for a second and more")
      .optional("sustained_clock", &Device::sustained_clock, sourced(number(kShare)),
                "burst rate that survives at the power cap in training")
      .optional("weight_gradient_slowdown", &Device::weight_gradient_slowdown, sourced(number({.least = 1})),
                "time of a weight-gradient GEMM over the forward one of equal shape")
      .optional("multiprocessors", &Device::multiprocessors, sourced(integer(1)), "SMs, CUs, cores")
      .optional("scale_up", &Device::scale_up, sourced(quantity<Bandwidth>()), "port into the scale-up network, per direction")
      .optional("scale_up_technology", &Device::scale_up_technology, text(), "a name in topologies/links")
      .optional("scale_out", &Device::scale_out, sourced(quantity<Bandwidth>()),
                "port into the scale-out network on the device itself, per direction")
      .optional("host_link", &Device::host_link, sourced(quantity<Bandwidth>(kNotNegative)),
                "PCIe or the like, per direction; left out where scale_up is that link")
      .optional("dies_per_package", &Device::dies_per_package, integer(1, 16), "2: this device is one die of two in a package")
      .optional("board_power", &Device::board_power, sourced(quantity<Watts>()), "its limit, of the device as ranked")
      .optional("idle_power", &Device::idle_power, sourced(quantity<Watts>()), "with nothing to do")
      .optional("die_area", &Device::die_area_mm2, sourced(area()), "silicon of the logic dies")
      .optional("process", &Device::process, sourced(text()), "that made them")
      .optional("memory_type", &Device::memory_type, sourced(text()), "HBM3e, GDDR6 ...")
      .optional("memory_stacks", &Device::memory_stacks, sourced(integer(1)), "HBM stacks")
      .optional("memory_stack_area", &Device::memory_stack_area, sourced(area()), "package area of one HBM stack")
      .optional("market", &Device::market, sourced(one_of<Market>()), "who offers it, and how")
      .optional("data_center", &Device::data_center, boolean(), "designed or marketed for data centres; true where left out")
      .optional("claimed_performance", &Device::claimed_performance, sourced(number(kPositive)),
                "a total processing performance somebody printed for the package, to be held against the computed one")
      .optional("note", &Device::note, text(), "what a reader of the values should know")
      .required("sources", &Device::sources, source_list(), "where the values come from: key and reference")
      .applied(
          "efficiency", efficiency(),
          [](Device& device, const EfficiencyClass& of) { inherit_efficiency(device, of.like, of.source); },
          "shares, knees, floors and clocks this file does not give: those of a device that stands for the class")
      .form();
}

}  // namespace

const Form<Device>& device_form() {
  static const Form<Device> form = make_device_form();
  return form;
}

}  // namespace headway
