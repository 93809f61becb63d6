(assert_invalid (module (memory 0 (pagesize 1))) "invalid custom page size: custom-page-sizes is off")
(assert_malformed (module binary "\00asm\01\00\00\00" "\05\04\01\08\00\00") "malformed limits flags: custom-page-sizes is off")
(assert_invalid (module quote "(memory 0 (pagesize 65536))") "invalid custom page size: custom-page-sizes is off")
