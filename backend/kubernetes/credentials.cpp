#include "kubernetes/credentials.hpp"

#include "core/files.hpp"

namespace qd::kubernetes {
namespace {

constexpr std::uint64_t most_token_bytes = 64 << 10;

}  // namespace

Credentials::Credentials(ClusterAccess access, const core::Clock& clock,
                         std::chrono::milliseconds plugin_deadline)
    : access_(std::move(access)), clock_(clock), plugin_deadline_(plugin_deadline) {}

core::Result<Identity> Credentials::current(std::stop_token stop) {
    Identity identity;
    identity.token = access_.token;
    if (!access_.token_file.empty()) {
        auto token = core::read_file(access_.token_file, most_token_bytes);
        if (token) {
            while (!token->empty() && (token->back() == '\n' || token->back() == ' ')) token->pop_back();
            identity.token = std::move(*token);
        } else if (access_.token.empty()) {
            return core::fail(core::Errc::unauthenticated, "the token file: {}", token.error().message);
        }
    }
    identity.tls.ca_file = access_.authority.file;
    identity.tls.ca_pem = access_.authority.text;
    identity.tls.certificate_file = access_.certificate.file;
    identity.tls.certificate_pem = access_.certificate.text;
    identity.tls.key_file = access_.key.file;
    identity.tls.key_pem = access_.key.text;
    identity.tls.server_name = access_.tls_server_name;
    identity.tls.insecure = access_.insecure;
    if (!access_.exec) return identity;

    // Under the lock: who comes meanwhile waits for this run's outcome rather than starting another.
    const std::lock_guard lock(mutex_);
    if (from_plugin_ && from_plugin_->expires_at && *from_plugin_->expires_at <= clock_.now())
        from_plugin_.reset();
    if (!from_plugin_) {
        auto fresh = run_exec_plugin(access_, plugin_deadline_, stop);
        if (!fresh) return core::Failure(fresh.error());
        from_plugin_ = std::move(*fresh);
        ++serial_;
    }
    identity.serial = serial_;
    if (!from_plugin_->token.empty()) identity.token = from_plugin_->token;
    if (!from_plugin_->certificate_pem.empty()) {
        identity.tls.certificate_pem = from_plugin_->certificate_pem;
        identity.tls.key_pem = from_plugin_->key_pem;
    }
    return identity;
}

bool Credentials::forget(const Identity& refused) {
    if (!access_.exec) return false;
    const std::lock_guard lock(mutex_);
    if (refused.serial == serial_) from_plugin_.reset();
    return true;
}

}  // namespace qd::kubernetes
