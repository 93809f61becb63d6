#include "cli/tiers.h"

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include <cstdio>
#include <utility>

#include "abi/api/reps.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/cache.h"
#include "cli/check.h"
#include "cli/code_lines.h"
#include "cli/code_names.h"
#include "cli/compiler.h"
#include "cli/debugger.h"
#include "cli/input_file.h"
#include "cli/profile.h"
#include "vm/sys/entry.h"
#include "vm/sys/file.h"

namespace tenon::cli {
namespace {

// A guest that has run so long is worth compiling.
constexpr uint64_t kWorthCompiling = 200'000'000;  // nanoseconds of processor time
constexpr size_t kThreadStackBytes = 256 * 1024;

using vm::artifact::Image;

Result<std::shared_ptr<const Image>> MapFile(const std::string& path) {
  TENON_ASSIGN_OR_RETURN(vm::sys::File file, vm::sys::File::Open(path));
  return Image::Map(std::move(file));
}

// How tenon-compile is told what the engine will be.
std::vector<std::string> CompilerWords(const RunOptions& options, const std::string& input,
                                       const std::string& output) {
  std::vector<std::string> words = {"-o", output};
  if (options.engine.bounds == Bounds::kExplicit) words.emplace_back("--bounds=explicit");
  if (!options.features_text.empty()) {
    words.push_back(absl::StrCat("--features=", options.features_text));
  }
  words.push_back(input);
  return words;
}

bool MayCache(const RunOptions& options) {
  return !options.no_cache && options.tier != Tier::kInterp && options.file != "-";
}

// In memory: nothing is left behind, whatever ends either process.
Result<vm::sys::File> CompileInMemory(const RunOptions& options, const vm::sys::File& source) {
  TENON_ASSIGN_OR_RETURN(vm::sys::File compiled, vm::sys::File::OfBytes({}));
  TENON_ASSIGN_OR_RETURN(const int exit_code, RunCompiler(CompilerWords(options, "-", "-"),
                                                          {.input = source.descriptor(),
                                                           .output = compiled.descriptor()}));
  if (exit_code != 0) return Fail(ErrorKind::kIo, "it was not compiled");
  return compiled;
}

Result<InputFile> MapCompiled(vm::sys::File compiled) {
  TENON_RETURN_IF_ERROR(compiled.Seal());
  auto image = Image::Map(std::move(compiled));
  if (image) return InputFile{{}, *std::move(image), false, std::nullopt};
  return std::unexpected(std::move(image).error().WithContext("what tenon-compile made of it"));
}

// The image that the cache has after that, or the one in memory if there is no place in the cache.
// Another process may have compiled it before the lock was had.
Result<InputFile> CompileForCache(const RunOptions& options, const Cache& cache,
                                  const vm::sys::File& source,
                                  const vm::sys::Sha256Digest& digest) {
  const std::string name = Cache::NameOf(digest, options.engine);
  auto lock = cache.Lock(name, /*waits=*/true);
  const auto find = [&] { return cache.Find(digest, options.engine, options.verify); };
  if (auto image = find()) return InputFile{{}, std::move(image), true, digest};
  cache.Trim(kMaxCacheBytes);
  TENON_ASSIGN_OR_RETURN(vm::sys::File compiled, CompileInMemory(options, source));
  if (lock) {
    cache.Keep(name, compiled);
    lock->ClearMark();
  }
  if (auto image = find()) return InputFile{{}, std::move(image), true, digest};
  return MapCompiled(std::move(compiled));
}

// Compiles what was read, and waits for it.
Result<InputFile> CompileNow(const RunOptions& options, InputFile file) {
  TENON_ASSIGN_OR_RETURN(const vm::sys::File source, vm::sys::File::OfBytes(file.bytes));
  const auto cache = MayCache(options) ? Cache::Open(/*make=*/true) : std::nullopt;
  if (cache && !file.digest) file.digest = vm::sys::Sha256Of(file.bytes);
  TENON_RETURN_IF_ERROR(
      CheckFile(file.bytes, std::bit_cast<vm::Features>(options.engine.features.rep() ^
                                                        std::bit_cast<uint64_t>(vm::Features()))));
  if (cache) return CompileForCache(options, *cache, source, *file.digest);
  TENON_ASSIGN_OR_RETURN(vm::sys::File compiled, CompileInMemory(options, source));
  return MapCompiled(std::move(compiled));
}

// With the image that the cache has, or the bytes.
Result<InputFile> ReadOrFind(const RunOptions& options) {
  InputFile file;
  struct stat status;
  const auto cache = MayCache(options) ? Cache::Open(/*make=*/false) : std::nullopt;
  const bool is_known =
      cache && stat(options.file.c_str(), &status) == 0 && S_ISREG(status.st_mode);
  if (is_known) file.digest = cache->KnownDigest(status);
  const bool was_known = file.digest.has_value();
  if (was_known) file.image = cache->Find(*file.digest, options.engine, options.verify);
  if (file.image == nullptr) {
    file.digest.reset();  // what is read now may be another file
    TENON_ASSIGN_OR_RETURN(file.bytes, ReadInputFile(options.file));
    struct stat after;
    const bool is_same =
        is_known && stat(options.file.c_str(), &after) == 0 && Cache::IsSame(status, after);
    if (is_same) file.status = status;
  }
  if (file.status && !was_known) {
    file.digest = vm::sys::Sha256Of(file.bytes);
    cache->Remember(status, *file.digest);
    file.image = cache->Find(*file.digest, options.engine, options.verify);
  }
  file.is_cached = file.image != nullptr;
  return file;
}

// --- In the background ---------------------------------------------------------------------------

struct TierUp {
  RunOptions options;
  std::optional<struct stat> status;  // of the file with the component's bytes
  std::shared_ptr<const abi::CompiledComponent> component;
};

// The compiled file, when it is there: another process may be about to make it.
std::shared_ptr<const Image> Compile(const TierUp& work, const Cache& cache) {
  const std::vector<uint8_t>& bytes = *work.component->resolved->syntax->bytes;
  const vm::sys::Sha256Digest digest = vm::sys::Sha256Of(bytes);
  const EngineOptions& engine = work.options.engine;
  const std::string name = Cache::NameOf(digest, engine);
  auto lock = cache.Lock(name, /*waits=*/false);
  if (!lock || lock->is_marked()) return nullptr;
  if (auto image = cache.Find(digest, engine, /*in_all=*/false)) return image;
  cache.Trim(kMaxCacheBytes);
  const auto source = vm::sys::File::OfBytes(bytes);
  if (!source) return nullptr;
  const pid_t compiler = StartCompiler(
      CompilerWords(work.options, PathOfHeld(0), absl::StrCat(PathOfHeld(1), "/", name)),
      {source->descriptor(), cache.descriptor(), lock->descriptor()});
  if (compiler < 0) return nullptr;
  if (!WaitFor(compiler)) {
    lock->MarkFailed();
    return nullptr;
  }
  // Not as it is now: it may be another file meanwhile.
  if (work.status) cache.Remember(*work.status, digest);
  auto image = cache.Find(digest, engine, /*in_all=*/false);
  if (image == nullptr) lock->MarkFailed();  // as by a compiler of another build
  lock.reset();
  cache.Trim(kMaxCacheBytes);
  return image;
}

TierUp* tier_up = nullptr;  // there is one program in a process, which ends with it

void* RunTierUp(void*) {
  TierUp* const work = tier_up;
  const auto cache = Cache::Open(/*make=*/true);
  if (!cache) return nullptr;
  const std::shared_ptr<const Image> image = Compile(*work, *cache);
  if (image == nullptr) return nullptr;
  const auto& modules = work->component->modules;
  if (const Status told = TellTools(work->options, image.get(), modules, false); !told) {
    Complain(absl::StrCat("run: ", told.error().ToString()), kExitBadInput);
    return nullptr;
  }
  for (uint32_t i = 0; i < modules.size(); ++i) {
    if (!Image::Attach(image, i, *modules[i])) return nullptr;
  }
  return nullptr;
}

// Called where the guest is at work; see sys::CallAfterWork.
void StartThread() {
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setstacksize(&attributes, kThreadStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);  // signals are for the guest's thread
  pthread_t thread;
  pthread_create(&thread, &attributes, RunTierUp, nullptr);
  pthread_sigmask(SIG_SETMASK, &previous, nullptr);
  pthread_attr_destroy(&attributes);
}

}  // namespace

bool IsCompiledFile(absl::string_view name) { return absl::EndsWith(name, ".tenon"); }

Result<InputFile> ReadInput(const RunOptions& options) {
  if (IsCompiledFile(options.file)) {
    InputFile file;
    TENON_ASSIGN_OR_RETURN(file.image, MapFile(options.file));
    // What is interpreted is all read anyway.
    const bool is_verified = options.verify || options.tier == Tier::kInterp;
    if (is_verified) TENON_RETURN_IF_ERROR(file.image->Verify());
    file.compiled_for = OptionsOf(*file.image);
    if (options.tier != Tier::kInterp) return file;
    file.bytes.assign(file.image->source().begin(), file.image->source().end());
    file.image = nullptr;
    return file;
  }
  TENON_ASSIGN_OR_RETURN(InputFile file, ReadOrFind(options));
  if (options.tier == Tier::kAot && file.image == nullptr) {
    return CompileNow(options, std::move(file));
  }
  return file;
}

Result<InputFile> ReadWithoutImage(const RunOptions& options) {
  InputFile file;
  TENON_ASSIGN_OR_RETURN(file.bytes, ReadInputFile(options.file));
  return file;
}

Status TellTools(const RunOptions& options, const Image* image, ModuleSpan modules,
                 bool may_tier_up) {
  const bool is_profiled = options.profile != Profile::kNone;
  if (!is_profiled && !options.debug) return {};
  if (image == nullptr) {
    std::fprintf(stderr, "tenon: run: %s: the guest is interpreted%s; '--tier aot' compiles it%s\n",
                 is_profiled ? "--profile" : "-g", may_tier_up ? " until it has been compiled" : "",
                 may_tier_up ? " first" : "");
    return {};
  }
  const bool tells_lines = options.debug || options.profile == Profile::kJitDump;
  TENON_ASSIGN_OR_RETURN(const std::vector<CodePiece> pieces, PiecesOf(*image, modules));
  CodeLines lines;
  if (tells_lines) lines = LinesOf(*image, modules);
  if (!lines.lines.empty() && (image->header().settings & vm::artifact::kAllPositions) == 0) {
    std::fprintf(stderr,
                 "tenon: run: lines of the guest are those of what may trap or call; "
                 "'tenon compile -g' tells all of them\n");
  }
  if (options.debug) TellDebuggers(*image, pieces, lines);
  return is_profiled ? TellProfilers(options.profile, *image, pieces, lines) : Status();
}

bool MayTierUp(const RunOptions& options) {
  return options.tier == Tier::kAuto && MayCache(options);
}

void StartTierUp(const RunOptions& options, const std::optional<struct stat>& status,
                 std::shared_ptr<const abi::CompiledComponent> component) {
  tier_up = new TierUp{options, status, std::move(component)};
  // Short runs do without a thread. Without a timer the guest is interpreted to its end.
  (void)vm::sys::CallAfterWork(kWorthCompiling, &StartThread);
}

}  // namespace tenon::cli
