// Where a module's translated bodies stand: a few chunks of words, filled one after the other. The
// translator writes at the end of the last chunk, so a finished body need not be copied.
//
// A body keeps no map from code to the module's bytes. Translation is deterministic, so a backtrace
// translates the function again and asks (OffsetOf, translate/translate.cc).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "vm/interp/catch_table.h"
#include "vm/interp/word.h"
#include "vm/runtime/func.h"

namespace tenon::vm::interp {

// A translated body: interpreter code, and what backtraces need to know about it.
struct Body {
  const Word* code = nullptr;
  uint32_t size = 0;  // in words
  uint32_t link = 0;  // slot of the frame's link
  const FuncCode* function = nullptr;
  const CatchTable* catches = nullptr;  // the arena's; null for most
};

// Written under its module's translate_mutex; FindBody may be called at any time.
class CodeArena {
 public:
  // Bodies may take `max_words` in all, their catch tables included.
  explicit CodeArena(size_t max_words) : words_left_(max_words) {}
  CodeArena(const CodeArena&) = delete;
  CodeArena& operator=(const CodeArena&) = delete;
  // Frees all code.
  ~CodeArena();

  // How many words the bodies to come may take.
  size_t words_left() const { return words_left_; }
  // `count` free words behind the last body. Null when the host has no memory for them.
  Word* Tail(size_t count);
  // Likewise, keeping the first `used` words of the tail there was.
  Word* GrowTail(size_t used, size_t count);
  // Makes the first `body.size` words of the tail a body; its `code` is filled in, and `catches`,
  // unless they are empty.
  const Body& Commit(Body body, CatchTable catches);

 private:
  struct Chunk {
    std::unique_ptr<Word[]> words;
    size_t capacity = 0;
    size_t used = 0;
    std::vector<Body> bodies;  // by address
    std::vector<std::unique_ptr<const CatchTable>> catch_tables;
  };
  struct Registry;
  friend Body FindBody(const Word* word);

  bool AddChunk(size_t least);
  void DropChunk(size_t index);

  std::vector<std::unique_ptr<Chunk>> chunks_;
  size_t words_left_;
};

// The body that `word` lies in; one without code if it lies in none. Thread-safe.
Body FindBody(const Word* word);

}  // namespace tenon::vm::interp
