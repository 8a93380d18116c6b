#include "http/response_writer.hpp"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace qd::http {
namespace {

/// As much as one connection may send before the others of its thread have their turn.
constexpr std::uint64_t turn_bytes = 2u << 20;

ResponseWriter::Progress after_error() {
    const bool blocked = errno == EAGAIN || errno == EWOULDBLOCK;
    return blocked ? ResponseWriter::Progress::blocked : ResponseWriter::Progress::failed;
}

}  // namespace

void ResponseWriter::begin(Body body, bool send_body) {
    body_ = std::move(body);
    send_body_ = send_body;
    sent_ = 0;
    file_left_ = 0;
    in_memory_ = head_.size() + memory_body().size();
    if (const auto* file = std::get_if<FileBody>(&body_); file && send_body && file->file) {
        file_left_ = file->size;
        file_offset_ = std::int64_t(file->offset);
    }
}

void ResponseWriter::clear() {
    body_ = std::string{};
    head_.clear();
}

std::string_view ResponseWriter::memory_body() const {
    if (!send_body_) return {};
    if (const auto* text = std::get_if<std::string>(&body_)) return *text;
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body_))
        return *shared ? std::string_view(**shared) : std::string_view{};
    return {};
}

ResponseWriter::Progress ResponseWriter::write_some(int socket) {
    if (sent_ < in_memory_) {
        const Progress progress = write_memory(socket);
        if (progress != Progress::done) return progress;
    }
    return file_left_ > 0 ? write_file(socket) : Progress::done;
}

ResponseWriter::Progress ResponseWriter::write_memory(int socket) {
    const std::string_view body = memory_body();
    while (sent_ < in_memory_) {
        iovec parts[2];
        std::size_t count = 0;
        if (sent_ < head_.size()) parts[count++] = {head_.data() + sent_, head_.size() - sent_};
        const std::size_t in_body = sent_ > head_.size() ? sent_ - head_.size() : 0;
        if (in_body < body.size())
            parts[count++] = {const_cast<char*>(body.data()) + in_body, body.size() - in_body};
        msghdr message{};
        message.msg_iov = parts;
        message.msg_iovlen = count;
        // With a file to follow, the head waits for its first bytes, so that both share a packet.
        const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | (file_left_ > 0 ? MSG_MORE : 0));
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return after_error();
        sent_ += std::uint64_t(sent);
    }
    return Progress::done;
}

ResponseWriter::Progress ResponseWriter::write_file(int socket) {
    const int file = std::get<FileBody>(body_).file->get();
    for (std::uint64_t turn = 0; file_left_ > 0;) {
        if (turn >= turn_bytes) return Progress::yielded;
        off_t offset = file_offset_;
        const ssize_t sent = ::sendfile(socket, file, &offset, std::min(file_left_, turn_bytes));
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return after_error();
        if (sent == 0) return Progress::failed;
        turn += std::uint64_t(sent);
        sent_ += std::uint64_t(sent);
        file_left_ -= std::uint64_t(sent);
        file_offset_ = offset;
    }
    return Progress::done;
}

}  // namespace qd::http
