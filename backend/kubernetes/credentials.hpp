#pragma once
// What goes with each request to show who asks: looked up again when it may have changed.

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "http/client.hpp"
#include "kubernetes/exec_credential.hpp"
#include "kubernetes/kubeconfig.hpp"

namespace qd::kubernetes {

struct Identity {
    std::string token;
    http::ClientTls tls;
    std::uint64_t serial = 0;  // of the plugin's run that it is from
};

/// Thread-safe. current() may block for as long as the plugin's deadline, and while another caller runs it.
class Credentials {
public:
    Credentials(ClusterAccess access, const core::Clock& clock,
                std::chrono::milliseconds plugin_deadline = std::chrono::seconds(60));

    /// A token file is read each time; a plugin is run when there is nothing from it or that has expired.
    core::Result<Identity> current(std::stop_token stop = {});
    /// The server refused (401): whether another try may go better, as what the plugin gave is forgotten.
    bool forget(const Identity& refused);

    const ClusterAccess& access() const { return access_; }

private:
    const ClusterAccess access_;
    const core::Clock& clock_;
    const std::chrono::milliseconds plugin_deadline_;
    std::mutex mutex_;
    std::optional<ExecCredential> from_plugin_;
    std::uint64_t serial_ = 0;
};

}  // namespace qd::kubernetes
