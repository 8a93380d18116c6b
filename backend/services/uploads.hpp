#pragma once
// POST /api/v1/upload?title=T: a file is checked, stored and queued for its encode before it is accepted.

#include <atomic>
#include <cstdint>
#include <filesystem>

#include "core/executor.hpp"
#include "core/files.hpp"
#include "http/server.hpp"
#include "services/origin.hpp"

namespace qd::services {

struct UploadOptions {
    std::uint64_t limit_bytes = 4ull << 30;
    std::uint64_t free_floor_bytes =
        core::disk_reserve_bytes;        // what must stay free besides the file: 507 otherwise
    std::filesystem::path spool_folder;  // where the server spools, on the file system of the objects
};

/// Needs role admin; 403 while the flag uploads.enabled is off. Token, flag, title, declared size and free
/// space are checked before the body is read. Files are examined by two threads named "upload", so that a
/// slow one holds up no player; beyond 64 that wait: 503.
class Uploads {
public:
    Uploads(const Origin& origin, UploadOptions options);
    Uploads(const Uploads&) = delete;
    Uploads& operator=(const Uploads&) = delete;

    /// Before server.start(). This must live until the server has stopped.
    void add_route(http::Server& server);
    /// After the server has stopped.
    void stop() { examiners_.stop(); }

private:
    core::Result<> check_space(std::uint64_t needed_bytes) const;
    core::Result<> check_head(const http::Request& request) const;
    http::Response accept(const http::Request& request) const;

    const Origin origin_;
    const UploadOptions options_;
    std::atomic<unsigned> waiting_{0};
    core::ThreadPool examiners_{2, "upload"};
};

}  // namespace qd::services
