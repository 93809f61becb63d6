(assert_malformed (module binary
  "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\08\01\06\00\06\40\19\0b\0b")
  "illegal opcode 06: try needs legacy-exceptions")
(assert_malformed (module quote "(func try catch_all end)") "illegal opcode 06: try needs legacy-exceptions")
