#pragma once
// What feature flags change in the origin. Each is asked for every request, from the set that is in force: no
// I/O. Conditions may ask for `version` and `arm` (of this process), and for what a flag names besides.

#include <optional>
#include <string>
#include <string_view>

#include "flags/file_provider.hpp"
#include "http/message.hpp"

namespace qd::services {

/// Thread-safe.
class FeatureFlags {
public:
    /// No flags: each has its fallback.
    FeatureFlags() = default;
    /// `provider` must outlive this and its copies.
    FeatureFlags(const flags::FileProvider& provider, std::string version, std::string arm)
        : provider_(&provider), version_(std::move(version)), arm_(std::move(arm)) {}

    /// `playback.max-rendition`, a text by playback session, also by `video`: with "480p" the multivariant
    /// playlist that a session gets names nothing taller than 480 pixels. Nothing for "all" (the fallback)
    /// and for what is no height. A session keeps what its playlist named until it asks for it again.
    std::optional<int> max_rendition_height(std::string_view session, std::string_view video) const;

    /// `uploads.enabled`, a boolean by user (fallback: true): a kill switch, asked before the body is read.
    /// What is being uploaded already is completed.
    bool uploads_enabled(std::string_view user) const;

private:
    const flags::FileProvider* provider_ = nullptr;
    std::string version_, arm_;
};

/// A multivariant playlist without the variants taller than `height` pixels; where all are, the lowest stay.
/// Errc::corrupt when it is none.
core::Result<std::string> with_max_height(const std::string& playlist, int height);

}  // namespace qd::services
