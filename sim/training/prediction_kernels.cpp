#include "training/prediction_kernels.h"

#include "training/block_writer.h"
#include "training/head_kernels.h"
#include "training/layer_kernels.h"

namespace headway {
namespace {

LayerKind module_kind(const TrainingPlan& plan) { return layer_kind(plan.model, plan.model.layers - 1); }

class JoinWriter : public BlockWriter {
 public:
  using BlockWriter::BlockWriter;

  void forward() {
    norm_forward("prediction_hidden_norm");
    norm_forward("prediction_embedding_norm");
    compute(element_pass("prediction_join", 4, shape_.norm_tokens * shape_.hidden));
    gather_for_product();
    column_forward(projection());
    reduce(Beside::preceding, 0);
  }

  void backward() {
    column_backward(projection());
    compute(element_pass("prediction_join_grad", 4, shape_.norm_tokens * shape_.hidden));
    norm_backward("prediction_hidden_norm_grad");
    norm_backward("prediction_embedding_norm_grad");
  }

 private:
  [[nodiscard]] Linear projection() const {
    return linear("prediction_projection", "prediction_projection_dgrad", "prediction_projection_wgrad", 2 * shape_.hidden,
                  shape_.hidden / plan_.layout.tensor);
  }
};

}  // namespace

void append_predictions_forward(Script& script, const TrainingPlan& plan, bool cast_weights) {
  for (int i = 0; i < plan.model.prediction_depth; ++i) {
    append_embedding_forward(script, plan);
    JoinWriter(script, plan, Activity::forward).forward();
    append_layer_forward(script, plan, module_kind(plan), Activity::forward, cast_weights);
    append_head_forward(script, plan);
  }
}

void append_predictions_backward(Script& script, const TrainingPlan& plan) {
  for (int i = 0; i < plan.model.prediction_depth; ++i) {
    append_head_backward(script, plan);
    append_layer_backward(script, plan, module_kind(plan));
    JoinWriter(script, plan, Activity::backward).backward();
    append_embedding_backward(script, plan);
  }
}

}  // namespace headway
