#include "config/published_run.h"

#include <gmock/gmock.h>

#include <map>

namespace headway {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

using Cells = std::map<std::string, std::string>;

// A row every cell of which is given: GPT-3 175B on 1024 devices.
const Cells kComplete = {{"id", "src-1"},
                         {"tier", "A"},
                         {"model", "GPT-3 175B"},
                         {"layers", "96"},
                         {"hidden", "12288"},
                         {"ffn", "49152"},
                         {"gated_mlp", "0"},
                         {"heads", "96"},
                         {"kv_heads", "96"},
                         {"head_dim", "128"},
                         {"attention", "gqa"},
                         {"vocab", "51200"},
                         {"experts", ""},
                         {"top_k", ""},
                         {"moe_ffn", ""},
                         {"shared_experts", ""},
                         {"dense_layers", ""},
                         {"ep", ""},
                         {"etp", ""},
                         {"seq", "2048"},
                         {"global_batch", "1536"},
                         {"microbatch", "1"},
                         {"device", "a100-sxm-80g"},
                         {"devices", "1024"},
                         {"devices_per_node", "8"},
                         {"scale_up_domain", "8"},
                         {"nic_gbps", "200"},
                         {"tp", "8"},
                         {"sp", "1"},
                         {"pp", "8"},
                         {"vpp", "3"},
                         {"cp", ""},
                         {"dp", "16"},
                         {"sharding", "none"},
                         {"precision", "bf16"},
                         {"recompute", "full"},
                         {"schedule", "interleaved"},
                         {"framework", "NeMo 24.09 container"},
                         {"step_seconds", "12.5"},
                         {"note", ""}};

std::string table(const std::vector<Cells>& changes) {
  std::string header, body;
  for (const auto& [column, cell] : kComplete) header += (header.empty() ? "" : ",") + column;
  for (const Cells& change : changes) {
    std::string row;
    for (auto [column, cell] : kComplete) {
      if (change.contains(column)) cell = change.at(column);
      row += (row.empty() ? "" : ",") + cell;
    }
    body += row + "\n";
  }
  return header + "\n" + body;
}

PublishedRun row(const Cells& change = {}) {
  static const Catalogue catalogue = Catalogue::standard();
  return parse_published_runs(table({change}), "runs.csv", catalogue).at(0);
}

std::string mistakes(const std::string& text) {
  try {
    (void)parse_published_runs(text, "runs.csv", Catalogue({}));
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(PublishedRunTable, QuotesAsRfc4180Has) {
  EXPECT_EQ(mistakes("id,\"tier\n1,2"), "runs.csv:1:4: error: this quote is never closed");
  EXPECT_EQ(mistakes("id,\"tier\"x\n"),
            "runs.csv:1:10: error: text after a closing quote; a quote inside a field is written twice");
}

TEST(PublishedRunTable, EveryMistakeHasItsLine) {
  const std::string text =
      table({{{"step_seconds", "soon"}}, {{"id", "\"src-2\n\""}, {"step_seconds", "0"}}, {{"tier", "A,B"}}, {}});
  const std::string found = mistakes(text);
  EXPECT_THAT(found, HasSubstr("runs.csv:2:"));
  EXPECT_THAT(found, HasSubstr("error: step_seconds: \"soon\" is not a positive number of seconds"));
  EXPECT_THAT(found, HasSubstr("runs.csv:4:")) << "the field with a line break moved the rest down";
  EXPECT_THAT(found, HasSubstr("runs.csv:5:1: error: the row has 41 fields, the header 40"));
  EXPECT_THAT(found, HasSubstr("error: id: \"src-1\" names an earlier row too"));
}

TEST(PublishedRunTable, MissingColumnsAreNamed) {
  EXPECT_THAT(mistakes("id,tier\n1,2\n"), HasSubstr("needs the column \"step_seconds\""));
  EXPECT_THAT(mistakes(""), HasSubstr("the file is empty"));
}

TEST(PublishedRun, ACompleteRowBecomesClusterAndPlan) {
  const PublishedRun run = row();
  ASSERT_EQ(run.why, "");
  EXPECT_EQ(run.source, "src");
  EXPECT_DOUBLE_EQ(run.measured, 12.5);
  EXPECT_EQ(run.cluster->devices(), 1024);
  EXPECT_EQ(run.cluster->networks.back().name, "scale_out");
  EXPECT_EQ(run.cluster->networks.back().kind, NetworkKind::rail_optimized);
  EXPECT_DOUBLE_EQ(run.cluster->networks.back().port.value(), 25e9);
  EXPECT_EQ(run.plan->layout.data, 16);
  EXPECT_TRUE(run.plan->layout.sequence);
  EXPECT_EQ(run.plan->schedule, Schedule::interleaved);
  EXPECT_TRUE(run.plan->recompute.full());
  EXPECT_EQ(run.plan->model.vocabulary, 51200);
  EXPECT_TRUE(run.plan->model.tied_embeddings);
}

TEST(PublishedRun, BlankCellsTakeDefaultsAndSaySo) {
  const PublishedRun run = row({{"vocab", ""}, {"sp", ""}, {"sharding", ""}, {"recompute", ""}, {"dp", ""}, {"microbatch", ""}});
  ASSERT_EQ(run.why, "");
  EXPECT_EQ(run.plan->layout.data, 16);
  EXPECT_EQ(run.plan->sharding, Sharding::optimizer);
  for (const char* what : {"vocab 51200", "sp 1", "sharding optimizer", "recompute none", "microbatch 1"})
    EXPECT_THAT(run.assumed, Contains(what));
}

TEST(PublishedRun, OldSoftwareHasOldDefaults) {
  const PublishedRun run = row({{"framework", "Megatron-LM PTD-P"}, {"sp", ""}, {"sharding", ""}});
  EXPECT_FALSE(run.plan->layout.sequence);
  EXPECT_EQ(run.plan->sharding, Sharding::none);
}

TEST(PublishedRun, UnknownSoftwareIsNamedAsAssumed) {
  EXPECT_THAT(row({{"framework", "Somebody's own"}}).assumed, Contains("software megatron-core"));
}

TEST(PublishedRun, OneNodeNeedsNoNetworkOutside) {
  const PublishedRun run = row({{"devices", "8"}, {"pp", "1"}, {"vpp", "1"}, {"dp", "1"}, {"schedule", ""}, {"nic_gbps", ""}});
  ASSERT_EQ(run.why, "");
  for (const NetworkSpec& network : run.cluster->networks) EXPECT_NE(network.name, "scale_out");
}

TEST(PublishedRun, RowsOutsideThisVersionSayWhy) {
  EXPECT_EQ(row({{"schedule", "chimera"}}).why, "schedule chimera is not simulated yet");
  EXPECT_EQ(row({{"device", "abacus"}}).why, "device \"abacus\" is not in the catalogue");
  EXPECT_EQ(row({{"recompute", "moe_act"}}).why, "recompute moe_act is not simulated yet");
  EXPECT_EQ(row({{"precision", "fp8-tensorwise"}}).why, "precision fp8-tensorwise: a100-sxm-80g does not multiply fp8");
}

TEST(PublishedRun, ExpertsAndLatentAttention) {
  const PublishedRun run = row({{"model", "DeepSeek-V3"},
                                {"gated_mlp", "1"},
                                {"attention", "mla:q1536:kv512:nope128:rope64:v128"},
                                {"kv_heads", "MLA"},
                                {"experts", "256"},
                                {"top_k", "8"},
                                {"moe_ffn", "2048"},
                                {"shared_experts", "1"},
                                {"dense_layers", "3"},
                                {"ep", "16"},
                                {"etp", "1"}});
  ASSERT_EQ(run.why, "");
  const Model& model = run.plan->model;
  EXPECT_EQ(model.latent->kv_rank, 512);
  EXPECT_EQ(model.qk_dim(), 192);
  EXPECT_EQ(model.kv_heads, 96);
  EXPECT_EQ(model.experts->shared_ffn, 2048);
  EXPECT_EQ(layers_with_experts(model), 93);
  EXPECT_EQ(run.plan->layout.expert, 16);
  EXPECT_EQ(run.plan->layout.expert_data(), 8);
}

// Megatron-Core shares every expert among the tensor ranks where nothing else is said.
TEST(PublishedRun, ExpertTensorIsTensorByDefault) {
  const PublishedRun run = row({{"gated_mlp", "1"}, {"experts", "8"}, {"top_k", "2"}, {"ep", "8"}});
  ASSERT_EQ(run.why, "");
  EXPECT_EQ(run.plan->layout.expert_tensor, 8);
  EXPECT_THAT(run.assumed, Contains("etp 8"));
  EXPECT_EQ(row({{"gated_mlp", "1"}, {"experts", "8"}, {"top_k", ""}}).why, "the row does not give top_k");
  EXPECT_EQ(row({{"attention", "mla:kv512"}}).why, "attention \"mla:kv512\" does not give the dimensions of latent attention");
}

TEST(PublishedRun, LayersThatTakeTurns) {
  const PublishedRun run = row({{"model", "Llama 4 Maverick"},
                                {"gated_mlp", "1"},
                                {"experts", "128"},
                                {"top_k", "1"},
                                {"dense_layers", "48"},
                                {"ep", "8"}});
  ASSERT_EQ(run.why, "");
  EXPECT_EQ(run.plan->model.experts->every, 2);
}

// Adapters nobody names are those of the device's own cluster in the catalogue.
TEST(PublishedRun, AdaptersOfTheReferenceCluster) {
  const PublishedRun run = row({{"nic_gbps", ""}});
  ASSERT_EQ(run.why, "");
  EXPECT_THAT(run.assumed, Contains("network ib-hdr-200g at 200 Gb/s a device, as in dgx-a100"));
  EXPECT_EQ(run.cluster->networks.back().port.value(), 25e9);
}

// A slice of a model, and a table that says so, have no prediction module.
TEST(PublishedRun, PredictionModulesOfModelsOfTheCatalogue) {
  Cells deepseek = {
      {"model", "DeepSeek-V3"}, {"layers", "61"}, {"hidden", "7168"}, {"ffn", "18432"},
      {"gated_mlp", "1"},       {"heads", "128"}, {"experts", "256"}, {"top_k", "8"},
      {"moe_ffn", "2048"},      {"tp", "1"},      {"pp", "16"},       {"vpp", ""},
      {"schedule", "1f1b"},     {"dp", "64"},     {"ep", "64"},       {"attention", "mla:q1536:kv512:nope128:rope64:v128"}};
  const PublishedRun whole = row(deepseek);
  ASSERT_EQ(whole.why, "");
  EXPECT_EQ(whole.plan->model.prediction_depth, 1);
  EXPECT_THAT(whole.assumed, Contains("multi-token prediction, depth 1"));
  deepseek["note"] = "Force-balanced; without MTP";
  EXPECT_THAT(row(deepseek).assumed, Not(Contains(HasSubstr("multi-token"))));
  deepseek["layers"] = "16";
  EXPECT_EQ(row(deepseek).plan->model.prediction_depth, 0);
}

TEST(PublishedRun, RowsThatLackOrContradictSayWhy) {
  EXPECT_EQ(row({{"device", "h100-nvl"}, {"nic_gbps", ""}}).why, "several nodes, but the row does not give nic_gbps")
      << "no cluster of it in the catalogue";
  EXPECT_EQ(row({{"nic_gbps", "inf"}}).why, "nic_gbps \"inf\" is not a positive number");
  EXPECT_EQ(row({{"vpp", ""}}).why, "interleaved, but the row does not give vpp");
  EXPECT_EQ(row({{"dp", "3"}}).why, "tp 8 x pp 8 x dp 3 is not 1024 devices");
  for (const char* degree : {"tp", "pp", "cp", "vpp", "dp"})
    EXPECT_EQ(row({{degree, "0"}}).why, "a parallel degree is not positive") << degree;
  for (const char* size : {"devices_per_node", "scale_up_domain"})
    EXPECT_EQ(row({{size, "0"}}).why, "devices_per_node or scale_up_domain is not positive") << size;
  EXPECT_FALSE(row({{"tp", "65536"}, {"pp", "65536"}}).why.empty());
  EXPECT_EQ(row({{"layers", "many"}}).why, "layers \"many\" is not a whole number");
  EXPECT_FALSE(row({{"heads", "95"}}).why.empty()) << "check_plan's complaint is the reason";
  EXPECT_FALSE(row({{"heads", "95"}}).plan.has_value());
}

}  // namespace
}  // namespace headway
