// Small models and plans in one line.
#pragma once

#include "training/plan.h"

namespace headway::world {

inline Model gpt(int layers, int hidden, int heads, int vocabulary = 51200) {
  Model m;
  m.name = "gpt";
  m.layers = layers;
  m.hidden = hidden;
  m.ffn = 4 * hidden;
  m.heads = m.kv_heads = heads;
  m.head_dim = hidden / heads;
  m.vocabulary = vocabulary;
  m.tied_embeddings = true;
  m.biases = true;
  m.learned_positions = 2048;
  return m;
}

inline Model llama(int layers, int hidden, int ffn, int heads, int kv_heads, int vocabulary = 128256) {
  Model m;
  m.name = "llama";
  m.layers = layers;
  m.hidden = hidden;
  m.ffn = ffn;
  m.gated_mlp = true;
  m.heads = heads;
  m.kv_heads = kv_heads;
  m.head_dim = 128;
  m.vocabulary = vocabulary;
  return m;
}

inline Model llama_8b() { return llama(32, 4096, 14336, 32, 8); }
inline Model llama_70b() { return llama(80, 8192, 28672, 64, 8); }
inline Model llama_405b() { return llama(126, 16384, 53248, 128, 8); }
inline Model gpt3_175b() { return gpt(96, 12288, 96); }

inline Model mixtral_8x7b() {
  Model m = llama(32, 4096, 14336, 32, 8, 32000);
  m.experts = Experts{.count = 8, .top_k = 2, .ffn = 14336};
  return m;
}
inline Model qwen3_235b() {
  Model m = llama(94, 4096, 12288, 64, 4, 151936);
  m.qk_norm = true;
  m.experts = Experts{.count = 128, .top_k = 8, .ffn = 1536};
  return m;
}
inline Model deepseek(int layers, int hidden, int ffn, int vocabulary, Experts experts) {
  Model m = llama(layers, hidden, ffn, 128, 128, vocabulary);
  m.latent = LatentAttention{.q_rank = 1536, .kv_rank = 512, .qk_nope_dim = 128, .qk_rope_dim = 64};
  m.experts = experts;
  return m;
}
inline Model deepseek_v3() {
  return deepseek(61, 7168, 18432, 129280, {.count = 256, .top_k = 8, .ffn = 2048, .shared_ffn = 2048, .dense_layers = 3});
}

// Fused attention and loss, nothing overlapped.
inline Software fused_software() {
  Software s;
  s.attention = {"flash3", "flash2"};
  s.fused_cross_entropy = true;
  return s;
}

struct Degrees {
  int tensor = 1, pipeline = 1, virtual_stages = 1, data = 1;
  bool sequence = false;
};

inline TrainingPlan plan(Model model, Degrees degrees, int microbatches, int sequence = 2048) {
  TrainingPlan p;
  p.model = std::move(model);
  p.software = fused_software();
  p.sequence = sequence;
  p.layout.tensor = degrees.tensor;
  p.layout.pipeline = degrees.pipeline;
  p.layout.virtual_stages = degrees.virtual_stages;
  p.layout.data = degrees.data;
  p.layout.sequence = degrees.sequence;
  p.global_batch = microbatches * degrees.data;
  p.schedule = degrees.virtual_stages > 1 ? Schedule::interleaved : Schedule::one_f_one_b;
  return p;
}

}  // namespace headway::world
