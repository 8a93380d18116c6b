#pragma once
// The last so many values of one number by the second or by the minute, in pages that are made when they are
// first written.

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

namespace qd::timeseries {

/// The owner says which indices are within what is kept, and clears one before it is used again.
class PanelRing {
public:
    static constexpr float none = std::numeric_limits<float>::quiet_NaN();

    explicit PanelRing(std::int64_t kept) : kept_(std::size_t(kept)), pages_((kept_ + page - 1) / page) {}

    float at(std::int64_t index) const {
        const std::size_t place = std::size_t(index) % kept_;
        return pages_[place / page] ? (*pages_[place / page])[place % page] : none;
    }
    void set(std::int64_t index, float value) {
        const std::size_t place = std::size_t(index) % kept_;
        auto& cells = pages_[place / page];
        if (!cells) {
            cells = std::make_unique<std::array<float, page>>();
            cells->fill(none);
        }
        (*cells)[place % page] = value;
    }
    void add(std::int64_t index, float value) {
        const float before = at(index);
        set(index, std::isnan(before) ? value : before + value);
    }
    void clear(std::int64_t index) {
        if (pages_[std::size_t(index) % kept_ / page]) set(index, none);
    }

private:
    static constexpr std::size_t page = 240;
    std::size_t kept_;
    std::vector<std::unique_ptr<std::array<float, page>>> pages_;
};

}  // namespace qd::timeseries
