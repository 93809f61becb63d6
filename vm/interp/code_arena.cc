#include "vm/interp/code_arena.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <new>
#include <utility>

namespace tenon::vm::interp {
namespace {

constexpr size_t kFirstChunkWords = size_t{1} << 11;
constexpr size_t kLargeChunkWords = size_t{1} << 18;

}  // namespace

// The chunks of all arenas by address.
struct CodeArena::Registry {
  std::mutex mutex;
  std::map<const Word*, const Chunk*> by_start;

  // Never destroyed: stores may outlive static destruction.
  static Registry& Get() {
    static Registry& registry = *new Registry();
    return registry;
  }
};

CodeArena::~CodeArena() {
  Registry& registry = Registry::Get();
  std::lock_guard lock(registry.mutex);
  for (const auto& chunk : chunks_) registry.by_start.erase(chunk->words.get());
}

bool CodeArena::AddChunk(size_t least) {
  const size_t usual =
      chunks_.empty() ? kFirstChunkWords : std::min(chunks_.back()->capacity * 2, kLargeChunkWords);
  auto chunk = std::make_unique<Chunk>();
  chunk->capacity = std::max(usual, least);
  chunk->words.reset(new (std::nothrow) Word[chunk->capacity]);
  if (chunk->words == nullptr) return false;
  Registry& registry = Registry::Get();
  std::lock_guard lock(registry.mutex);
  registry.by_start[chunk->words.get()] = chunk.get();
  chunks_.push_back(std::move(chunk));
  return true;
}

void CodeArena::DropChunk(size_t index) {
  Registry& registry = Registry::Get();
  std::lock_guard lock(registry.mutex);
  registry.by_start.erase(chunks_[index]->words.get());
  chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(index));
}

Word* CodeArena::Tail(size_t count) {
  const bool fits = !chunks_.empty() && chunks_.back()->capacity - chunks_.back()->used >= count;
  if (!fits && !AddChunk(count)) return nullptr;
  return chunks_.back()->words.get() + chunks_.back()->used;
}

Word* CodeArena::GrowTail(size_t used, size_t count) {
  const Word* old = Tail(0);
  const size_t old_chunk = chunks_.size() - 1;
  Word* grown = Tail(count);
  if (grown == nullptr || grown == old) return grown;
  std::copy_n(old, used, grown);
  if (chunks_[old_chunk]->bodies.empty()) DropChunk(old_chunk);
  return grown;
}

const Body& CodeArena::Commit(Body body, CatchTable catches) {
  Chunk& chunk = *chunks_.back();
  const size_t taken = body.size + catches.bytes() / sizeof(Word);
  if (!catches.empty()) {
    body.catches =
        chunk.catch_tables.emplace_back(std::make_unique<const CatchTable>(std::move(catches)))
            .get();
  }
  body.code = chunk.words.get() + chunk.used;
  std::lock_guard lock(Registry::Get().mutex);
  chunk.used += body.size;
  words_left_ -= std::min(words_left_, taken);
  return chunk.bodies.emplace_back(body);
}

Body FindBody(const Word* word) {
  CodeArena::Registry& registry = CodeArena::Registry::Get();
  std::lock_guard lock(registry.mutex);
  const auto next_chunk = registry.by_start.upper_bound(word);
  if (next_chunk == registry.by_start.begin()) return {};
  const auto& bodies = std::prev(next_chunk)->second->bodies;
  const auto after =
      std::upper_bound(bodies.begin(), bodies.end(), word,
                       [](const Word* at, const Body& body) { return at < body.code; });
  if (after == bodies.begin()) return {};
  const Body& body = *std::prev(after);
  return word < body.code + body.size ? body : Body{};
}

}  // namespace tenon::vm::interp
