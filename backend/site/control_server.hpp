#pragma once
// The supervisor's side of the control socket: accepts clients and takes their lines apart into requests.

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/result.hpp"
#include "site/poll_loop.hpp"

namespace qd::site {

/// Lives on the loop's thread. A request may be answered later, by the client's number; an answer to a client
/// that has gone is dropped. At most 64 clients and 64 KiB a line.
class ControlServer {
public:
    using OnRequest = std::function<void(std::uint64_t client, const nlohmann::json& request)>;

    ControlServer(PollLoop& loop, core::UniqueFd listener, OnRequest on_request);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    /// Adds "ok": true.
    void answer(std::uint64_t client, nlohmann::json body);
    void refuse(std::uint64_t client, const core::Error& error);

private:
    struct Peer {
        core::UniqueFd fd;
        std::string buffer;
    };
    void accept_client();
    void read_from(std::uint64_t client);
    void send_line(std::uint64_t client, const std::string& line);
    void drop(std::uint64_t client);

    PollLoop& loop_;
    core::UniqueFd listener_;
    OnRequest on_request_;
    std::map<std::uint64_t, Peer> peers_;
    std::uint64_t next_ = 1;
};

}  // namespace qd::site
