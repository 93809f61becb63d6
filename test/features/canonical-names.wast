(assert_invalid (component (import "a:b/c@1" (func))) "a canonical version is not valid: canonical-names is off")
(assert_invalid (component (import "a:b/c@0.2" (versionsuffix ".3") (func))) "a canonical version is not valid: canonical-names is off")
