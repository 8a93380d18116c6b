#pragma once
// Encoding shares a laptop with what viewers feel, and must not be felt.

namespace qd::services {

/// The calling thread, and those it starts from now on, run only when nothing else wants the processor
/// (SCHED_IDLE, or nice 19 where that is refused) or the disk (I/O class idle). There is no way back for the
/// thread.
void run_at_idle_priority();

}  // namespace qd::services
