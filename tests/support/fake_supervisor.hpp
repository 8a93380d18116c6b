#pragma once
// A supervisor's control socket that lists the processes it is told of.

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/files.hpp"
#include "site/process_info.hpp"

namespace qd::test {

class FakeSupervisor {
public:
    explicit FakeSupervisor(const std::string& path)
        : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_.get(), 8) != 0)
            std::abort();
        thread_ = std::thread([this] { serve(); });
    }
    ~FakeSupervisor() {
        stopping_ = true;
        ::shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
    }

    void list(std::vector<site::ProcessInfo> processes) {
        const std::lock_guard lock(mutex_);
        processes_ = std::move(processes);
    }

private:
    void serve() {
        while (!stopping_) {
            const core::UniqueFd connection(::accept(listener_.get(), nullptr, nullptr));
            if (!connection) continue;
            char byte = 0;
            while (::read(connection.get(), &byte, 1) == 1 && byte != '\n') {
            }
            nlohmann::json processes = nlohmann::json::array();
            {
                const std::lock_guard lock(mutex_);
                for (const site::ProcessInfo& process : processes_)
                    processes.push_back(site::to_json(process));
            }
            const std::string answer = nlohmann::json{{"ok", true}, {"processes", processes}}.dump() + "\n";
            if (::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL) < 0) continue;
        }
    }

    core::UniqueFd listener_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::vector<site::ProcessInfo> processes_;
    std::thread thread_;
};

}  // namespace qd::test
