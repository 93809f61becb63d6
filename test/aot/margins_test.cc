// Memories without a margin (vm/runtime/memory_region.h), which code that imports one declared with
// fewer pages may rely on: compiled code and such a memory exclude each other, whichever is first.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "jit/compile.h"
#include "vm/artifact/image.h"
#include "vm/artifact/load.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/store.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::vm {
namespace {

using artifact::Image;

// Its load wraps around the end of 4 GiB.
constexpr absl::string_view kImporter = R"((module
  (import "m" "memory" (memory 1))
  (func $next (param i32) (result i32)
    (i32.store8 (local.get 0) (i32.const 7))
    (i32.load8_u (i32.add (local.get 0) (i32.const 8))))
  (func (export "run") (result i32)
    (i32.store8 (i32.const 0) (i32.const 42))
    (call $next (i32.const -8))))
)";
constexpr MemoryType kFull = {.limits = {.min = 65536}};
constexpr char kRefusal[] =
    "compiled code can't import a memory of 65536 pages that is declared with fewer, as import "
    "\"m\" \"memory\" is";

class MarginsTest : public testing::Test {
 protected:
  std::shared_ptr<const ResolvedModule> Resolve(absl::string_view wat) {
    auto resolved = ValidateModule(std::make_unique<Module>(*ParseModule(wat)), &engine_.types(),
                                   Features(), BodyValidation::kEager);
    EXPECT_TRUE(resolved.has_value());
    return std::move(*resolved);
  }

  // The first of the modules is the importer.
  std::shared_ptr<const Image> Compile(std::vector<const ResolvedModule*> modules,
                                       jit::TrapPolicy policy) {
    const jit::CompileOptions options{.level = jit::OptLevel::k1, .trap_policy = policy};
    auto bytes = jit::Compile({modules, {}}, options, nullptr);
    EXPECT_TRUE(bytes.has_value());
    return *Image::Map(*sys::File::OfBytes(*bytes));
  }

  std::shared_ptr<LoadedModule> Load() { return LoadedModule::Create(&engine_, importer_, ""); }

  // What it is refused with, or what it runs to.
  std::string Run(const std::shared_ptr<LoadedModule>& module) {
    const Extern imports[] = {memory_};
    auto instance = Instantiate(store_, module, imports);
    if (!instance) return instance.error().message();
    Slot result;
    if (store_.Invoke(*(*instance)->ExportedFunc("run"), &result) != CallOutcome::kReturned) {
      return "trap";
    }
    return std::to_string(ReadSlot<uint32_t>(&result));
  }

  Engine engine_{InterpreterTier()};
  Store store_{&engine_};
  Memory* const memory_ = *store_.NewMemory(kFull);
  std::shared_ptr<const ResolvedModule> importer_ = Resolve(kImporter);
};

TEST_F(MarginsTest, CompiledCodeRefusesTheMemory) {
  const auto module = Load();
  const auto image = Compile({importer_.get()}, jit::TrapPolicy::kComponent);
  ASSERT_TRUE(Image::Attach(image, 0, *module).has_value());

  EXPECT_EQ(Run(module), kRefusal);
}

TEST_F(MarginsTest, LoadedFromItsFileItRefusesTheMemory) {
  class Outlined : public CompiledModule {
   public:
    size_t size() const override { return 0; }
    TypeIdx TypeOf(size_t) const override { return TypeIdx(0); }
    NativeFunc NativeOf(size_t) const override { return {}; }
    bool relies_on_margins() const override { return true; }
    const CodePositions& positions() const override { return positions_; }
    uint32_t index() const override { return 0; }
    const ResolvedModule* Whole() const override { return nullptr; }

   private:
    CodePositions positions_;
  };
  EXPECT_EQ(Run(LoadedModule::Create(&engine_, importer_, "", std::make_shared<Outlined>())),
            kRefusal);
}

TEST_F(MarginsTest, AnInstanceWithTheMemoryRefusesCompiledCode) {
  const auto module = Load();
  const auto image = Compile({importer_.get()}, jit::TrapPolicy::kComponent);
  EXPECT_EQ(Run(module), "42");

  const Status attached = Image::Attach(image, 0, *module);

  ASSERT_FALSE(attached.has_value());
  EXPECT_EQ(attached.error().kind(), ErrorKind::kLimit);
  EXPECT_EQ(Run(module), "42");
}

TEST_F(MarginsTest, CodeThatIsPreciseDoesWithoutThem) {
  const auto module = Load();
  EXPECT_EQ(Run(module), "42");
  const auto image = Compile({importer_.get()}, jit::TrapPolicy::kPrecise);

  ASSERT_TRUE(Image::Attach(image, 0, *module).has_value());

  EXPECT_EQ(Run(module), "42");
}

TEST_F(MarginsTest, AProgramThatDefinesTheMemoryDoesWithoutThem) {
  const auto definer = Resolve("(module (memory (export \"memory\") 65536))");
  const auto module = Load();
  EXPECT_EQ(Run(module), "42");
  const auto image = Compile({importer_.get(), definer.get()}, jit::TrapPolicy::kComponent);

  ASSERT_TRUE(Image::Attach(image, 0, *module).has_value());

  EXPECT_EQ(Run(module), "42");
}

}  // namespace
}  // namespace tenon::vm
