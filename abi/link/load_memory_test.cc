// What loading takes of memory, for files made to take much: each is the same few bytes over and
// over. The factor is stated in abi/README.md and SECURITY.md.
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "abi/binary/bytes_for_test.h"
#include "abi/link/component.h"
#include "vm/interp/interpreter.h"

namespace tenon::abi {
namespace {

constexpr size_t kFileBytes = 2 << 20;

// What is promised of the peak, decoding and validation together.
constexpr uint64_t kMaxLoadBase = uint64_t{32} << 20;
constexpr uint64_t kMaxLoadFactor = 64;

Bytes Number(size_t value) {
  Bytes bytes;
  AppendVarU32(static_cast<uint32_t>(value), &bytes);
  return bytes;
}

// As many of `item` as fill the file, in sections of at most `section_items` each.
Bytes Sections(uint8_t id, const Bytes& item, size_t section_items, Bytes before = {}) {
  Bytes bytes = Component({before});
  bytes.reserve(kFileBytes + 1024);
  while (bytes.size() + 16 < kFileBytes) {
    const size_t fits = (kFileBytes - bytes.size()) / item.size();
    const size_t count = std::max<size_t>(1, std::min(section_items, fits));
    Bytes content = Number(count);
    for (size_t i = 0; i < count; ++i) content.insert(content.end(), item.begin(), item.end());
    const Bytes section = Blob(id, content);
    bytes.insert(bytes.end(), section.begin(), section.end());
  }
  return bytes;
}

// One vector of as many items as fill the file, between two pieces of a definition in section `id`.
Bytes OneVector(uint8_t id, const Bytes& head, const Bytes& item, size_t limit, const Bytes& tail) {
  const size_t count = std::min(limit, kFileBytes / item.size());
  Bytes content = Cat({{0x01}, head, Number(count)});
  for (size_t i = 0; i < count; ++i) content.insert(content.end(), item.begin(), item.end());
  return Component({Blob(id, Cat({content, tail}))});
}

// `count` times `item`, after the number.
Bytes Repeat(size_t count, const Bytes& item) {
  Bytes bytes = Number(count);
  bytes.reserve(bytes.size() + count * item.size());
  for (size_t i = 0; i < count; ++i) bytes.insert(bytes.end(), item.begin(), item.end());
  return bytes;
}

size_t Filling(const Bytes& item) { return kFileBytes / item.size(); }

Bytes InModule(std::initializer_list<Bytes> sections) {
  return Component({Blob(1, Module(sections))});
}

// Gives back what is free, lest it be used again unseen, and begins the peak anew. False where the
// kernel does not let us: less would be measured than is taken.
bool ForgetPeak() {
  ::malloc_trim(0);
  std::FILE* file = std::fopen("/proc/self/clear_refs", "w");
  if (file == nullptr) return false;
  std::fputs("5", file);
  return std::fclose(file) == 0;
}

// Kilobytes that loading adds to what a process takes, at its peak.
long PeakKilobytes(const Bytes& bytes, std::string* message) {
  int pipe_ends[2];
  EXPECT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    vm::Engine engine{vm::InterpreterTier()};
    rusage before, after;
    Bytes copy = bytes;
    if (!ForgetPeak()) ::_exit(1);
    ::getrusage(RUSAGE_SELF, &before);
    const auto loaded = LoadComponent(&engine, std::move(copy), vm::BodyValidation::kEager);
    ::getrusage(RUSAGE_SELF, &after);
    const std::string text = loaded ? "loaded" : loaded.error().message();
    const long added = after.ru_maxrss - before.ru_maxrss;
    static_cast<void>(!::write(pipe_ends[1], &added, sizeof added));
    static_cast<void>(!::write(pipe_ends[1], text.data(), text.size()));
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  long added = 0;
  EXPECT_EQ(::read(pipe_ends[0], &added, sizeof added), static_cast<ssize_t>(sizeof added));
  char text[300];
  const ssize_t got = ::read(pipe_ends[0], text, sizeof text);
  message->assign(text, got > 0 ? static_cast<size_t>(got) : 0);
  ::close(pipe_ends[0]);
  ::waitpid(child, nullptr, 0);
  return added;
}

struct Case {
  const char* name;
  Bytes bytes;
};

// Three letters, different for each number.
Bytes Letters(size_t number) {
  Bytes letters;
  for (int i = 0; i < 3; ++i, number /= 26) letters.push_back('a' + number % 26);
  return letters;
}

// An instance type of thousands of resources, imported hundreds of times: each import is a copy.
Bytes LargeInstanceTypeManyTimes() {
  constexpr size_t kResources = 2'800, kImports = 990;
  Bytes declarations, imports;
  for (size_t i = 0; i < kResources; ++i) {
    const Bytes one = Cat({{0x04, 0x00, 0x03}, Letters(i), {0x03, 0x01}});
    declarations.insert(declarations.end(), one.begin(), one.end());
  }
  for (size_t i = 0; i < kImports; ++i) {
    const Bytes one = Cat({{0x00, 0x03}, Letters(i), {0x05, 0x00}});
    imports.insert(imports.end(), one.begin(), one.end());
  }
  return Component({Blob(7, Cat({{0x01, 0x42}, Number(kResources), declarations})),
                    Blob(10, Cat({Number(kImports), imports}))});
}

// A component that declares the most it can in each of `definitions`, instantiated hundreds of
// times.
Bytes ManyInstances(const Bytes& before, uint8_t section, const Bytes& definition) {
  constexpr size_t kDefinitions = 990, kInstances = 990;
  const Bytes component = Component({before, Blob(section, Repeat(kDefinitions, definition))});
  return Component({Blob(4, component), Blob(5, Repeat(kInstances, {0x00, 0x00, 0x00}))});
}

// A module that exports a function, its instance, and the alias of that function.
Bytes CoreFunction() {
  const Bytes module =
      Module({Section(1, {{0x60, 0x00, 0x00}}), Section(3, {{0x00}}),
              Section(7, {{0x01, 'f', 0x00, 0x00}}), Section(10, {{0x02, 0x00, 0x0b}})});
  return Cat({Blob(1, module), Section(2, {{0x00, 0x00, 0x00}}),
              Section(6, {{0x00, 0x00, 0x01, 0x00, 0x01, 'f'}}),
              Section(7, {{0x40, 0x00, 0x01, 0x00}})});
}

std::vector<Case> ComponentCases() {
  constexpr size_t kAll = 1'000'000;
  const Bytes func_type = Section(7, {{0x40, 0x00, 0x01, 0x00}});
  return {
      {"core instances", Sections(2, {0x01, 0x00}, 1'000)},
      {"core types", Sections(3, {0x60, 0x00, 0x00}, kAll)},
      {"module types", Sections(3, {0x50, 0x00}, kAll)},
      {"instances", Sections(5, {0x01, 0x00}, 1'000)},
      {"aliases", Sections(6, {0x03, 0x02, 0x00, 0x00}, kAll, Section(7, {{0x7f}}))},
      {"primitive types", Sections(7, {0x7f}, kAll)},
      {"lists", Sections(7, {0x70, 0x7f}, kAll)},
      {"instance types", Sections(7, {0x42, 0x00}, kAll)},
      {"function types", Sections(7, {0x40, 0x00, 0x01, 0x00}, kAll)},
      {"canons", Sections(8, {0x04, 0x00}, kAll)},
      {"imports", Sections(10, {0x00, 0x01, 'a', 0x01, 0x00}, kAll, func_type)},
      {"exports", Sections(11, {0x00, 0x01, 'a', 0x01, 0x00, 0x00}, kAll, func_type)},
      {"values", Sections(12, {0x7f, 0x00}, kAll)},
      {"imports of a large instance type", LargeInstanceTypeManyTimes()},
      {"resources of many instances", ManyInstances({}, 7, {0x3f, 0x7f, 0x00})},
      {"lifts of many instances", ManyInstances(CoreFunction(), 8, {0x00, 0x00, 0x00, 0x00, 0x00})},
      {"lowers of many instances",
       ManyInstances(Cat({CoreFunction(), Section(8, {{0x00, 0x00, 0x00, 0x00, 0x00}})}), 8,
                     {0x01, 0x00, 0x00, 0x00})},
      {"components", Component({[] {
         Bytes bytes;
         while (bytes.size() < kFileBytes) {
           const Bytes one = Blob(4, Component({}));
           bytes.insert(bytes.end(), one.begin(), one.end());
         }
         return bytes;
       }()})},
      {"custom sections", Component({[] {
         Bytes bytes;
         while (bytes.size() < kFileBytes) bytes.insert(bytes.end(), {0x00, 0x01, 0x00});
         return bytes;
       }()})},
      {"declarations", OneVector(7, {0x42}, {0x01, 0x7f}, kAll, {})},
      {"core declarations", OneVector(3, {0x50}, {0x01, 0x60, 0x00, 0x00}, kAll, {})},
      {"inline exports", OneVector(2, {0x01}, {0x00, 0x00, 0x00}, kAll, {})},
      {"instantiation arguments", OneVector(5, {0x00, 0x00}, {0x00, 0x01, 0x00}, kAll, {})},
  };
}

std::vector<Case> ModuleCases() {
  const Bytes type = Section(1, {{0x60, 0x00, 0x00}});
  const Bytes func = Section(3, {{0x00}});
  const Bytes body = Section(10, {{0x02, 0x00, 0x0b}});
  const Bytes table = Section(4, {{0x70, 0x00, 0x01}});
  const Bytes plain_type = {0x60, 0x00, 0x00}, import = {0x00, 0x00, 0x00, 0x00};
  const Bytes global = {0x7f, 0x00, 0x41, 0x00, 0x0b}, item = {0xd2, 0x00, 0x0b};
  const Bytes segment = {0x01, 0x00, 0x00}, data = {0x01, 0x00}, empty_body = {0x02, 0x00, 0x0b};
  Bytes constant = {0x01, 0x7f, 0x00, 0x41, 0x00}, customs, types, exports;
  while (constant.size() < kFileBytes) constant.insert(constant.end(), {0x41, 0x00, 0x6a});
  constant.push_back(0x0b);
  while (customs.size() < kFileBytes) customs.insert(customs.end(), {0x00, 0x01, 0x00});
  // All different: their parameters are the digits of a number.
  constexpr size_t kTypes = kFileBytes / 14;
  for (size_t i = 0; i < kTypes; ++i) {
    types.insert(types.end(), {0x60, 10});
    for (size_t digit = 0, rest = i; digit < 10; ++digit, rest /= 4) {
      types.push_back(static_cast<uint8_t>(0x7c + rest % 4));
    }
    types.push_back(0x00);
  }
  constexpr size_t kExports = kFileBytes / 7;
  for (size_t i = 0; i < kExports; ++i) {
    exports.insert(exports.end(), {4, 'a', 'a', 'a', 'a', 0x00, 0x00});
    for (size_t letter = 0, rest = i; letter < 4; ++letter, rest /= 26) {
      exports[exports.size() - 3 - letter] += static_cast<uint8_t>(rest % 26);
    }
  }
  const size_t functions = kFileBytes / 4;
  return {
      {"module: types", InModule({Blob(1, Repeat(Filling(plain_type), plain_type))})},
      {"module: different types", InModule({Blob(1, Cat({Number(kTypes), types}))})},
      {"module: imports", InModule({type, Blob(2, Repeat(Filling(import), import))})},
      {"module: functions", InModule({type, Blob(3, Repeat(functions, {0x00})),
                                      Blob(10, Repeat(functions, empty_body))})},
      {"module: globals", InModule({Blob(6, Repeat(Filling(global), global))})},
      {"module: exports", InModule({type, func, Blob(7, Cat({Number(kExports), exports})), body})},
      {"module: element segments", InModule({Blob(9, Repeat(100'000, segment))})},
      {"module: elements",
       InModule(
           {type, func, Blob(9, Cat({{0x01, 0x01, 0x00}, Repeat(kFileBytes, {0x00})})), body})},
      {"module: element expressions",
       InModule({type, func, table, Blob(9, Cat({{0x01, 0x05, 0x70}, Repeat(Filling(item), item)})),
                 body})},
      {"module: a long constant", InModule({Blob(6, constant)})},
      {"module: data segments", InModule({Blob(11, Repeat(100'000, data))})},
      {"module: custom sections", InModule({customs})},
  };
}

TEST(LoadMemoryTest, LoadingTakesAFewTimesWhatTheFileHas) {
  if (!ForgetPeak()) GTEST_SKIP() << "the kernel gives no way to begin a peak anew";
  for (const auto& cases : {ComponentCases(), ModuleCases()}) {
    for (const Case& item : cases) {
      std::string message;
      const long kilobytes = PeakKilobytes(item.bytes, &message);
      EXPECT_LT(kilobytes, (kMaxLoadBase + kMaxLoadFactor * item.bytes.size()) / 1024)
          << item.name << ": " << message;
    }
  }
}

}  // namespace
}  // namespace tenon::abi
