#include "http/body_collector.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace qd::http {
namespace {

constexpr std::size_t flush_bytes = 256 << 10;

}  // namespace

void BodyCollector::begin(std::uint64_t memory_limit_bytes, std::uint64_t limit_bytes,
                          const std::filesystem::path& spool_folder) {
    clear();
    memory_limit_ = memory_limit_bytes;
    limit_ = limit_bytes;
    folder_ = spool_folder;
}

bool BodyCollector::append(std::string_view bytes) {
    if (bytes.size() > limit_ - size_) return false;
    size_ += bytes.size();
    pending_ += bytes;
    spooling_ = spooling_ || size_ > memory_limit_;
    return true;
}

bool BodyCollector::wants_flush() const {
    return spooling_ && pending_.size() >= flush_bytes;
}

core::Result<> BodyCollector::flush() {
    if (!file_) {
        if (folder_.empty())
            return core::fail(core::Errc::too_large, "no folder is set where large bodies could wait");
        std::string name = (folder_ / "body-XXXXXX").string();
        file_.reset(::mkostemp(name.data(), O_CLOEXEC));
        if (!file_) return core::fail_errno("spooling into " + folder_.string(), errno);
        spooled_ = std::make_shared<SpooledBody>(name, 0);
    }
    std::string_view rest = pending_;
    while (!rest.empty()) {
        const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return core::fail_errno("spooling into " + folder_.string(), errno);
        rest.remove_prefix(std::size_t(written));
    }
    pending_.clear();
    return {};
}

void BodyCollector::finish(Request& request) {
    if (spooling_) {
        spooled_->set_size(size_);
        request.spooled = std::move(spooled_);
    } else {
        request.body = std::move(pending_);
    }
    clear();
}

void BodyCollector::clear() {
    size_ = 0;
    spooling_ = false;
    pending_ = {};
    file_.reset();
    spooled_.reset();
}

}  // namespace qd::http
