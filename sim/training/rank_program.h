// What one rank of a pipeline stage does in a training step: segments of kernels and collectives on streams.
//
// The program knows groups only by dimension ("the tensor group I am in") and messages only by size; which devices and links
// those are is decided in simulate/. All ranks of a stage share one program.
//
//   compute stream  chain of segments (merged kernels between two collectives) and blocking collectives
//   other streams   overlapped collectives and messages; `after` links tie them to the compute stream and back
//
// Pipeline messages never block a stream they are not in: a receive is posted as soon as the one before it has arrived, the pass
// that needs it waits for it. Where the software does not overlap pipeline traffic, the op that follows a pass on the compute
// stream also waits until the pass's message has been taken (Megatron's batched isend/irecv and wait).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/composition.h"
#include "base/enum_names.h"
#include "base/quantity.h"
#include "training/plan.h"
#include "training/schedule.h"
#include "work/collective_kind.h"
#include "work/kernel.h"
#include "work/token_spread.h"

namespace headway {

// The groups a rank belongs to. Messages between pipeline stages name their direction and side: `to_next` carries activations
// from this rank to the next stage (around the ring with virtual stages), `from_previous` receives them, and gradients flow back.
// Chunks whose forwards run from the last stage to the first (placement.h) have messages of their own: `up_to_previous` carries
// their activations, `up_to_next` their gradients.
enum class Dimension {
  tensor,
  context,
  data,
  expert,         // ranks that hold different experts of the same layers
  expert_tensor,  // ranks that share every expert's matrices
  expert_data,    // ranks that hold the same experts
  shard,          // of the data group, neighbours that divide what they hold between them (hybrid sharding)
  replica,        // of the data group, ranks that hold the same part of that
  embedding,
  to_next,
  from_previous,
  to_previous,
  from_next,
  up_to_previous,
  up_from_next,
  up_to_next,
  up_from_previous,
  copy,  // the two ranks that hold copies of the same parts (DualPipe)
  world
};

template <>
struct EnumNames<Dimension> {
  static constexpr auto table = std::to_array<EnumName<Dimension>>({{Dimension::tensor, "tensor"},
                                                                    {Dimension::context, "context"},
                                                                    {Dimension::data, "data"},
                                                                    {Dimension::expert, "expert"},
                                                                    {Dimension::expert_tensor, "expert_tensor"},
                                                                    {Dimension::expert_data, "expert_data"},
                                                                    {Dimension::shard, "shard"},
                                                                    {Dimension::replica, "replica"},
                                                                    {Dimension::embedding, "embedding"},
                                                                    {Dimension::to_next, "to_next"},
                                                                    {Dimension::from_previous, "from_previous"},
                                                                    {Dimension::to_previous, "to_previous"},
                                                                    {Dimension::from_next, "from_next"},
                                                                    {Dimension::up_to_previous, "up_to_previous"},
                                                                    {Dimension::up_from_next, "up_from_next"},
                                                                    {Dimension::up_to_next, "up_to_next"},
                                                                    {Dimension::up_from_previous, "up_from_previous"},
                                                                    {Dimension::copy, "copy"},
                                                                    {Dimension::world, "world"}});
};

// Calls of ranks in different stages, whose programs differ.
[[nodiscard]] constexpr bool between_stages(Dimension dimension) {
  switch (dimension) {
    case Dimension::tensor:
    case Dimension::context:
    case Dimension::data:
    case Dimension::expert:
    case Dimension::expert_tensor:
    case Dimension::expert_data:
    case Dimension::shard:
    case Dimension::replica: return false;
    default: return true;
  }
}

// Each direction of pipeline traffic has its own stream on either side: messages in one stream follow the order of the sender's
// passes, so in-order streams cannot wait for each other in a circle. The `up` streams are those of chunks that run upstream.
enum class Stream {
  compute,
  tensor,
  data,
  send_next,
  send_previous,
  receive_previous,
  receive_next,
  send_up_previous,
  send_up_next,
  receive_up_next,
  receive_up_previous
};
inline constexpr int kStreams = 11;

template <>
struct EnumNames<Stream> {
  static constexpr auto table = std::to_array<EnumName<Stream>>({{Stream::compute, "compute"},
                                                                 {Stream::tensor, "tensor"},
                                                                 {Stream::data, "data"},
                                                                 {Stream::send_next, "send_next"},
                                                                 {Stream::send_previous, "send_previous"},
                                                                 {Stream::receive_previous, "receive_previous"},
                                                                 {Stream::receive_next, "receive_next"},
                                                                 {Stream::send_up_previous, "send_up_previous"},
                                                                 {Stream::send_up_next, "send_up_next"},
                                                                 {Stream::receive_up_next, "receive_up_next"},
                                                                 {Stream::receive_up_previous, "receive_up_previous"}});
};

// For the breakdown of a step and the names in a trace.
enum class Activity { forward, backward, recompute, optimizer, host, communication };

template <>
struct EnumNames<Activity> {
  static constexpr auto table = std::to_array<EnumName<Activity>>({{Activity::forward, "forward"},
                                                                   {Activity::backward, "backward"},
                                                                   {Activity::recompute, "recompute"},
                                                                   {Activity::optimizer, "optimizer"},
                                                                   {Activity::host, "host"},
                                                                   {Activity::communication, "communication"}});
};

// Kernels between two points where something else can happen, run as one activity.
struct Segment {
  std::string name;  // its first and last kernel: "mlp_norm .. mlp_down"
  Activity activity = Activity::forward;
  KernelList kernels;  // equal kernels merged: one entry, its `repeat` counting them (launches are per repetition)
  Seconds host;        // serial host time spent in it besides launches
};

struct CollectiveCall {
  std::string name;  // "tensor all-gather"
  Dimension dimension = Dimension::tensor;
  CollectiveKind kind = CollectiveKind::all_reduce;
  Bytes bytes;                              // full buffer, see work/collective_kind.h
  double efficiency = 1.0;                  // share of the fabric's collective bandwidth the software reaches
  std::optional<TokenSpread> routing = {};  // all_to_all of tokens that cross once to each domain, whose members pass them on
  int multiprocessors = 0;                  // held on each member; 0: what the links' library takes
};

using OpIndex = std::uint32_t;

// One operation in a stream: a segment or a collective, started when the previous op of its stream and all it waits for have ended.
struct Op {
  bool collective = false;
  std::uint32_t what = 0;  // index into segments or calls
  Stream stream = Stream::compute;
};

// Each pass is one piece, two that run interleaved are one with the number of the first; what runs between passes (messages, host gaps, the optimizer step) are pieces of one op.
struct RankProgram {
  std::vector<Pass> passes;  // the stage's schedule
  std::vector<Segment> segments;
  std::vector<CollectiveCall> calls;
  // In issue order; ops of one stream run in this order. The tag of a piece, plus the place of a collective in it, says which use of
  // its dimension that is, alike on all members: messages are numbered by their sender, calls between stages are counted, calls
  // inside a stage go by the number of the op.
  Composition<Op> ops;
  std::vector<std::int32_t> pass_of;  // by piece: index into `passes`, -1 outside
};

// The program of every stage. Requires a plan check_plan finds nothing wrong with.
[[nodiscard]] std::vector<RankProgram> build_programs(const TrainingPlan& plan);

}  // namespace headway
