(assert_malformed (module quote "(func (return_call 0))") "illegal opcode 12: return_call needs tail-call")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\06\01\04\00\12\00\0b")
  "illegal opcode 12: return_call needs tail-call")
