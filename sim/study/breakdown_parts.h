// The parts of a step, in the order people read them: one table for comparison, text and JSON.
#pragma once

#include <array>
#include <string_view>

#include "simulate/result.h"

namespace headway {

struct BreakdownPart {
  std::string_view key;    // in JSON
  std::string_view title;  // in a table
  std::string_view noun;   // in a sentence: "0.61 s more <noun>"
  Seconds Breakdown::*time;
};

inline constexpr auto kBreakdownParts = std::to_array<BreakdownPart>(
    {{"compute", "compute", "compute", &Breakdown::compute},
     {"exposed_tensor", "tensor-parallel traffic", "exposed tensor-parallel traffic", &Breakdown::exposed_tensor},
     {"exposed_expert", "expert-parallel traffic", "exposed expert-parallel traffic", &Breakdown::exposed_expert},
     {"exposed_context", "context-parallel traffic", "exposed context-parallel traffic", &Breakdown::exposed_context},
     {"exposed_pipeline", "pipeline traffic", "exposed pipeline traffic", &Breakdown::exposed_pipeline},
     {"exposed_data", "data-parallel traffic", "exposed data-parallel traffic", &Breakdown::exposed_data},
     {"bubble", "pipeline bubble", "pipeline bubble", &Breakdown::bubble},
     {"optimizer", "optimizer", "optimizer time", &Breakdown::optimizer},
     {"other", "other", "host and other time", &Breakdown::other}});

struct PassPart {
  std::string_view key;    // in JSON
  std::string_view title;  // in a sentence: "<title> 1.13 s"
  Seconds PassTimes::*time;
};

inline constexpr auto kPassParts = std::to_array<PassPart>({{"forward", "forward", &PassTimes::forward},
                                                            {"backward", "backward", &PassTimes::backward},
                                                            {"input_gradient", "input gradients", &PassTimes::input_gradient},
                                                            {"weight_gradient", "weight gradients", &PassTimes::weight_gradient},
                                                            {"together", "forward beside backward", &PassTimes::together},
                                                            {"outside", "outside them", &PassTimes::outside}});

}  // namespace headway
