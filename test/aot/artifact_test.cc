// Compiled files that were damaged: refused, or as good as before, whatever byte it is.
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "jit/compile.h"
#include "test/aot/forge.h"
#include "vm/artifact/format.h"
#include "vm/artifact/image.h"
#include "vm/artifact/load.h"
#include "vm/artifact/symbols.h"
#include "vm/binary/decoder.h"
#include "vm/binary/encoder.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/store.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::vm::artifact {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr absl::string_view kModule = R"((module $m
  (type $binary (func (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\01\02\03\04")
  (table funcref (elem $add $sub))
  (global $calls (mut i32) (i32.const 0))
  (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func $sub (type $binary) (i32.sub (local.get 0) (local.get 1)))
  (func (export "run") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call_indirect (type $binary)
      (i32.load (i32.const 8)) (global.get $calls) (i32.const 0))))
)";
constexpr uint32_t kExpected = 0x04030202;

Bytes CompileToFile(absl::string_view wat, const jit::CompileOptions& options) {
  const Features features;
  Result<vm::Module> parsed = ParseModule(wat);
  EXPECT_TRUE(parsed.has_value());
  const Bytes binary = EncodeModule(*parsed);
  TypeStore types;
  auto resolved = ValidateModule(std::make_unique<vm::Module>(*DecodeModule(binary, features)),
                                 &types, features, BodyValidation::kEager);
  EXPECT_TRUE(resolved.has_value());
  const Bytes plan = PlanOf(**resolved);
  Source source;
  source.binary = (*resolved)->module->Bytes();
  source.modules.push_back(PlaceOf(**resolved, source.binary));
  source.plan = plan;
  const ResolvedModule* const modules[] = {resolved->get()};
  auto image = jit::Compile({modules, source}, options, nullptr);
  EXPECT_TRUE(image.has_value());
  return *image;
}

const Bytes& FileOfInterpreted() {
  static const Bytes& file = *new Bytes(CompileToFile(
      kModule, {.level = jit::OptLevel::k0, .filter = [](FuncIdx) { return false; }}));
  return file;
}

const Bytes& File() {
  static const Bytes& file = *new Bytes(CompileToFile(kModule, {.level = jit::OptLevel::k0}));
  return file;
}

Result<std::shared_ptr<const Image>> MapBytes(const Bytes& bytes) {
  auto file = sys::File::OfBytes(bytes);
  EXPECT_TRUE(file.has_value());
  return Image::Map(std::move(*file));
}

// What a run says, or why there is none.
std::string Outcome(const Bytes& bytes) {
  auto image = MapBytes(bytes);
  if (!image) return image.error().message();
  Engine engine(InterpreterTier());
  auto module = LoadModule(&engine, *image);
  if (!module) return module.error().message();
  Store store(&engine);
  auto instance = Instantiate(store, *module, {});
  if (!instance) return instance.error().message();
  Slot result;
  const vm::Func* const run = (*instance)->ExportedFunc("run");
  if (run == nullptr || store.Invoke(*run, &result) != CallOutcome::kReturned) return "trap";
  return std::to_string(ReadSlot<uint32_t>(&result));
}

Header HeaderOf(const Bytes& bytes, uint64_t* at) {
  for (*at = 0; std::memcmp(bytes.data() + *at, kMagic, sizeof kMagic) != 0; *at += 8) {
  }
  Header header;
  std::memcpy(&header, bytes.data() + *at, sizeof header);
  return header;
}

// Parts of the file that loading trusts.
std::vector<Part> TrustedParts(const Bytes& bytes) {
  uint64_t at = 0;
  const Header header = HeaderOf(bytes, &at);
  Module module;
  std::memcpy(&module, bytes.data() + header.modules, sizeof module);
  const uint64_t begin = header.trailer.offset;
  return {{0, header.checked_bytes},
          {module.funcs, module.func_count * sizeof(Func)},
          {begin + header.rows.offset, header.rows.size},
          {begin + header.plan.offset, header.plan.size}};
}

// Calls with every copy of the file in which one bit of the parts is another.
void FlipEachBit(const Bytes& file, const std::vector<Part>& parts,
                 const std::function<void(const Bytes&)>& check) {
  Bytes copy = file;
  for (const Part& part : parts) {
    for (uint64_t i = part.offset; i < part.offset + part.size; ++i) {
      for (int bit = 0; bit < 8; ++bit) {
        copy[i] ^= 1 << bit;
        check(copy);
        copy[i] ^= 1 << bit;
      }
    }
  }
}

TEST(ArtifactTest, RunsFromItsPlan) { EXPECT_EQ(Outcome(File()), std::to_string(kExpected)); }

TEST(ArtifactTest, RefusesFlipsOrBehavesTheSame) {
  const std::string expected = std::to_string(kExpected);
  size_t refused = 0, same = 0;
  FlipEachBit(File(), TrustedParts(File()), [&](const Bytes& damaged) {
    const std::string outcome = Outcome(damaged);
    ASSERT_TRUE(outcome == expected || !absl::ascii_isdigit(outcome[0])) << outcome;
    ++(outcome == expected ? same : refused);
  });
  EXPECT_GT(refused, 1000);
  EXPECT_GT(same, 100);  // functions whose rows are damaged are interpreted
}

// Functions without machine code are translated from the source, for instances that the plan lays
// out.
TEST(ArtifactTest, InterpretsNothingOfADamagedSource) {
  const Bytes& file = FileOfInterpreted();
  EXPECT_EQ(Outcome(file), std::to_string(kExpected));
  uint64_t at = 0;
  const Header header = HeaderOf(file, &at);
  const Part source = {header.trailer.offset + header.source.offset, header.source.size};
  FlipEachBit(file, {source}, [](const Bytes& damaged) { ASSERT_EQ(Outcome(damaged), "trap"); });
}

TEST(ArtifactTest, AFileThatCannotBeReadIsNotADamagedOne) {
  auto file = sys::File::OfBytes(File());
  const std::string path = absl::StrCat("/proc/self/fd/", file->descriptor());
  const int write_only = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(dup2(write_only, file->descriptor()), file->descriptor());
  close(write_only);
  const auto image = Image::Map(std::move(*file));
  ASSERT_FALSE(image.has_value());
  EXPECT_EQ(image.error().kind(), ErrorKind::kIo);
}

TEST(ArtifactTest, RefusesTruncation) {
  for (size_t size = 0; size < File().size(); size += size < 1000 ? 1 : 97) {
    EXPECT_FALSE(MapBytes({File().begin(), File().begin() + size}).has_value()) << size;
  }
}

TEST(ArtifactTest, VerifyRefusesEveryFlip) {
  Bytes copy = File();
  for (size_t i = 0; i < copy.size(); ++i) {
    copy[i] ^= 1 << (i % 8);
    const auto image = MapBytes(copy);
    EXPECT_FALSE(image.has_value() && (*image)->Verify().has_value()) << i;
    copy[i] ^= 1 << (i % 8);
  }
}

// Behind the code, and before the parts that the sections say nothing of: names, and the sections
// that say where they are.
Part SymbolsOf(const Bytes& bytes) {
  Elf64_Ehdr elf;
  std::memcpy(&elf, bytes.data(), sizeof elf);
  uint64_t begin = elf.e_shoff, end = elf.e_shoff + elf.e_shnum * sizeof(Elf64_Shdr);
  for (size_t i = 0; i < elf.e_shnum; ++i) {
    Elf64_Shdr section;
    std::memcpy(&section, bytes.data() + elf.e_shoff + i * sizeof section, sizeof section);
    if (section.sh_type != SHT_SYMTAB && section.sh_type != SHT_STRTAB) continue;
    begin = std::min(begin, section.sh_offset);
    end = std::max(end, section.sh_offset + section.sh_size);
  }
  return {begin, end - begin};
}

std::string TextOf(const std::vector<Symbol>& symbols) {
  std::string text;
  for (const Symbol& symbol : symbols) {
    absl::StrAppend(&text, symbol.offset, " ", symbol.size, " ", symbol.name, "\n");
  }
  return text;
}

// Loading compares no digest of the symbols, nor of the sections that say where they are.
TEST(ArtifactTest, ReadsDamagedSymbolsSafely) {
  const auto whole = ReadSymbols(**MapBytes(File()));
  EXPECT_EQ(whole->front().name, "f0.add");
  const std::string expected = TextOf(*whole);
  size_t refused = 0, changed = 0;
  Bytes copy = File();
  const Part part = SymbolsOf(copy);
  for (uint64_t i = part.offset; i < part.offset + part.size; ++i) {
    for (const uint8_t value : {0x00, 0x7f, 0xff}) {
      copy[i] = value;
      const auto image = MapBytes(copy);
      ASSERT_TRUE(image.has_value());
      const auto symbols = ReadSymbols(**image);
      for (size_t k = 0; symbols && k < symbols->size(); ++k) {
        ASSERT_TRUE((*image)->IsCode((*symbols)[k].offset, (*symbols)[k].size));
      }
      refused += !symbols;
      changed += symbols && TextOf(*symbols) != expected;
    }
    copy[i] = File()[i];
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(changed, 10);
}

TEST(ArtifactTest, ReadsForgedPartsSafely) {
  size_t loaded = 0;
  FlipEachBit(File(), TrustedParts(File()), [&](const Bytes& damaged) {
    Bytes forged = damaged;
    if (Forge(&forged) && LoadForged(forged)) ++loaded;
  });
  EXPECT_GT(loaded, 100);
}

}  // namespace
}  // namespace tenon::vm::artifact
