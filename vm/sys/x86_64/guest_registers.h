// The registers of the machine's state in guest code, as preserve_none assigns a handler's first
// arguments. entry.S loads them and entry.cc reads them after a fault.
#pragma once

#define TENON_GUEST_IP "r12"
#define TENON_GUEST_FP "r13"
#define TENON_GUEST_CONTEXT "r14"
