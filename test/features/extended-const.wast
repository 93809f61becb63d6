(assert_invalid (module (global i32 (i32.add (i32.const 1) (i32.const 2))))
  "constant expression required: i32.add needs extended-const")
(assert_invalid (module binary "\00asm\01\00\00\00" "\06\09\01\7f\00\41\01\41\02\6a\0b")
  "constant expression required: i32.add needs extended-const")
