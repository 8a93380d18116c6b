#pragma once
// A small site in one process: a gateway to scrape, an opsd whose seconds pass when told, and its typed
// client.

#include <QTemporaryDir>
#include <QtTest>
#include <optional>

#include "core/files.hpp"
#include "opsclient/client.hpp"
#include "opsd/opsd.hpp"
#include "support/answer.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_process.hpp"

namespace qd::test {

inline constexpr const char* token = "0123456789abcdef0123456789abcdef";

class OpsdSite {
public:
    OpsdSite() : gateway("gateway", "v1", "gateway-1", clock) {
        if (!core::write_file_atomically(data() / "token", std::string(token) + "\n", 0600))
            qFatal("no token");
    }
    ~OpsdSite() { stop(); }

    std::filesystem::path data() const { return folder_.path().toStdString(); }
    std::string config() const {
        return fmt::format(
            "data: {0}\ntoken_file: {0}/token\ngateway: http://{1}\n"
            "targets: [{{instance: gateway-1, role: gateway, version: v1, address: '{1}'}}]\n{2}",
            data().string(), gateway.address(), more_config);
    }

    void start() {
        auto options = opsd::parse_options(config(), "opsd.yaml");
        if (!options) qFatal("%s", options.error().message.c_str());
        auto started = opsd::Opsd::start(std::move(*options), clock, telemetry::null_log(), false);
        if (!started) qFatal("%s", started.error().message.c_str());
        opsd = std::move(*started);
        client.emplace(opsclient::Endpoint{"http://" + opsd->address(), token}, http, pool_, random_);
    }
    void stop() {
        client.reset();
        opsd.reset();
    }

    /// So many seconds with these answers in each.
    void pass(int seconds, int stable = 30, int stable_bad = 0, int canary = 0, int canary_bad = 0) {
        for (int i = 0; i < seconds; ++i) {
            if (stable > 0) gateway.answer("stable", stable, stable_bad);
            if (canary > 0) gateway.answer("canary", canary, canary_bad);
            clock.advance(std::chrono::seconds(1));
            opsd->tick();
        }
    }

    slo::Status status(const std::string& id = "playback-availability") {
        Answer<slo::Status> answer;
        client->slo(slo::SloId(id), answer.callback());
        auto status = answer.get();
        if (!status) qFatal("%s", status.error().message.c_str());
        return *status;
    }

    std::string more_config;  // YAML, before start()
    FakeClock clock;
    FakeProcess gateway;
    http::Client http;
    std::unique_ptr<opsd::Opsd> opsd;
    std::optional<opsclient::Client> client;

private:
    QTemporaryDir folder_;
    core::ThreadPool pool_{1, "client"};
    core::SystemRandom random_;
};

}  // namespace qd::test
