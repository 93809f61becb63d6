(assert_invalid (module (memory 0) (memory 0)) "multiple memories: multi-memory is off")
(assert_invalid (module binary "\00asm\01\00\00\00" "\05\05\02\00\00\00\00") "multiple memories: multi-memory is off")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\05\03\01\00\00" "\0a\0b\01\09\00\41\00\28\40\00\00\1a\0b")
  "malformed memop flags: multi-memory is off")
