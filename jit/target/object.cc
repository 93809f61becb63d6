#include "jit/target/object.h"

#include <memory>

#include "jit/target/position_recorder.h"
#include "llvm/CodeGen/AsmPrinter.h"
#include "llvm/CodeGen/CodeGenTargetMachineImpl.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/raw_ostream.h"

namespace tenon::jit {
namespace {

// Tells when the first byte of an object is written, which is when all addresses are known and
// labels are not yet forgotten.
class ObjectStream final : public llvm::raw_pwrite_stream {
 public:
  explicit ObjectStream(llvm::SmallVectorImpl<char>* bytes)
      : raw_pwrite_stream(/*Unbuffered=*/true), bytes_(*bytes) {}
  ~ObjectStream() override { flush(); }
  void OnFirstByte(PositionRecorder* recorder) { recorder_ = recorder; }

 private:
  void write_impl(const char* bytes, size_t size) override {
    if (recorder_ != nullptr) std::exchange(recorder_, nullptr)->Finish();
    bytes_.append(bytes, bytes + size);
  }
  void pwrite_impl(const char* bytes, size_t size, uint64_t offset) override {
    std::copy_n(bytes, size, bytes_.data() + offset);
  }
  uint64_t current_pos() const override { return bytes_.size(); }

  llvm::SmallVectorImpl<char>& bytes_;
  PositionRecorder* recorder_ = nullptr;
};

}  // namespace

// As TargetMachine::addPassesToEmitFile, which has no place for the recorder, and without the
// second scheduling of instructions: processors that execute them out of order gain nothing from
// it.
void EmitCode(llvm::Module& module, llvm::TargetMachine& machine, llvm::legacy::PassManager& passes,
              llvm::SmallVectorImpl<char>* object, ObjectPositions* positions) {
  auto& generator = static_cast<llvm::CodeGenTargetMachineImpl&>(machine);
  ObjectStream stream(object);
  auto* info = new llvm::MachineModuleInfoWrapperPass(&generator);
  llvm::TargetPassConfig* config = generator.createPassConfig(passes);
  config->setDisableVerify(true);
  config->disablePass(&llvm::PostRASchedulerID);
  passes.add(config);
  passes.add(info);
  TENON_CHECK(!config->addISelPasses());
  config->addMachinePasses();
  config->setInitialized();

  auto streamer = generator.createMCStreamer(
      stream, /*DwoOut=*/nullptr, llvm::CodeGenFileType::ObjectFile, info->getMMI().getContext());
  TENON_CHECK(static_cast<bool>(streamer));
  llvm::AsmPrinter* printer =
      generator.getTarget().createAsmPrinter(generator, std::move(*streamer));
  auto recorder = std::make_unique<PositionRecorder>(printer, positions);
  stream.OnFirstByte(recorder.get());
  printer->addAsmPrinterHandler(std::move(recorder));
  passes.add(printer);
  passes.add(llvm::createFreeMachineFunctionPass());
  passes.run(module);
}

}  // namespace tenon::jit
