(assert_malformed (module quote "(func (drop (i32.trunc_sat_f32_s (f32.const 0))))")
  "illegal opcode fc: i32.trunc_sat_f32_s needs saturating-float-to-int")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\0c\01\0a\00\43\00\00\00\00\fc\00\1a\0b")
  "illegal opcode fc: i32.trunc_sat_f32_s needs saturating-float-to-int")
