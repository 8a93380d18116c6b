#include "services/idle_priority.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace qd::services {

void run_at_idle_priority() {
    const pid_t thread = pid_t(::syscall(SYS_gettid));
    ::setpriority(PRIO_PROCESS, id_t(thread), 19);
    const sched_param none{};
    ::sched_setscheduler(thread, SCHED_IDLE, &none);
    // ioprio_set(2) has no wrapper: IOPRIO_WHO_PROCESS is 1, the class stands above bit 13, 3 is idle.
    ::syscall(SYS_ioprio_set, 1, thread, 3 << 13);
}

}  // namespace qd::services
