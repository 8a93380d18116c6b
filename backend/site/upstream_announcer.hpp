#pragma once
// Tells the gateway which api instances there are, until it has heard: the local site's service discovery.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/client.hpp"
#include "site/process_info.hpp"

namespace qd::site {

/// Thread-safe; one thread of its own, "announcer".
class UpstreamAnnouncer {
public:
    /// `on_serving` is called, on that thread, whenever the gateway has heard and says that it can serve:
    /// from then on a request meets an instance.
    UpstreamAnnouncer(http::Client& client, std::string token, std::function<void()> on_serving);
    ~UpstreamAnnouncer();
    UpstreamAnnouncer(const UpstreamAnnouncer&) = delete;
    UpstreamAnnouncer& operator=(const UpstreamAnnouncer&) = delete;

    /// Replaces what is to be announced to the gateway at `gateway` ("host:port"; empty: it is not there
    /// now). Called again after a gateway's restart: what it knew is gone.
    void announce(std::string gateway, const std::vector<ProcessInfo>& instances);

private:
    void run();
    bool put(const std::string& gateway, const std::string& body);
    bool serving(const std::string& gateway);

    http::Client& client_;
    const std::string token_;
    const std::function<void()> on_serving_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::string gateway_;
    std::string body_;
    bool pending_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace qd::site
