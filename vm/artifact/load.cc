#include "vm/artifact/load.h"

#include <cstring>
#include <mutex>
#include <utility>

#include "vm/binary/decoder.h"
#include "vm/sys/sha256.h"
#include "vm/valid/archived_module.h"
#include "vm/valid/validate.h"

namespace tenon::vm::artifact {
namespace {

class ModuleOfImage : public CompiledModule {
 public:
  ModuleOfImage(std::shared_ptr<const Image> image, size_t index, Engine* engine)
      : image_(std::move(image)), index_(index), engine_(*engine) {}

  size_t size() const override { return image_->func_count(index_); }

  // Where the file is damaged, the source tells; where that is damaged too, the function has no
  // code at all, and its type does not matter.
  TypeIdx TypeOf(size_t func) const override {
    if (const std::optional<Func> row = image_->FuncAt(index_, func)) return TypeIdx(row->type);
    const ResolvedModule* const whole = Whole();
    return whole != nullptr && func < whole->module->functions.size()
               ? whole->module->functions[func]
               : TypeIdx(0);
  }

  NativeFunc NativeOf(size_t func) const override { return image_->NativeAt(index_, func); }

  bool relies_on_margins() const override { return image_->relies_on_margins(); }
  const CodePositions& positions() const override { return image_->positions(); }
  uint32_t index() const override { return static_cast<uint32_t>(index_); }

  const ResolvedModule* Whole() const override {
    std::call_once(once_, [this] { whole_ = Decode(); });
    return whole_.get();
  }

 private:
  std::shared_ptr<const ResolvedModule> Decode() const {
    const Outlined& row = image_->outlined(index_);
    const SharedBytes bytes{image_, image_->source().subspan(row.source.offset, row.source.size)};
    // What is translated from it runs on instances that are laid out by the plan.
    const sys::Sha256Digest digest = sys::Sha256Of(bytes.bytes);
    if (std::memcmp(digest.data(), row.source_digest, digest.size()) != 0) return nullptr;
    Result<vm::Module> module = DecodeModule(bytes, image_->features());
    if (!module || module->functions.size() != size()) return nullptr;
    auto resolved = ValidateModule(std::make_unique<vm::Module>(std::move(*module)),
                                   &engine_.types(), image_->features(), BodyValidation::kLazy);
    return resolved ? std::move(*resolved) : nullptr;
  }

  const std::shared_ptr<const Image> image_;
  const size_t index_;
  Engine& engine_;
  mutable std::once_flag once_;
  mutable std::shared_ptr<const ResolvedModule> whole_;
};

}  // namespace

std::shared_ptr<const CompiledModule> ModuleOf(std::shared_ptr<const Image> image, size_t index,
                                               Engine* engine) {
  return std::make_shared<ModuleOfImage>(std::move(image), index, engine);
}

Result<std::shared_ptr<const ResolvedModule>> ReadModule(
    ArchiveReader& archive, const std::shared_ptr<const Image>& image, size_t index,
    std::shared_ptr<const CompiledModule> compiled) {
  std::vector<absl::Span<const uint8_t>> datas;
  for (const Part& data : image->datas(index)) {
    datas.push_back(image->source().subspan(data.offset, data.size));
  }
  return vm::ReadModule(archive, image->features(), image, std::move(compiled), datas);
}

std::vector<uint8_t> PlanOf(const ResolvedModule& module) {
  ArchiveWriter archive(*module.types);
  WriteModule(archive, module);
  return std::move(archive).Finish();
}

Result<std::shared_ptr<LoadedModule>> LoadModule(Engine* engine,
                                                 const std::shared_ptr<const Image>& image) {
  if (image->is_component() || image->module_count() != 1) {
    return Fail(ErrorKind::kUsage, "compiled from a component, not from a core module");
  }
  TENON_RETURN_IF_ERROR(image->CheckSettings(*engine));
  const std::shared_ptr<const CompiledModule> compiled = ModuleOf(image, 0, engine);
  ArchiveReader archive(image->plan(), &engine->types());
  TENON_ASSIGN_OR_RETURN(auto resolved, ReadModule(archive, image, 0, compiled));
  TENON_RETURN_IF_ERROR(archive.Finish());
  return LoadedModule::Create(engine, std::move(resolved), "", compiled);
}

}  // namespace tenon::vm::artifact
