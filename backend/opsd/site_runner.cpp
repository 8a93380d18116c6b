#include "opsd/site_runner.hpp"

namespace qd::opsd {

core::Result<std::vector<rollouts::RunningInstance>> SiteRunner::list() {
    const auto processes = client_.list();
    if (!processes) return core::Failure(processes.error());
    std::vector<rollouts::RunningInstance> running;
    for (const site::ProcessInfo& process : *processes)
        if (process.role == "api" && process.state != site::ProcessState::stopping)
            running.push_back(
                {process.instance, process.arm, process.version, process.state == site::ProcessState::ready});
    return running;
}

core::Result<> SiteRunner::start(const rollouts::StartVersion& version) {
    site::StartRequest request;
    request.arm = version.arm;
    request.version = version.version;
    request.count = version.count;
    request.faults_json = version.faults_json;
    request.program = version.program;
    request.flags = version.flags;
    const auto started = client_.start(request);
    if (!started) return core::Failure(started.error());
    return {};
}

core::Result<> SiteRunner::stop(const std::string& instance) {
    return client_.stop(instance);
}

}  // namespace qd::opsd
