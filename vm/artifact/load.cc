#include "vm/artifact/load.h"

#include <mutex>
#include <utility>

#include "vm/binary/decoder.h"
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
    const Part& part = image_->outlined(index_).source;
    const SharedBytes bytes{image_, image_->source().subspan(part.offset, part.size)};
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

Result<std::shared_ptr<const ResolvedModule>> Resolve(
    const std::shared_ptr<const Image>& image, size_t index, SharedBytes outline, Engine* engine,
    std::shared_ptr<const CompiledModule> compiled) {
  TENON_ASSIGN_OR_RETURN(vm::Module module, DecodeModule(std::move(outline), image->features()));
  const absl::Span<const Part> datas = image->datas(index);
  if (module.datas.size() != datas.size()) {
    return Fail(ErrorKind::kMalformed, "the compiled file is damaged");
  }
  TENON_ASSIGN_OR_RETURN(
      std::shared_ptr<ResolvedModule> resolved,
      ValidateModule(std::make_unique<vm::Module>(std::move(module)), &engine->types(),
                     image->features(), BodyValidation::kLazy, std::move(compiled)));
  for (size_t i = 0; i < datas.size(); ++i) {
    resolved->datas[i].bytes = image->source().subspan(datas[i].offset, datas[i].size);
  }
  return std::shared_ptr<const ResolvedModule>(std::move(resolved));
}

Result<std::shared_ptr<LoadedModule>> LoadModule(Engine* engine,
                                                 const std::shared_ptr<const Image>& image) {
  if (image->is_component() || image->module_count() != 1) {
    return Fail(ErrorKind::kUsage, "compiled from a component, not from a core module");
  }
  TENON_RETURN_IF_ERROR(image->CheckSettings(*engine));
  const std::shared_ptr<const CompiledModule> compiled = ModuleOf(image, 0, engine);
  TENON_ASSIGN_OR_RETURN(auto resolved,
                         Resolve(image, 0, {image, image->outline()}, engine, compiled));
  return LoadedModule::Create(engine, std::move(resolved), "", compiled);
}

}  // namespace tenon::vm::artifact
