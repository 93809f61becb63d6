(assert_malformed (module quote "(func (param v128) (drop (i32x4.relaxed_trunc_f32x4_s (local.get 0))))")
  "illegal opcode fd: i32x4.relaxed_trunc_f32x4_s needs relaxed-simd")
(assert_malformed
  (module binary "\00asm\01\00\00\00" "\01\05\01\60\01\7b\00" "\03\02\01\00" "\0a\0a\01\08\00\20\00\fd\81\02\1a\0b")
  "illegal opcode fd: i32x4.relaxed_trunc_f32x4_s needs relaxed-simd")
