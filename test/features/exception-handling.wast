(assert_invalid (module (tag)) "tag: exception-handling is off")
(assert_invalid (module (func (param exnref))) "type (ref null exn): exception-handling is off")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\05\01\60\01\69\00")
  "malformed reference type: exception-handling is off")
