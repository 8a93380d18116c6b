#pragma once
// Gets an answer out through a non-blocking socket: head and small body in one write, files by sendfile(2).

#include <cstdint>
#include <string>

#include "http/message.hpp"

namespace qd::http {

/// Not thread-safe; one answer at a time.
class ResponseWriter {
public:
    using Body = decltype(Response::body);
    enum class Progress {
        done,
        blocked,  // the socket takes no more now
        yielded,  // it would take more, but others want their turn
        failed,   // the peer is gone, or the file is shorter than announced
    };

    /// Where the next head is to be written; its memory is kept from answer to answer.
    std::string& head() { return head_; }
    /// The body counts for nothing when `send_body` is false.
    void begin(Body body, bool send_body);
    Progress write_some(int socket);

    std::uint64_t sent_bytes() const { return sent_; }
    /// Drops what is held: bodies, files.
    void clear();

private:
    std::string_view memory_body() const;
    Progress write_memory(int socket);
    Progress write_file(int socket);

    std::string head_;
    Body body_;
    bool send_body_ = false;
    std::uint64_t in_memory_ = 0;  // bytes of head and of a body in memory
    std::uint64_t sent_ = 0;       // of head and body together
    std::uint64_t file_left_ = 0;
    std::int64_t file_offset_ = 0;
};

}  // namespace qd::http
