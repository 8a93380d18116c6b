#include "services/feature_flags.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "hls/playlist.hpp"

namespace qd::services {
namespace {

/// "480p" -> 480.
std::optional<int> height_of(std::string_view name) {
    if (!name.ends_with('p')) return std::nullopt;
    name.remove_suffix(1);
    int height = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), height);
    if (error != std::errc{} || end != name.data() + name.size() || height <= 0) return std::nullopt;
    return height;
}

}  // namespace

std::optional<int> FeatureFlags::max_rendition_height(std::string_view session,
                                                      std::string_view video) const {
    if (provider_ == nullptr) return std::nullopt;
    const std::array<flags::Attribute, 3> attributes{
        {{"version", std::string_view(version_)}, {"arm", std::string_view(arm_)}, {"video", video}}};
    const auto snapshot = provider_->snapshot();  // the value is its set's
    return height_of(snapshot->set->text("playback.max-rendition", {session, attributes}, "all").value);
}

bool FeatureFlags::uploads_enabled(std::string_view user) const {
    if (provider_ == nullptr) return true;
    const std::array<flags::Attribute, 2> attributes{
        {{"version", std::string_view(version_)}, {"arm", std::string_view(arm_)}}};
    return provider_->snapshot()->set->boolean("uploads.enabled", {user, attributes}, true).value;
}

core::Result<std::string> with_max_height(const std::string& playlist, int height) {
    auto master = hls::parse_multivariant(playlist);
    if (!master) return core::Failure(master.error());
    const auto shrink = [&](std::vector<hls::Variant>& variants) {
        if (variants.empty()) return;
        const int lowest = std::ranges::min_element(variants, {}, &hls::Variant::height)->height();
        std::erase_if(variants, [&](const hls::Variant& variant) {
            return variant.height() > std::max(height, lowest);
        });
    };
    shrink(master->variants);
    shrink(master->i_frame_variants);
    return hls::write(*master);
}

}  // namespace qd::services
