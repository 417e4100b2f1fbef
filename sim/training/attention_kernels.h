// The attention half of a layer on one rank, in Megatron-LM's order.
//
//   grouped-query  norm [AG] qkv, norms of queries and keys, rotary, core, projection [RS | AR] residual
//   latent         norm, products into the narrow layers and their norms [AG of these], products out of them, rotary, core ...
//
// The narrow layers of latent attention are small, so every tensor rank holds their matrices whole and, with sequence parallelism,
// runs its own tokens through them; only the narrow activations are gathered.
#pragma once

#include <vector>

#include "training/block_writer.h"

namespace headway {

class AttentionWriter : public BlockWriter {
 public:
  AttentionWriter(Script& script, const TrainingPlan& plan, Activity activity, bool local)
      : BlockWriter(script, plan, activity, {true, !plan.model.parallel_blocks}), local_(local) {}
  void forward();
  void backward();

 private:
  void product_forward();
  void product_backward();
  void latent_down_forward();
  void latent_up_forward();
  void latent_backward();
  void selected_operations();
  [[nodiscard]] Linear qkv() const;
  [[nodiscard]] Linear projection() const;
  [[nodiscard]] Linear query_up() const;
  [[nodiscard]] Linear key_value_up() const;
  [[nodiscard]] std::vector<Linear> latent_down() const;
  void head_norm(std::string_view label, double passes);
  void latent_norm(std::string_view label, double passes, double launches);
  [[nodiscard]] bool narrow_queries() const { return plan_.model.latent->q_rank > 0; }
  [[nodiscard]] Bytes narrow_activation() const { return shape_.tokens * shape_.latent_width * shape_.activation; }
  void rotary(std::string_view label);

  bool local_;
};

}  // namespace headway
