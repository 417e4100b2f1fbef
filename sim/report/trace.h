// The timeline as a Chrome trace-event file, for Perfetto or chrome://tracing.
//
// One process per rank class ("stage 3 x 128 ranks"), one thread per stream, one slice per operation; times in microseconds with the
// picoseconds kept as decimals. Where an operation waits for its partners, the wait is a slice of its own (category "wait", grey)
// before it. Operations of a pass are named after it, "F 3 ..." and "B 3 ..." for the forward and the backward of microbatch 3, "F 3.1" in
// virtual stage 1. Several answers share one file, each with its own processes.
//
// An arrow leads from every message's sending to its receiving. Counters: what a stage holds in memory, step by step as its passes
// take and give back activations ("memory", in GiB, at most what the answer says its peak is); and, in a process "links", the share
// in use of each class of links ("scale_out: leaf up", in per cent of what all such links that carry anything can carry), as means over windows where
// it changes thousands of times.
#pragma once

#include <iosfwd>
#include <span>

#include "report/answer.h"

namespace headway {

// Written as it goes: nothing larger than one event is held. Requires results whose timeline was kept.
void write_trace(std::ostream& out, std::span<const Answer> answers);

}  // namespace headway
