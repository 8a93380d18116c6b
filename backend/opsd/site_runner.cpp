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

core::Result<> SiteRunner::start(const std::string& arm, const std::string& version, unsigned count,
                                 const std::string& faults_json) {
    site::StartRequest request;
    request.arm = arm;
    request.version = version;
    request.count = count;
    request.faults_json = faults_json;
    const auto started = client_.start(request);
    if (!started) return core::Failure(started.error());
    return {};
}

core::Result<> SiteRunner::stop(const std::string& instance) {
    return client_.stop(instance);
}

}  // namespace qd::opsd
