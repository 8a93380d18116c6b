#pragma once
// The first start of a site: generates titles (moving pictures, sound, timecode and frame code) and uploads
// them through the gateway, so that the site's own worker encodes them. A site that has titles is left alone.

#include <functional>
#include <stop_token>
#include <string>
#include <thread>

#include "site/plan.hpp"

namespace qd::site {

/// start(), once, from any thread; the work runs on a thread of its own at low priority.
class FirstTitles {
public:
    /// `on_progress` gets a title and what happens to it: "generating", "uploading", "uploaded", or why it
    /// failed.
    using OnProgress = std::function<void(const std::string& title, const std::string& state)>;

    FirstTitles(SiteOptions options, std::string token, OnProgress on_progress);
    ~FirstTitles();
    FirstTitles(const FirstTitles&) = delete;
    FirstTitles& operator=(const FirstTitles&) = delete;

    /// Does nothing the second time.
    void start(std::string gateway);
    void stop();

private:
    void run(const std::stop_token& stop, const std::string& gateway);

    SiteOptions options_;
    std::string token_;
    OnProgress on_progress_;
    std::jthread thread_;
    bool started_ = false;
};

}  // namespace qd::site
