#include "simulate/message_labels.h"

#include <unordered_map>

namespace headway {
namespace {

struct MessageEnd {
  std::uint64_t message = 0;  // group and tag: what sender and receiver have in common
  MessageLabel::End end;
  bool sends = false;
};

template <class Visit>
void for_each_message_end(const Quotient& quotient, const std::vector<std::uint32_t>& program_of_class,
                          const std::vector<RankProgram>& programs, const Communicators& communicators, Visit&& visit) {
  for (std::uint32_t k = 0; k < quotient.actors.size(); ++k) {
    const std::uint32_t p = program_of_class[k];
    const RankProgram& program = programs[p];
    for (const Piece& piece : program.ops.pieces) {
      const std::vector<Op>& ops = program.ops.blocks[piece.block].operations;
      for (std::uint32_t i = 0; i < ops.size(); ++i) {
        if (!ops[i].collective) continue;
        const Dimension dimension = program.calls[ops[i].what].dimension;
        if (!is_message(dimension)) continue;
        const std::size_t slot = communicators.places[p][ops[i].what].slot;
        const std::uint64_t group = quotient.group_of[k * static_cast<std::size_t>(quotient.slots) + slot];
        visit(MessageEnd{
            (group << 32U) | (piece.tag + i), {k, piece.first + i, ops[i].stream}, sender_side(dimension) == dimension});
      }
    }
  }
}

}  // namespace

std::vector<MessageLabel> message_labels(const Quotient& quotient, const std::vector<std::uint32_t>& program_of_class,
                                         const std::vector<RankProgram>& programs, const Communicators& communicators) {
  std::unordered_map<std::uint64_t, MessageLabel::End> receiver;
  std::vector<MessageLabel> labels;
  for_each_message_end(quotient, program_of_class, programs, communicators, [&](const MessageEnd& end) {
    if (!end.sends) receiver.emplace(end.message, end.end);
  });
  for_each_message_end(quotient, program_of_class, programs, communicators, [&](const MessageEnd& end) {
    if (end.sends) labels.push_back({end.end, receiver.at(end.message)});
  });
  return labels;
}

}  // namespace headway
