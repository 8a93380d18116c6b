#include "site/control_client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "site/unix_socket.hpp"

namespace qd::site {
namespace {

using nlohmann::json;

constexpr std::size_t max_answer_bytes = 1 << 20;

core::Errc code_named(const std::string& name) {
    for (int i = 0; i <= int(core::Errc::internal); ++i)
        if (core::to_string(core::Errc(i)) == name) return core::Errc(i);
    return core::Errc::internal;
}

core::Result<json> read_answer(const core::Result<std::string>& line) {
    if (!line) return core::Failure(line.error());
    const json answer = json::parse(*line, nullptr, false);
    if (!answer.is_object()) return core::fail(core::Errc::corrupt, "the supervisor's answer cannot be read");
    if (!answer.value("ok", false))
        return core::Failure(
            core::Error{code_named(answer.value("code", "internal")), answer.value("message", "")});
    return answer;
}

core::Result<std::vector<ProcessInfo>> read_processes(const core::Result<std::string>& line) {
    const auto answer = read_answer(line);
    if (!answer) return core::Failure(answer.error());
    std::vector<ProcessInfo> processes;
    for (const json& entry : answer->value("processes", json::array())) {
        auto process = process_from_json(entry);
        if (!process) return core::Failure(process.error());
        processes.push_back(std::move(*process));
    }
    return processes;
}

core::Result<> read_done(const core::Result<std::string>& line) {
    const auto answer = read_answer(line);
    if (!answer) return core::Failure(answer.error());
    return {};
}

}  // namespace

core::Result<std::vector<ProcessInfo>> ControlClient::list() const {
    return read_processes(call(json{{"op", "list"}}.dump()));
}

core::Result<std::vector<ProcessInfo>> ControlClient::start(const StartRequest& request) const {
    json line{{"op", "start"},
              {"role", request.role},
              {"arm", request.arm},
              {"version", request.version},
              {"count", request.count}};
    if (!request.faults_json.empty()) {
        line["faults"] = json::parse(request.faults_json, nullptr, false);
        if (!line["faults"].is_array())
            return core::fail(core::Errc::invalid_argument, "the faults of a version must be a JSON array");
    }
    if (!request.program.empty()) line["program"] = request.program;
    if (!request.flags.empty()) line["flags"] = request.flags;
    return read_processes(call(line.dump(-1, ' ', false, json::error_handler_t::replace)));
}

core::Result<> ControlClient::stop(const std::string& instance) const {
    return read_done(call(json{{"op", "stop"}, {"instance", instance}}.dump()));
}

core::Result<> ControlClient::set_viewers(unsigned count) const {
    return read_done(call(json{{"op", "viewers"}, {"count", count}}.dump()));
}

core::Result<> ControlClient::down() const {
    return read_done(call(json{{"op", "down"}}.dump()));
}

core::Result<std::string> ControlClient::call(const std::string& line) const {
    const auto fd = connect_unix(socket_);
    if (!fd) return core::Failure(fd.error());
    const std::string sent = line + "\n";
    if (::send(fd->get(), sent.data(), sent.size(), MSG_NOSIGNAL) != ssize_t(sent.size()))
        return core::fail_errno("asking the supervisor", errno);
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    std::string answer;
    char buffer[4096];
    while (answer.size() < max_answer_bytes) {
        if (const auto end = answer.find('\n'); end != std::string::npos) return answer.substr(0, end);
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        pollfd polled{fd->get(), POLLIN, 0};
        if (left.count() <= 0 || ::poll(&polled, 1, int(left.count())) == 0)
            return core::fail(core::Errc::timeout, "the supervisor did not answer within {} s",
                              std::chrono::duration_cast<std::chrono::seconds>(patience_).count());
        const ssize_t count = ::recv(fd->get(), buffer, sizeof buffer, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return core::fail_errno("reading the supervisor's answer", errno);
        if (count == 0)
            return core::fail(core::Errc::unavailable, "the supervisor went away before it answered");
        answer.append(buffer, std::size_t(count));
    }
    return core::fail(core::Errc::too_large, "the supervisor's answer is larger than 1 MiB");
}

}  // namespace qd::site
