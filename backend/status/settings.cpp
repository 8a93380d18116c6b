#include "status/settings.hpp"

#include "status/audience.hpp"
#include "status/draft.hpp"

namespace qd::status {
namespace {

constexpr std::int64_t longest_interval_min = 7 * 24 * 60;

void read_template(core::ConfigReader& reader, const std::string& audience, Settings& settings) {
    if (!reader.has(audience)) return;
    auto made = Template::parse(reader.get<std::string>(audience, ""), placeholder_names());
    if (!made) return reader.reject(audience, made.error().message);
    settings.templates.emplace(audience, std::move(*made));
}

void read_rhythm(core::ConfigReader& reader, const std::string& audience, Settings& settings) {
    if (!reader.has(audience)) return;
    Rhythm rhythm = default_rhythm();
    core::ConfigReader entry = reader.child(audience);
    for (std::size_t i = 0; i < rhythm.size(); ++i) {
        const std::string key = fmt::format("sev{}", i + 1);
        const std::int64_t usual = rhythm[i] ? rhythm[i]->count() : 0;
        const auto minutes = entry.get_in_range<std::int64_t>(key, usual, 0, longest_interval_min);
        rhythm[i] = minutes > 0 ? std::optional(std::chrono::minutes(minutes)) : std::nullopt;
    }
    (void)entry.finish();
    reader.merge(entry);
    settings.cadence[audience] = rhythm;
}

template <class Read>
void read_each(core::ConfigReader& reader, const std::string& key, Settings& settings, Read read) {
    if (!reader.has(key)) return;
    core::ConfigReader child = reader.child(key);
    for (const std::string_view audience : audience_names()) read(child, std::string(audience), settings);
    (void)child.finish();
    reader.merge(child);
}

}  // namespace

const Template& Settings::template_of(std::string_view audience) const {
    const auto own = templates.find(audience);
    return own == templates.end() ? default_template(audience) : own->second;
}

Settings read_settings(core::ConfigReader& reader) {
    Settings settings;
    read_each(reader, "status_templates", settings, read_template);
    read_each(reader, "status_cadence_min", settings, read_rhythm);
    return settings;
}

}  // namespace qd::status
