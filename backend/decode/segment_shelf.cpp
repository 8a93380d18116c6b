#include "decode/segment_shelf.hpp"

#include <algorithm>

namespace qd::decode {
namespace {

std::uint64_t size_of(const player::MediaSegment& segment) {
    return segment.data ? segment.data->size() : 0;
}
core::Seconds segment_end(const player::MediaSegment& segment) {
    return segment.start + segment.duration;
}
constexpr std::size_t max_segments = 4096;

}  // namespace

void SegmentShelf::clear() {
    for (Row& row : rows_) row = {};
    bytes_ = 0;
}

void SegmentShelf::add(const player::MediaSegment& segment) {
    bytes_ += size_of(segment);
    row(segment.track).segments.push_back(segment);
    make_room();
}

void SegmentShelf::make_room() {
    while (bytes_ > max_bytes_ || rows_[0].segments.size() + rows_[1].segments.size() > max_segments) {
        Row* oldest = nullptr;
        for (Row& row : rows_)
            if (row.mark > 0 && row.segments.size() > 1 &&
                (oldest == nullptr || row.segments.front().start < oldest->segments.front().start))
                oldest = &row;
        if (oldest == nullptr) return;
        bytes_ -= size_of(oldest->segments.front());
        oldest->segments.pop_front();
        --oldest->mark;
    }
}

std::optional<player::MediaSegment> SegmentShelf::next(player::Track track) {
    Row& shelf = row(track);
    if (shelf.mark >= shelf.segments.size()) return std::nullopt;
    return shelf.segments[shelf.mark++];
}

std::optional<std::size_t> SegmentShelf::find(const Row& row, core::Seconds position,
                                              std::optional<int> level) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < row.segments.size(); ++i) {
        const player::MediaSegment& segment = row.segments[i];
        if (!found && segment.start <= position && position < segment_end(segment)) found = i;
        if (found && level && segment.level != *level) return std::nullopt;
    }
    return found;
}

bool SegmentShelf::rewind(core::Seconds position, std::optional<int> level) {
    const auto main = find(rows_[0], position, level);
    const auto audio = find(rows_[1], position, std::nullopt);
    if (!main || (!rows_[1].segments.empty() && !audio)) return false;
    rows_[0].mark = *main;
    rows_[1].mark = audio.value_or(0);
    make_room();
    return true;
}

bool SegmentShelf::holds_position(core::Seconds position) const {
    return find(rows_[0], position, std::nullopt) &&
           (rows_[1].segments.empty() || find(rows_[1], position, std::nullopt));
}

core::Seconds SegmentShelf::end_of(player::Track track) const {
    return segment_end(row(track).segments.back());
}

std::optional<core::Seconds> SegmentShelf::end() const {
    std::optional<core::Seconds> least;
    for (const Row& row : rows_)
        if (!row.segments.empty()) {
            const core::Seconds end = segment_end(row.segments.back());
            least = least ? std::min(*least, end) : end;
        }
    return least;
}

}  // namespace qd::decode
