// Multi-token prediction on the last part of the model (DeepSeek-V3, arXiv 2412.19437, section 2.2).
//
// A module joins the normalised hidden vectors of the layer before it with those of the embedding of the next token, projects them
// back to one, and sends that through a layer and the head again. Modules run one after the other, each on what the one before
// made.
#pragma once

#include "training/step.h"

namespace headway {

void append_predictions_forward(Script& script, const TrainingPlan& plan, bool cast_weights);
void append_predictions_backward(Script& script, const TrainingPlan& plan);

}  // namespace headway
