(assert_malformed
  (module quote "(func (param i64) (result i64 i64) (i64.mul_wide_s (local.get 0) (local.get 0)))")
  "illegal opcode fc: i64.mul_wide_s needs wide-arithmetic")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\0c\01\0a\00\42\00\42\00\fc\15\1a\1a\0b")
  "illegal opcode fc: i64.mul_wide_s needs wide-arithmetic")
