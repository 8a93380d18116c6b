#pragma once
// Credentials that a plugin prints: client.authentication.k8s.io/v1 and v1beta1.

#include <optional>
#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "kubernetes/kubeconfig.hpp"

namespace qd::kubernetes {

struct ExecCredential {
    std::string token;
    std::string certificate_pem, key_pem;
    std::optional<core::WallTime> expires_at;  // absent: until the server refuses it

    bool operator==(const ExecCredential&) const = default;
};

/// The value of KUBERNETES_EXEC_INFO.
std::string exec_info(const ExecPlugin& plugin, const ClusterAccess& access);

/// Reads what the plugin printed. No part of it is in an error's message: it is a secret.
core::Result<ExecCredential> parse_exec_credential(std::string_view output, const ExecPlugin& plugin);

/// Runs access.exec and blocks until it has ended, at most `deadline`. Errors (Errc::unauthenticated;
/// cancelled when stopped) hold what it wrote to standard error, and the installation hint.
core::Result<ExecCredential> run_exec_plugin(const ClusterAccess& access, std::chrono::milliseconds deadline,
                                             std::stop_token stop = {});

}  // namespace qd::kubernetes
