#include "training/schedule.h"

#include <algorithm>
#include <functional>

#include "training/dualpipe.h"
#include "training/zero_bubble.h"

namespace headway {
namespace {

using PassAt = std::function<Pass(int)>;

// `warm_up` forwards, then forward and backward in turn, then the backwards that are left.
std::vector<Pass> one_forward_one_backward(int warm_up, int total, const PassAt& forward, const PassAt& backward) {
  std::vector<Pass> passes;
  passes.reserve(2 * static_cast<std::size_t>(total));
  for (int i = 0; i < warm_up; ++i) passes.push_back(forward(i));
  for (int i = warm_up; i < total; ++i) {
    passes.push_back(forward(i));
    passes.push_back(backward(i - warm_up));
  }
  for (int i = total - warm_up; i < total; ++i) passes.push_back(backward(i));
  return passes;
}

// The i-th pass of Megatron-LM's interleaved order: groups of p microbatches, chunk after chunk.
Pass interleaved_pass(PassKind kind, int i, int pipeline, int virtual_stages) {
  const int group = i / (pipeline * virtual_stages);
  const int within = i % (pipeline * virtual_stages);
  const int chunk = within / pipeline;
  return {kind, kind == PassKind::forward ? chunk : virtual_stages - 1 - chunk, group * pipeline + within % pipeline};
}

int interleaved_warm_up(int pipeline, int stage, int virtual_stages, int microbatches) {
  const int total = microbatches * virtual_stages;
  if (microbatches == pipeline) return total;
  return std::min(2 * (pipeline - 1 - stage) + (virtual_stages - 1) * pipeline, total);
}

}  // namespace

std::vector<Pass> schedule_passes(Schedule schedule, int pipeline, int stage, int virtual_stages, int microbatches) {
  if (schedule == Schedule::interleaved)
    return one_forward_one_backward(
        interleaved_warm_up(pipeline, stage, virtual_stages, microbatches), microbatches * virtual_stages,
        [&](int i) { return interleaved_pass(PassKind::forward, i, pipeline, virtual_stages); },
        [&](int i) { return interleaved_pass(PassKind::backward, i, pipeline, virtual_stages); });
  if (schedule == Schedule::zero_bubble)
    return virtual_stages == 2 ? zb_v_passes(pipeline, stage, microbatches) : zb_h1_passes(pipeline, stage, microbatches);
  if (schedule == Schedule::dualpipe) return dualpipe_passes(pipeline, stage, microbatches);
  if (schedule == Schedule::dualpipe_v) return dualpipe_v_passes(pipeline, stage, microbatches);
  const int warm_up = schedule == Schedule::gpipe ? microbatches : std::min(pipeline - 1 - stage, microbatches);
  return one_forward_one_backward(
      warm_up, microbatches,
      [](int i) {
        return Pass{PassKind::forward, 0, i};
      },
      [](int i) {
        return Pass{PassKind::backward, 0, i};
      });
}

int peak_in_flight(const std::vector<Pass>& passes) {
  int now = 0, peak = 0;
  for (const Pass& pass : passes) {
    if (pass.kind == PassKind::forward) ++now;
    if (completes_gradients(pass.kind)) --now;
    peak = std::max(peak, now);
  }
  return peak;
}

bool has_split_passes(const std::vector<Pass>& passes) {
  return std::any_of(passes.begin(), passes.end(), [](const Pass& pass) { return pass.kind == PassKind::weight_gradient; });
}

std::string letter(PassKind kind, bool split) {
  switch (kind) {
    case PassKind::forward: return "F";
    case PassKind::backward: return split ? "BW" : "B";
    case PassKind::input_gradient: return "B";
    case PassKind::weight_gradient: break;
  }
  return "W";
}

std::string draw(const std::vector<Pass>& passes) {
  const bool chunks = std::any_of(passes.begin(), passes.end(), [](const Pass& p) { return p.chunk > 0; });
  const bool split = has_split_passes(passes);
  std::string picture;
  for (const Pass& pass : passes) {
    picture += letter(pass.kind, split) + std::to_string(pass.microbatch);
    if (chunks) picture += '.' + std::to_string(pass.chunk);
    picture += pass.with_next ? '&' : ' ';
  }
  if (!picture.empty()) picture.pop_back();
  return picture;
}

}  // namespace headway
