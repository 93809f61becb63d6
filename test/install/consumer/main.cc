#include <tenon/tenon.h>

#include <cstdio>

int Fail(const tenon::Error& error) { return std::puts(error.ToString().c_str()), 1; }

int main(int argc, char** argv) {
  tenon::Engine engine;
  auto component = tenon::Component::FromFile(engine, argc > 1 ? argv[1] : "hello.wasm");
  if (!component) return Fail(component.error());
  tenon::Linker linker;
  tenon::AddWasi(linker);
  tenon::Store store(engine, {.memory_bytes = 64 << 20});
  tenon::WasiContext grants;
  grants.InheritStandardStreams();
  if (auto set = tenon::SetWasi(store, std::move(grants)); !set) return Fail(set.error());
  auto instance = linker.Instantiate(store, *component);
  if (!instance) return Fail(instance.error());
  auto run =
      instance->GetFunc<tenon::Expected<void, std::monostate>()>("wasi:cli/run@0.2.0", "run");
  if (!run) return Fail(run.error());
  auto outcome = run->Call();
  if (!outcome) return Fail(outcome.error());  // a trap: error().trap() has its backtrace
  return outcome->has_value() ? 0 : 1;
}
