#pragma once
// How a command finds a running opsd and waits for its answers.

#include <future>
#include <string>

#include "opsclient/client.hpp"

namespace qd::opsd {

/// Where to ask: `url` with the first line of `token_file`, or else what <data>/endpoints.json says.
/// Errc::invalid_argument for a URL that is none, Errc::unavailable when no opsd runs there, and what reading
/// the token gives.
core::Result<opsclient::Endpoint> command_endpoint(const std::string& url, const std::string& token_file,
                                                   const std::string& data);

/// A client whose answers are waited for. One thread, "opsd-command", and the HTTP client's.
class CommandClient {
public:
    explicit CommandClient(opsclient::Endpoint endpoint)
        : client_(std::move(endpoint), http_, pool_, random_) {}

    /// `call` is handed the client and the callback: ask<Site>([](auto& client, auto done) { … }).
    template <class T, class Call>
    core::Result<T> ask(Call call) {
        std::promise<core::Result<T>> answer;
        auto future = answer.get_future();
        call(client_, [&answer](core::Result<T> result) { answer.set_value(std::move(result)); });
        return future.get();
    }

private:
    http::Client http_;
    core::ThreadPool pool_{1, "opsd-command"};
    core::SystemRandom random_;
    opsclient::Client client_;
};

}  // namespace qd::opsd
