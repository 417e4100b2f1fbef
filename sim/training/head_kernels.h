// The two ends of the model: embedding look-up on the first part, final norm, vocabulary projection and loss on the last.
//
// Both are parallel over the vocabulary: each tensor rank looks up and projects onto its own slice. The loss needs three small
// all-reduces over the tokens (maximum, own logit, sum of exponentials; two where the software fuses it).
#pragma once

#include "training/step.h"

namespace headway {

void append_embedding_forward(Script& script, const TrainingPlan& plan);
void append_embedding_backward(Script& script, const TrainingPlan& plan);
void append_head_forward(Script& script, const TrainingPlan& plan);
void append_head_backward(Script& script, const TrainingPlan& plan);

}  // namespace headway
