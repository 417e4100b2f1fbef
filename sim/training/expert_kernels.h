// The half of a layer that is a mixture of experts, on one rank, in Megatron-Core's order (all-to-all dispatcher, no token dropped).
//
//   forward   norm; shared expert as a dense MLP; router: product, scores, top-k
//             permute  [A2A dispatch]  [AG]  sort by expert, up, activation, down, sort back  [RS]  [A2A combine]  unpermute; residual
//   backward  the same from the end, gradients on the way the tokens went
//
// [A2A] over the expert group, [AG] and [RS] over the expert-tensor group, each where there is one. Permuting gathers rows of the
// residual stream, so that what goes to one rank lies together; sorting does the same for the experts of a rank, where it has more
// than one. Software that sends a token once to each rank sends rows as they lie and makes the copies where they arrive.
//
// Grouped products of all experts on a rank are one GEMM with a batch, each of its members a share of the tokens: tiles are cut
// within an expert, waves run over all of them. Software without them multiplies expert after expert, each product with its own
// floor and waves; 45 products of Transformer Engine on B200 (20 to 256 experts of 128 to 1232 tokens, MooreThreads/SimuMax@4dcaae5
// configs/system) are met so within 11 % on average, 5 % too fast. Every rank works as long as the busiest one (TokenRouting, Software::expert_imbalance), since the exchange
// around the experts waits for it.
#pragma once

#include "training/block_writer.h"

namespace headway {

class ExpertWriter : public BlockWriter {
 public:
  ExpertWriter(Script& script, const TrainingPlan& plan, Activity activity);
  void forward();
  void backward();

 private:
  // ---- forward
  void mixture_forward();
  void router_forward();
  void read_counts();
  void permute();
  void experts_forward(bool activation_only);
  void unpermute();
  // ---- backward
  void unpermute_backward();
  void experts_backward();
  void permute_backward();
  void shared_backward();
  void shared_backward_beside(bool up);
  void router_backward();
  // ---- the exchange
  void to_experts();
  void from_experts();
  void exchange(Bytes bytes, Beside beside, bool over_shared);
  [[nodiscard]] std::optional<TokenSpread> node_routing() const;
  void expert_tensor(CollectiveKind kind);
  void rows_moved(std::string_view label, double rows, double launches);

  [[nodiscard]] bool has_shared() const { return experts_.shared_ffn > 0; }
  [[nodiscard]] bool beside_shared() const {
    return has_shared() && plan_.software.overlap_shared_expert && plan_.layout.expert > 1;
  }
  [[nodiscard]] bool sorts() const {
    return plan_.layout.expert > 1 && (experts_.experts > 1 || plan_.software.dispatch != Dispatch::per_expert);
  }
  [[nodiscard]] Mlp routed() const;
  [[nodiscard]] Mlp shared() const;
  [[nodiscard]] Linear router() const;

  ExpertShape experts_;
};

}  // namespace headway
