(assert_invalid (module (memory i64 0)) "type with 64-bit addresses: memory64 is off")
(assert_invalid (module (table i64 0 funcref)) "type with 64-bit addresses: memory64 is off")
(assert_malformed (module binary "\00asm\01\00\00\00" "\05\03\01\04\00") "malformed limits flags: memory64 is off")
(assert_malformed (module quote "(memory i64 0x1_0000_0000)") "i32 constant out of range")
