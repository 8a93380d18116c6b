#pragma once
// POST /api/v1/upload?title=T: a file is checked, stored and queued for its encode before it is accepted.

#include <cstdint>
#include <filesystem>

#include "http/server.hpp"
#include "services/origin.hpp"

namespace qd::services {

struct UploadOptions {
    std::uint64_t limit_bytes = 4ull << 30;
    std::uint64_t free_floor_bytes = 512ull << 20;  // what must stay free besides the file: 507 otherwise
    std::filesystem::path spool_folder;  // where the server spools, on the file system of the objects
};

/// Needs role admin. Token, title, declared size and free space are checked before the body is read. `origin`
/// is copied; call before server.start().
void add_upload_route(http::Server& server, const Origin& origin, const UploadOptions& options);

}  // namespace qd::services
