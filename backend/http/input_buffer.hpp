#pragma once
// What a connection has received and not yet understood: one contiguous piece that grows and shrinks with
// need.

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace qd::http {

/// Not thread-safe.
class InputBuffer {
public:
    explicit InputBuffer(std::size_t size) : small_(size), bytes_(size) {}

    std::string_view unread() const { return {bytes_.data() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    std::size_t capacity() const { return bytes_.size(); }
    void consume(std::size_t count) { begin_ += count; }
    void clear() { begin_ = end_ = 0; }

    /// Empty lines before a request line are to be ignored (RFC 9112, 2.2).
    void skip_line_breaks() {
        while (begin_ < end_ && (bytes_[begin_] == '\r' || bytes_[begin_] == '\n')) ++begin_;
    }

    /// Room to receive into; grows fourfold up to `most` when full, and to `at_least` in any case. What is
    /// full at `most` still grows a little: its user has to refuse by then.
    std::span<char> room(std::size_t at_least, std::size_t most) {
        if (begin_ > 0) {
            std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (bytes_.size() < at_least) bytes_.resize(at_least);
        if (end_ == bytes_.size())
            bytes_.resize(std::max(std::min(bytes_.size() * 4, most), bytes_.size() + 1024));
        return {bytes_.data() + end_, bytes_.size() - end_};
    }
    void received(std::size_t count) { end_ += count; }

    /// Gives a large buffer back once what is left fits into a small one.
    void shrink() {
        if (bytes_.size() <= small_ || end_ - begin_ > small_) return;
        std::vector<char> small(small_);
        std::copy(bytes_.begin() + std::ptrdiff_t(begin_), bytes_.begin() + std::ptrdiff_t(end_),
                  small.begin());
        end_ -= begin_;
        begin_ = 0;
        bytes_.swap(small);
    }

private:
    std::size_t small_;
    std::vector<char> bytes_;
    std::size_t begin_ = 0, end_ = 0;
};

}  // namespace qd::http
