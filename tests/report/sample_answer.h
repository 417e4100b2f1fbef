// A small answer with round numbers: 2 stages, 16 devices, a step of 10 s.
#pragma once

#include "report/answer.h"
#include "study/validation.h"

namespace headway::sample {

inline StageMemory stage(double weights, double activations) {
  return {{{"weights", Bytes(weights * 1073741824.0)},
           {"optimizer states", Bytes(2 * 1073741824.0)},
           {"activations", Bytes(activations * 1073741824.0)}}};
}

inline TrainingAnswer answer(const std::string& name = "tiny") {
  TrainingAnswer answer;
  answer.question = "How fast is tiny?";
  answer.sequence = 1000;
  answer.global_batch = 64;
  answer.microbatch = 2;
  Result& r = answer.result;
  r.scenario = name;
  r.cluster_title = "Two boxes";
  r.device_title = "A device";
  r.model_title = "A model";
  r.recipe_name = "bf16";
  r.software_name = "megatron-core";
  r.layout = {.tensor = 4, .sequence = true, .pipeline = 2, .virtual_stages = 1, .context = 1, .expert = 1, .data = 2};
  r.devices = 16;
  r.packages = 16;
  r.microbatches = 16;
  r.step_time = Seconds(10);
  r.tokens_per_s = 6400;
  r.model_tflops_per_device = 400;
  r.mfu = 0.4;
  r.hfu = 0.5;
  r.mfu_peak_tflops = 1000;
  r.breakdown = {.compute = Seconds(5),
                 .exposed_tensor = Seconds(2),
                 .exposed_expert = {},
                 .exposed_context = {},
                 .exposed_pipeline = {},
                 .exposed_data = Seconds(0.01),
                 .bubble = Seconds(2.5),
                 .optimizer = Seconds(0.25),
                 .other = Seconds(0.24)};
  r.memory_by_stage = {stage(10, 30), stage(10, 20)};
  r.memory_capacity = Bytes(80 * 1073741824.0);
  r.bottleneck = "compute, 50 % of the step";
  r.assumed = {"placement packed"};
  r.collectives = {{"tensor all_reduce", "ring simple", 4, Bytes(64 * 1048576.0), Seconds(123.4e-6), 512}};
  r.ranks = 16;
  r.rank_classes = 2;
  r.stats = {.wall_s = 1.5, .cpu_s = 2.5, .peak_rss_mib = 64, .cpu_by_phase_s = {{"fold", 0.5}}, .events = 77, .solves = 33};
  return answer;
}

// 8 devices, a gigabyte in 4 ms of which 1 ms is latency; the bound is 2 ms.
inline CollectiveAnswer collective(const std::string& name = "bare") {
  CollectiveAnswer answer;
  answer.question = "How fast is a gigabyte?";
  CollectiveResult& r = answer.result;
  r.scenario = name;
  r.cluster_title = "Two boxes";
  r.device_title = "A device";
  r.cluster_devices = 16;
  r.what = {{}, CollectiveKind::all_reduce, Bytes(1e9), 8, {}};
  r.time = Seconds(4e-3);
  r.latency = Seconds(1e-3);
  r.bound = Seconds(2e-3);
  r.most_loaded_link = "scale_out: device out";
  r.ranks = 8;
  r.rank_classes = 1;
  r.stats = {.wall_s = 1.5, .cpu_s = 2.5, .peak_rss_mib = 64, .cpu_by_phase_s = {{"fold", 0.5}}, .events = 1, .solves = 0};
  return answer;
}

// The same plan on devices that need 40 GiB more than they have.
inline TrainingAnswer too_large() {
  TrainingAnswer answer = sample::answer("large");
  answer.result.memory_by_stage = {stage(92.1, 0), stage(10, 20)};
  answer.result.fits = false;
  return answer;
}

// One large collective, predicted half as slow again as it was, and a small one, met.
inline ValidationScore small_and_large_collective() {
  ValidationScore score;
  score.kind = "collectives";
  score.rows = 2;
  score.runs = {{"collectives-2", "all_reduce", "d", "", true, 2.0, 3.0, 0.5, {}, "", true},
                {"collectives-3", "all_reduce", "d", "", true, 2.0, 2.0, 0.0, {}, "", false}};
  headway::score(score);
  return score;
}

}  // namespace headway::sample
