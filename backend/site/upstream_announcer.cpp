#include "site/upstream_announcer.hpp"

#include <nlohmann/json.hpp>

#include "core/executor.hpp"

namespace qd::site {

UpstreamAnnouncer::UpstreamAnnouncer(http::Client& client, std::string token,
                                     std::function<void()> on_serving)
    : client_(client),
      token_(std::move(token)),
      on_serving_(std::move(on_serving)),
      thread_([this] { run(); }) {}

UpstreamAnnouncer::~UpstreamAnnouncer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void UpstreamAnnouncer::announce(std::string gateway, const std::vector<ProcessInfo>& instances) {
    nlohmann::json upstreams = nlohmann::json::array();
    for (const ProcessInfo& process : instances)
        upstreams.push_back({{"arm", process.arm},
                             {"instance", process.instance},
                             {"version", process.version},
                             {"address", process.address}});
    {
        const std::lock_guard lock(mutex_);
        gateway_ = std::move(gateway);
        body_ = nlohmann::json{{"upstreams", upstreams}}.dump();
        pending_ = true;
    }
    wake_.notify_all();
}

void UpstreamAnnouncer::run() {
    core::name_this_thread("announcer");
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (!pending_ || gateway_.empty()) {
            wake_.wait(lock);
            continue;
        }
        pending_ = false;
        const std::string gateway = gateway_;
        const std::string body = body_;
        lock.unlock();
        const bool done = put(gateway, body) && serving(gateway);
        if (done) on_serving_();
        lock.lock();
        if (done) continue;
        pending_ = true;
        wake_.wait_for(lock, std::chrono::milliseconds(100), [this] { return stopping_; });
    }
}

bool UpstreamAnnouncer::put(const std::string& gateway, const std::string& body) {
    http::ClientRequest request;
    request.method = http::Method::put;
    request.url = "http://" + gateway + "/-/upstreams";
    request.headers = {{"Authorization", "Bearer " + token_}, {"Content-Type", "application/json"}};
    request.body = body;
    request.timeout = std::chrono::seconds(2);
    return http::expect_success(client_.fetch(std::move(request))).has_value();
}

bool UpstreamAnnouncer::serving(const std::string& gateway) {
    http::ClientRequest request;
    request.url = "http://" + gateway + "/-/ready";
    request.timeout = std::chrono::seconds(2);
    return http::expect_success(client_.fetch(std::move(request))).has_value();
}

}  // namespace qd::site
