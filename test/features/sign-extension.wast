(assert_malformed (module quote "(func (drop (i32.extend8_s (i32.const 0))))")
  "illegal opcode c0: i32.extend8_s needs sign-extension")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\08\01\06\00\41\00\c0\1a\0b")
  "illegal opcode c0: i32.extend8_s needs sign-extension")
