#pragma once
// What the readers of this room share. For their .cpp files only.

#include <cmath>

#include "core/config.hpp"
#include "slo/interchange/reading.hpp"

namespace qd::slo::interchange {

/// The child's errors, unknown keys among them, become the parent's.
inline void close_child(core::ConfigReader& child, core::ConfigReader& parent) {
    (void)child.finish();
    parent.merge(child);
}

/// Marks `key` as known, and says that it is there but not kept.
inline void leave_out(core::ConfigReader& reader, const std::string& key, std::string_view why,
                      std::vector<std::string>& notes) {
    if (!reader.has(key)) return;
    (void)reader.get<YAML::Node>(key, {});
    if (notes.size() < 1'000) notes.push_back(fmt::format("{}: '{}' {}", reader.place(key), key, why));
}

/// Percent to a ratio without the noise of binary fractions: 99.9 -> 0.999.
inline double ratio_of_percent(double percent) {
    return std::round(percent * 1e9) / 1e11;
}

/// Keeps `objective` unless its own check refuses it; the reason stands at `key` of `named`.
inline void keep(Objective objective, core::ConfigReader& named, const std::string& key, Reading& into) {
    if (auto fits = check(objective); !fits)
        return named.reject(key,
                            fmt::format("'{}': {}", objective.id.value.substr(0, 80), fits.error().message));
    if (into.objectives.size() >= max_objectives_in_file)
        return named.reject(key, "is one too many: at most 200 objectives in a file");
    into.objectives.push_back({std::move(objective), named.place(key)});
}

}  // namespace qd::slo::interchange
