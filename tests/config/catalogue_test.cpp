#include "config/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "config/sweep_file.h"
#include "support.h"

namespace headway {
namespace {

using namespace testing_config;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Catalogue, ReadsADevice) {
  const Catalogue catalogue = invented();
  const Device& card = catalogue.device("card");
  EXPECT_EQ(card.name, "card");
  EXPECT_EQ(card.title, "Example card");
  EXPECT_DOUBLE_EQ(card.memory.value.value(), 80e9);
  EXPECT_EQ(card.memory.grade, Grade::vendor);
  EXPECT_EQ(card.memory.source, "sheet");
  EXPECT_TRUE(card.memory.known);
  EXPECT_FALSE(card.stream_floor.known);
  EXPECT_DOUBLE_EQ(card.matrix.at(NumberFormat::bf16).peak.value.value(), 400e12);
  EXPECT_DOUBLE_EQ(card.attention.at("flash").half_length.value, 500);
  EXPECT_FALSE(card.attention.at("flash").softmax_share.known);
  EXPECT_DOUBLE_EQ(card.scale_up.value.value(), 300e9) << "both directions are 600 GB/s";
  EXPECT_DOUBLE_EQ(card.board_power.value.value(), 400);
  EXPECT_DOUBLE_EQ(card.die_area_mm2.value, 800);
}

TEST(Catalogue, ADeviceLikeAnotherChangesOnlyWhatItSays) {
  const Catalogue catalogue = invented();
  const Device& twin = catalogue.device("twin");
  EXPECT_EQ(twin.name, "twin");
  EXPECT_EQ(twin.vendor, "Example");
  EXPECT_EQ(twin.dies_per_package, 2);
  EXPECT_DOUBLE_EQ(twin.memory.value.value(), 64 * 0x1p30);
  const MatrixRate& rate = twin.matrix.at(NumberFormat::bf16);
  EXPECT_DOUBLE_EQ(rate.peak.value.value(), 300e12);
  EXPECT_EQ(rate.peak.grade, Grade::press) << "a number brings its own provenance";
  EXPECT_DOUBLE_EQ(rate.gemm_fraction.value, 0.8);
}

TEST(Catalogue, ADeviceTakesItsEfficiencyFromOneOfItsClass) {
  const TemporaryFile file("heir.yaml", R"(title: Heir
vendor: Example
matrix: {bf16: {peak: {value: 200 TFLOPS, source: sheet, grade: press}}, fp16: {}}
process: {value: 7 nm, source: sheet, grade: press}
market: {value: rented, source: sheet, grade: press}
efficiency: {like: card, source: alike, grade: estimated}
sources: {sheet: Another sheet, alike: The same maker})");
  const Catalogue catalogue = invented();
  const Device& heir = catalogue.device(file.path());
  EXPECT_DOUBLE_EQ(heir.matrix.at(NumberFormat::bf16).gemm_fraction.value, 0.8);
  EXPECT_EQ(heir.matrix.at(NumberFormat::bf16).gemm_fraction.grade, Grade::estimated);
  EXPECT_EQ(heir.matrix.at(NumberFormat::bf16).gemm_fraction.source, "alike");
  EXPECT_FALSE(heir.matrix.at(NumberFormat::fp16).peak.known) << "listed, not published";
  EXPECT_FALSE(heir.memory.known) << "no efficiency: the device's own or a hole";
  EXPECT_EQ(heir.process.value, "7 nm");
  EXPECT_EQ(heir.market.value, Market::rented);
  EXPECT_EQ(heir.sources.at("alike"), "The same maker");
}

TEST(Catalogue, ReadsALink) {
  const Catalogue catalogue = invented();
  EXPECT_DOUBLE_EQ(catalogue.link("slow-net").bandwidth.value.value(), 12.5e9);
  EXPECT_DOUBLE_EQ(catalogue.link("slow-net").hop_latency_low.value.value(), 600e-9);
  EXPECT_EQ(catalogue.link("slow-net").multiprocessors.value, 2);
}

TEST(Catalogue, ReadsACluster) {
  const Cluster pair = invented().cluster("pair");
  EXPECT_EQ(pair.name, "pair");
  EXPECT_EQ(pair.devices(), 16);
  EXPECT_EQ(pair.devices_per_node, 8);
  ASSERT_EQ(pair.networks.size(), 2U);
  EXPECT_EQ(pair.networks[0].domain, 8);
  EXPECT_EQ(pair.networks[0].technology.name, "example-link");
  EXPECT_EQ(pair.networks[0].provenance.grade, Grade::vendor);
  EXPECT_EQ(pair.networks[1].kind, NetworkKind::rail_optimized);
  EXPECT_DOUBLE_EQ(pair.networks[1].port.value(), 0) << "left to the technology";
}

TEST(Catalogue, AClusterGrows) {
  EXPECT_EQ(invented().cluster("pair", 64).devices(), 64);
  EXPECT_EQ(invented().cluster("pair", 4).devices(), 4) << "part of one node";
  const auto mistakes = mistakes_of([] { return invented().cluster("pair", 20, {"runs.csv", 7, 1}); });
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(mistakes[0].text(), "runs.csv:7:1: error: devices: 20 devices are no whole number of nodes of 8");
}

TEST(Catalogue, AMixedClusterHasGroups) {
  const Cluster mixed = invented().cluster("mixed");
  ASSERT_EQ(mixed.groups.size(), 2U);
  EXPECT_EQ(mixed.devices(), 24);
  EXPECT_EQ(mixed.packages(), 16);
  EXPECT_DOUBLE_EQ(mixed.networks[1].leaf_oversubscription, 2);
}

TEST(Catalogue, ReadsModelRecipeAndSoftware) {
  const Catalogue catalogue = invented();
  EXPECT_EQ(catalogue.model("small").kv_heads, 8);
  EXPECT_TRUE(catalogue.model("small").gated_mlp);
  EXPECT_EQ(catalogue.recipe("bf16").gradient, NumberFormat::fp32);
  const Software& software = catalogue.software("megatron-core");
  EXPECT_THAT(software.attention, ElementsAre("flash"));
  EXPECT_DOUBLE_EQ(software.host_per_step.value(), 0.020);
  EXPECT_DOUBLE_EQ(software.tensor_efficiency, 1.0);
}

TEST(Catalogue, ReadsAHuggingFaceConfig) {
  const TemporaryFile config("config.json", R"({"architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "hidden_size": 4096,
    "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "head_dim": null,
    "rope_scaling": {"factor": 8.0}, "tie_word_embeddings": false, "vocab_size": 128256})");
  const Model model = invented().model(config.path());
  EXPECT_EQ(model.layers, 32);
  EXPECT_EQ(model.head_dim, 128);
  EXPECT_EQ(model.kv_heads, 8);
  EXPECT_TRUE(model.gated_mlp);
}

TEST(Catalogue, AHuggingFaceConfigMayLackOrExceedWhatIsKnown) {
  const TemporaryFile config("config.json", R"({"hidden_size": 4096, "num_hidden_layers": "many", "num_experts": 8,
    "num_attention_heads": 32, "vocab_size": 128256})");
  std::vector<std::string> texts;
  for (const Diagnostic& d : mistakes_of([&] { return invented().model(config.path()); })) texts.push_back(d.message);
  EXPECT_THAT(texts, ElementsAre("missing key \"intermediate_size\"", "missing key \"num_experts_per_tok\"",
                                 "missing key \"moe_intermediate_size\"",
                                 "num_hidden_layers: must be a whole number, not \"many\" in quotes"));
}

// The published config.json of well-known models, cut to what shapes them.
struct PublishedConfig {
  const char* catalogue;
  const char* json;
};

class HuggingFace : public testing::TestWithParam<PublishedConfig> {};

TEST_P(HuggingFace, ReadAsTheCatalogueHasThem) {
  const TemporaryFile config("config.json", GetParam().json);
  const Model read = invented().model(config.path());
  const Model shipped = Catalogue({HEADWAY_SOURCE_DIR}).model(GetParam().catalogue);
  EXPECT_EQ(total_parameters(read), total_parameters(shipped));
  EXPECT_EQ(active_parameters(read), active_parameters(shipped));
  EXPECT_EQ(model_flops(read, 1, 4096), model_flops(shipped, 1, 4096));
  EXPECT_EQ(read.qk_norm, shipped.qk_norm);
  EXPECT_EQ(read.parallel_blocks, shipped.parallel_blocks);
  EXPECT_EQ(local_layers(read), local_layers(shipped));
}

INSTANTIATE_TEST_SUITE_P(
    Catalogue, HuggingFace,
    testing::Values(
        PublishedConfig{"mixtral-8x7b", R"({"model_type": "mixtral", "hidden_act": "silu", "hidden_size": 4096,
          "intermediate_size": 14336, "num_attention_heads": 32, "num_experts_per_tok": 2, "num_hidden_layers": 32,
          "num_key_value_heads": 8, "num_local_experts": 8, "tie_word_embeddings": false, "vocab_size": 32000})"},
        PublishedConfig{"qwen3-30b-a3b", R"({"model_type": "qwen3_moe", "decoder_sparse_step": 1, "head_dim": 128,
          "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 6144, "mlp_only_layers": [],
          "moe_intermediate_size": 768, "num_attention_heads": 32, "num_experts": 128, "num_experts_per_tok": 8,
          "num_hidden_layers": 48, "num_key_value_heads": 4, "tie_word_embeddings": false, "vocab_size": 151936})"},
        PublishedConfig{"qwen3-235b-a22b", R"({"model_type": "qwen3_moe", "decoder_sparse_step": 1, "head_dim": 128,
          "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 12288, "mlp_only_layers": [],
          "moe_intermediate_size": 1536, "num_attention_heads": 64, "num_experts": 128, "num_experts_per_tok": 8,
          "num_hidden_layers": 94, "num_key_value_heads": 4, "tie_word_embeddings": false, "vocab_size": 151936})"},
        PublishedConfig{"deepseek-v2", R"({"model_type": "deepseek_v2", "first_k_dense_replace": 1, "hidden_act": "silu",
          "hidden_size": 5120, "intermediate_size": 12288, "kv_lora_rank": 512, "moe_intermediate_size": 1536,
          "moe_layer_freq": 1, "n_routed_experts": 160, "n_shared_experts": 2, "num_attention_heads": 128,
          "num_experts_per_tok": 6, "num_hidden_layers": 60, "num_key_value_heads": 128, "q_lora_rank": 1536,
          "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "tie_word_embeddings": false, "v_head_dim": 128,
          "vocab_size": 102400})"},
        PublishedConfig{"deepseek-v3", R"({"model_type": "deepseek_v3", "first_k_dense_replace": 3, "hidden_act": "silu",
          "hidden_size": 7168, "intermediate_size": 18432, "kv_lora_rank": 512, "moe_intermediate_size": 2048,
          "moe_layer_freq": 1, "n_routed_experts": 256, "n_shared_experts": 1, "num_attention_heads": 128,
          "num_experts_per_tok": 8, "num_hidden_layers": 61, "num_key_value_heads": 128, "num_nextn_predict_layers": 1,
          "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "tie_word_embeddings": false,
          "v_head_dim": 128, "vocab_size": 129280})"},
        PublishedConfig{"gpt2-xl", R"({"model_type": "gpt2", "activation_function": "gelu_new", "n_ctx": 1024, "n_embd": 1600,
          "n_head": 25, "n_layer": 48, "n_positions": 1024, "vocab_size": 50257})"},
        PublishedConfig{"gpt-neox-20b", R"({"model_type": "gpt_neox", "hidden_act": "gelu_fast", "hidden_size": 6144,
          "intermediate_size": 24576, "num_attention_heads": 64, "num_hidden_layers": 44, "tie_word_embeddings": false,
          "use_parallel_residual": true, "vocab_size": 50432})"},
        PublishedConfig{"falcon-40b", R"({"model_type": "falcon", "bias": false, "hidden_size": 8192,
          "new_decoder_architecture": true, "num_attention_heads": 128, "num_hidden_layers": 60, "num_kv_heads": 8,
          "parallel_attn": true, "tie_word_embeddings": false, "vocab_size": 65024})"},
        PublishedConfig{"gemma-2-9b", R"({"model_type": "gemma2", "head_dim": 256, "hidden_act": "gelu_pytorch_tanh",
          "hidden_size": 3584, "intermediate_size": 14336, "num_attention_heads": 16, "num_hidden_layers": 42,
          "num_key_value_heads": 8, "sliding_window": 4096, "vocab_size": 256000})"},
        PublishedConfig{"gemma-3-27b", R"({"model_type": "gemma3", "text_config": {"model_type": "gemma3_text", "head_dim": 128,
          "hidden_size": 5376, "intermediate_size": 21504, "num_attention_heads": 32, "num_hidden_layers": 62,
          "num_key_value_heads": 16, "sliding_window": 1024, "sliding_window_pattern": 6, "vocab_size": 262208}})"},
        PublishedConfig{"gpt-oss-20b", R"({"model_type": "gpt_oss", "head_dim": 64, "hidden_act": "silu", "hidden_size": 2880,
          "intermediate_size": 2880, "layer_types": ["sliding_attention", "full_attention", "sliding_attention",
          "full_attention"], "num_attention_heads": 64, "num_experts_per_tok": 4, "num_hidden_layers": 24,
          "num_key_value_heads": 8, "num_local_experts": 32, "sliding_window": 128, "tie_word_embeddings": false,
          "vocab_size": 201088})"},
        PublishedConfig{"mistral-7b", R"({"model_type": "mistral", "hidden_act": "silu", "hidden_size": 4096,
          "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
          "sliding_window": 4096, "tie_word_embeddings": false, "vocab_size": 32000})"},
        PublishedConfig{"qwen2.5-7b", R"({"model_type": "qwen2", "hidden_act": "silu", "hidden_size": 3584,
          "intermediate_size": 18944, "num_attention_heads": 28, "num_hidden_layers": 28, "num_key_value_heads": 4,
          "sliding_window": 131072, "tie_word_embeddings": false, "use_sliding_window": false, "vocab_size": 152064})"}),
    [](const auto& test) {
      std::string name = test.param.catalogue;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
      return name;
    });

TEST(Catalogue, AHuggingFaceConfigWithAnOddPatternOfWindows) {
  const TemporaryFile config("config.json", R"({"hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 14336,
    "layer_types": ["sliding_attention", "full_attention", "full_attention", "sliding_attention"], "num_attention_heads": 32,
    "num_hidden_layers": 4, "sliding_window": 128, "vocab_size": 32000})");
  const auto mistakes = mistakes_of([&] { return invented().model(config.path()); });
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_THAT(mistakes[0].message, HasSubstr("do not repeat evenly"));
}

// Qwen2-57B-A14B: the shared expert has a width of its own; every so manieth layer has experts.
TEST(Catalogue, AHuggingFaceConfigWithASharedExpertOfItsOwnWidth) {
  const TemporaryFile config("config.json", R"({"model_type": "qwen2_moe", "decoder_sparse_step": 2, "hidden_act": "silu",
    "hidden_size": 3584, "intermediate_size": 18944, "moe_intermediate_size": 2560, "num_attention_heads": 28, "num_experts": 64,
    "num_experts_per_tok": 8, "num_hidden_layers": 28, "num_key_value_heads": 4, "shared_expert_intermediate_size": 20480,
    "tie_word_embeddings": false, "vocab_size": 151936})");
  const Model model = invented().model(config.path());
  ASSERT_TRUE(model.experts);
  EXPECT_EQ(model.experts->shared_ffn, 20480);
  EXPECT_EQ(layers_with_experts(model), 14);
  EXPECT_FALSE(model.qk_norm);
}

TEST(Catalogue, NamesAreSortedAndUnknownOnesGetAHint) {
  const Catalogue catalogue = invented();
  EXPECT_THAT(catalogue.names(CatalogueKind::devices), ElementsAre("card", "twin"));
  const auto mistakes = mistakes_of([&] { return catalogue.path(CatalogueKind::devices, "crad", {"x.yaml", 3, 4}); });
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(mistakes[0].text(), "x.yaml:3:4: error: no device \"crad\" (did you mean \"card\"?)");
}

TEST(Catalogue, EarlierRootsWin) {
  const Catalogue catalogue({kLibrary, HEADWAY_SOURCE_DIR});
  EXPECT_EQ(catalogue.recipe("bf16").title, "BF16");
  EXPECT_THAT(catalogue.path(CatalogueKind::recipes, "bf16", {}), HasSubstr("tests/config/library"));
}

// ---- what is shipped

TEST(ShippedDevices, NameLinksThatExist) {
  const Catalogue catalogue({HEADWAY_SOURCE_DIR});
  const std::vector<std::string> links = catalogue.names(CatalogueKind::links);
  for (const std::string& name : catalogue.names(CatalogueKind::devices)) {
    const std::string& technology = catalogue.device(name).scale_up_technology;
    if (technology.empty()) continue;
    EXPECT_THAT(links, testing::Contains(technology)) << name;
  }
}

// Totals as their authors state them, in billions: the papers in each file's source, or what the published weights hold.
TEST(Catalogue, ModelsHaveThePublishedNumberOfParameters) {
  const Catalogue catalogue({HEADWAY_SOURCE_DIR});
  for (const auto& [name, billions] : std::initializer_list<std::pair<const char*, double>>{{"gpt2-xl", 1.558},
                                                                                            {"gpt-neox-20b", 20.55},
                                                                                            {"falcon-40b", 41.8},
                                                                                            {"falcon-180b", 179.5},
                                                                                            {"gemma-2-9b", 9.24},
                                                                                            {"gemma-2-27b", 27.2},
                                                                                            {"gemma-3-27b", 27.0},
                                                                                            {"gpt-oss-20b", 20.91},
                                                                                            {"gpt-oss-120b", 116.83},
                                                                                            {"mistral-7b", 7.24},
                                                                                            {"qwen2.5-7b", 7.62},
                                                                                            {"qwen2.5-72b", 72.7},
                                                                                            {"qwen3-8b", 8.19},
                                                                                            {"qwen3-32b", 32.8},
                                                                                            {"llama-3.3-70b", 70.6},
                                                                                            {"phi-3-mini", 3.82},
                                                                                            {"phi-4", 14.66}})
    EXPECT_NEAR(total_parameters(catalogue.model(name)) / (billions * 1e9), 1, 0.005) << name;
}

class Shipped : public testing::TestWithParam<CatalogueKind> {};

TEST_P(Shipped, EveryFileReads) {
  const Catalogue catalogue({HEADWAY_SOURCE_DIR});
  for (const std::string& name : catalogue.names(GetParam())) {
    const auto mistakes = mistakes_of([&] {
      switch (GetParam()) {
        case CatalogueKind::devices: (void)catalogue.device(name); break;
        case CatalogueKind::links: (void)catalogue.link(name); break;
        case CatalogueKind::clusters: (void)catalogue.cluster(name); break;
        case CatalogueKind::models: (void)catalogue.model(name); break;
        case CatalogueKind::recipes: (void)catalogue.recipe(name); break;
        case CatalogueKind::software: (void)catalogue.software(name); break;
        case CatalogueKind::reliability: (void)catalogue.reliability(name); break;
        case CatalogueKind::prices: (void)catalogue.prices(name); break;
        case CatalogueKind::scenarios:
          if (!catalogue.asked(name).sweep)
            (void)catalogue.scenarios(name);
          else
            for (std::size_t point = 0; point < catalogue.sweep(name).size(); ++point)
              (void)catalogue.sweep(name).scenario(point);
          break;
      }
      return 0;
    });
    for (const Diagnostic& d : mistakes) ADD_FAILURE() << d.text();
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Shipped,
                         testing::Values(CatalogueKind::devices, CatalogueKind::links, CatalogueKind::clusters,
                                         CatalogueKind::models, CatalogueKind::recipes, CatalogueKind::software,
                                         CatalogueKind::scenarios),
                         [](const auto& kind) { return std::string(name_of(kind.param)); });

}  // namespace
}  // namespace headway
