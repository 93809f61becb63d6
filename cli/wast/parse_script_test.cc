#include "cli/wast/script.h"

#include "gtest/gtest.h"

namespace tenon::cli {
namespace {

using Kind = Directive::Kind;

Directive ParseOne(absl::string_view text) {
  Script script = ParseScript(text);
  EXPECT_FALSE(script.error) << script.error->ToString();
  EXPECT_EQ(script.directives.size(), 1u) << text;
  return script.directives.empty() ? Directive() : std::move(script.directives[0]);
}

TEST(ParseScript, ReadsFormsOfModules) {
  const Directive text = ParseOne("(module $m (func))");
  ASSERT_EQ(text.kind, Kind::kModule);
  EXPECT_EQ(text.module->name, "$m");
  ASSERT_TRUE(text.module->module);
  EXPECT_EQ(text.module->module->functions.size(), 1u);

  const Directive binary = ParseOne("(module binary \"\\00asm\" \"\\01\\00\\00\\00\")");
  EXPECT_EQ(binary.module->form, ScriptModule::Form::kBinary);
  EXPECT_EQ(binary.module->source, std::string("\0asm\1\0\0\0", 8));

  const Directive quote = ParseOne("(module definition $q quote \"(func\" \")\")");
  EXPECT_EQ(quote.module->form, ScriptModule::Form::kQuote);
  EXPECT_EQ(quote.module->source, "(func)");
  EXPECT_TRUE(quote.module->is_definition);

  const Directive instance = ParseOne("(module instance $i $q)");
  EXPECT_EQ(instance.kind, Kind::kModuleInstance);
  EXPECT_EQ(instance.name, "$i");
  EXPECT_EQ(instance.definition, "$q");
}

TEST(ParseScript, ReadsActions) {
  const Directive directive = ParseOne(
      "(assert_return (invoke $m \"f\" (i32.const -1) (v128.const i16x8 1 2 3 4 5 6 7 8)"
      " (ref.extern 5) (ref.null func)) (f32.const nan:canonical)"
      " (v128.const f64x2 nan:arithmetic 1) (either (i32.const 1) (i32.const 2)) (ref.func))");
  ASSERT_EQ(directive.kind, Kind::kAssertReturn);
  const Action& action = *directive.action;
  EXPECT_EQ(action.instance, "$m");
  EXPECT_EQ(action.name, "f");
  ASSERT_EQ(action.arguments.size(), 4u);
  EXPECT_EQ(action.arguments[0].bits.Lane<uint64_t>(0), 0xffff'ffffu);
  EXPECT_EQ(action.arguments[1].bits.Lane<uint16_t>(7), 8);
  EXPECT_EQ(action.arguments[2].host_value, 5u);
  EXPECT_TRUE(action.arguments[3].is_null);
  ASSERT_EQ(directive.expected.size(), 4u);
  EXPECT_EQ(ToString(directive.expected[0]), "f32.const nan:canonical");
  EXPECT_EQ(ToString(directive.expected[1]), "v128.const i64x2 nan:arithmetic 0x3ff0000000000000");
  EXPECT_EQ(directive.expected[2].alternatives.size(), 2u);
  EXPECT_EQ(directive.expected[3].kind, ResultPattern::Kind::kKind);
}

TEST(ParseScript, ReadsAssertionsAboutModules) {
  const Directive malformed = ParseOne("\n(assert_malformed (module quote \"(\") \"unexpected\")");
  EXPECT_EQ(malformed.kind, Kind::kAssertMalformed);
  EXPECT_EQ(malformed.line, 2u);
  EXPECT_EQ(malformed.text, "unexpected");
  EXPECT_EQ(ParseOne("(assert_trap (module) \"x\")").kind, Kind::kAssertTrap);
  EXPECT_EQ(ParseOne("(assert_unlinkable (module) \"x\")").kind, Kind::kAssertUnlinkable);
  EXPECT_EQ(ParseOne("(register \"a\" $m)").text, "a");
}

TEST(ParseScript, KeepsTheErrorOfAModuleThatDoesNotParse) {
  const Script script = ParseScript("(module (func (bogus))) (module)");
  ASSERT_EQ(script.directives.size(), 2u);
  EXPECT_EQ(script.directives[0].kind, Kind::kModule);
  EXPECT_TRUE(script.directives[0].module->error);
  EXPECT_TRUE(script.directives[1].module->module);
}

TEST(ParseScript, GoesOnBehindABrokenDirective) {
  const Script script =
      ParseScript("(assert_return (invoke \"f\" (i32.const 1 2)))\n(script $c)\n(module)");
  EXPECT_FALSE(script.error);
  ASSERT_EQ(script.directives.size(), 3u);
  EXPECT_EQ(script.directives[0].kind, Kind::kBroken);
  EXPECT_EQ(script.directives[1].kind, Kind::kBroken);
  EXPECT_EQ(script.directives[1].error->message(), "not supported: script");
  EXPECT_EQ(script.directives[2].kind, Kind::kModule);
}

TEST(ParseScript, ReadsComponents) {
  const Script script = ParseScript(
      "(component definition $D (type u8))\n(component instance $i $D)\n(component (type $t))\n"
      "(assert_return (invoke \"f\" (u8.const 1)) (f32.const 1))");
  ASSERT_EQ(script.directives.size(), 4u);
  EXPECT_TRUE(script.directives[0].module->is_component);
  EXPECT_TRUE(script.directives[0].module->is_definition);
  EXPECT_EQ(script.directives[1].kind, Kind::kComponentInstance);
  EXPECT_EQ(script.directives[1].definition, "$D");
  EXPECT_TRUE(script.directives[2].module->error);
  EXPECT_TRUE(script.directives[3].action->no_core_values);
  EXPECT_EQ(script.directives[3].expected.size(), 1u);
}

TEST(ParseScript, ReadsThreads) {
  const Script script =
      ParseScript("(thread $t (shared (module $m)) (invoke \"f\") (thread $u))\n(wait $t)");
  ASSERT_EQ(script.directives.size(), 2u);
  const Directive& thread = script.directives[0];
  EXPECT_EQ(thread.kind, Kind::kThread);
  EXPECT_EQ(thread.name, "$t");
  EXPECT_EQ(thread.definition, "$m");
  ASSERT_EQ(thread.body.size(), 2u);
  EXPECT_EQ(thread.body[0].kind, Kind::kAction);
  EXPECT_EQ(thread.body[1].kind, Kind::kThread);
  EXPECT_EQ(script.directives[1].kind, Kind::kWait);
  EXPECT_EQ(script.directives[1].name, "$t");
}

TEST(ParseScript, TakesBareFieldsForAModule) {
  EXPECT_EQ(ParseOne("(func) (memory 0)").module->module->memories.size(), 1u);
}

TEST(ParseScript, EndsWithAnErrorWhereNothingCloses) {
  const Script script = ParseScript("(module) (invoke \"f\"");
  EXPECT_TRUE(script.error);
  EXPECT_EQ(script.directives.size(), 1u);
}

}  // namespace
}  // namespace tenon::cli
