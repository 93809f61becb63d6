// Walks interpreter frames outwards, from where code stands to the frame that the host entered.
// Frames hold no marks: which function one belongs to follows from its return address, and its
// instance from what calls between instances saved (handlers/call.cc).
#pragma once

#include "vm/interp/code_arena.h"
#include "vm/interp/word.h"

namespace tenon::vm::interp {

// Where a call goes on after its return, and in which instance.
struct ReturnPoint {
  const Word* ip;
  Slot* fp;
  Context* context;
};
// Of the frame with this link (handlers/call.cc), in that instance.
ReturnPoint ReturnPointOf(const Slot* link, Context* context);

class FrameWalk {
 public:
  // Begins with the frame `fp` that stands at instruction `ip`,
  static FrameWalk FromInstruction(const Word* ip, Slot* fp, Context* context);
  // or with the one that a return by this link would go on with.
  static FrameWalk FromReturn(const Slot* link, Context* context);

  bool at_end() const { return body_.code == nullptr; }
  const Body& body() const { return body_; }
  // A word of the instruction at which the frame stands.
  const Word* word() const { return word_; }
  Slot* fp() const { return fp_; }
  Context* context() const { return context_; }

  void Next() { *this = FromReturn(fp_ + body_.link, context_); }

 private:
  FrameWalk(const Word* word, Slot* fp, Context* context)
      : body_(FindBody(word)), word_(word), fp_(fp), context_(context) {}

  Body body_;
  const Word* word_;
  Slot* fp_;
  Context* context_;
};

}  // namespace tenon::vm::interp
