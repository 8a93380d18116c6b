#include "flags/file_provider.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "core/files.hpp"
#include "core/json_fields.hpp"
#include "flags/document.hpp"

namespace qd::flags {
namespace {

void pin(Flag& flag, const std::string& variant) {
    if (std::ranges::find(flag.variants, variant, &Variant::name) == flag.variants.end()) return;
    flag.enabled = true;
    flag.prerequisites.clear();
    flag.targeting.clear();
    flag.default_variant = variant;
}

template <class T>
void put_outcome(const Evaluation<T>& outcome, nlohmann::json& written) {
    const bool served = !outcome.variant.empty();
    written["variant"] = served ? nlohmann::json(outcome.variant) : nlohmann::json(nullptr);
    written["value"] = served ? nlohmann::json(outcome.value) : nlohmann::json(nullptr);
    written["reason"] = outcome.error ? to_string(*outcome.error) : to_string(outcome.reason);
}

bool fits(const Pin& one, const Flag& flag) {
    return one.flag == flag.key &&
           std::ranges::find(flag.variants, one.variant, &Variant::name) != flag.variants.end();
}

nlohmann::json status_of(const Flag& flag, const FlagSet& set, const std::vector<Pin>& pins) {
    const bool pinned = std::ranges::any_of(pins, [&](const Pin& one) { return fits(one, flag); });
    nlohmann::json written{{"enabled", flag.enabled},
                           {"default_variant", flag.default_variant},
                           {"rules", flag.targeting.size()},
                           {"pinned", pinned}};
    switch (flag.type) {
        case Type::boolean:
            put_outcome(set.boolean(flag.key, {}, false), written);
            break;
        case Type::number:
            put_outcome(set.number(flag.key, {}, 0), written);
            break;
        case Type::string:
            put_outcome(set.text(flag.key, {}, {}), written);
            break;
    }
    return written;
}

}  // namespace

core::Result<Pin> parse_pin(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size())
        return core::fail(core::Errc::invalid_argument, "'{}' is not key=variant", text);
    return Pin{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

FileProvider::FileProvider(std::filesystem::path file, std::vector<Pin> pins, const core::Clock& clock)
    : file_(std::move(file)), pins_(std::move(pins)), clock_(clock) {
    auto empty = FlagSet::compile({});
    snapshot_.store(std::make_shared<const Snapshot>(Snapshot{std::move(*empty), 0, {}}));
}

core::Result<bool> FileProvider::poll() {
    const std::lock_guard lock(mutex_);
    struct stat info {};
    if (::stat(file_.c_str(), &info) != 0) {
        if (errno == ENOENT) return false;
        return core::fail_errno(fmt::format("looking at {}", file_.string()), errno);
    }
    const Stamp stamp{std::uint64_t(info.st_dev), std::uint64_t(info.st_ino), std::uint64_t(info.st_size),
                      info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
    if (seen_ == stamp) return false;
    seen_ = stamp;
    auto loaded = load();
    error_ = loaded ? "" : loaded.error().message;
    if (!loaded) return core::fail_with_context(file_.string(), loaded.error());
    snapshot_.store(std::move(*loaded));
    return true;
}

core::Result<std::shared_ptr<const Snapshot>> FileProvider::load() const {
    const auto text = core::read_file(file_, largest_document);
    if (!text) return core::Failure(text.error());
    auto document = read_document(*text);
    if (!document) return core::Failure(document.error());
    for (const Pin& one : pins_) {
        const auto flag = std::ranges::find(document->flags, one.flag, &Flag::key);
        if (flag != document->flags.end()) pin(*flag, one.variant);
    }
    auto set = FlagSet::compile(std::move(document->flags));
    if (!set) return core::Failure(set.error());
    return std::make_shared<const Snapshot>(Snapshot{std::move(*set), document->revision, clock_.now()});
}

std::vector<Pin> FileProvider::idle_pins() const {
    const auto current = snapshot();
    std::vector<Pin> idle;
    for (const Pin& one : pins_)
        if (const Flag* flag = current->set->find(one.flag); flag == nullptr || !fits(one, *flag))
            idle.push_back(one);
    return idle;
}

std::string FileProvider::status() const {
    using nlohmann::json;
    const auto current = snapshot();
    json written{{"revision", current->revision},
                 {"loaded_at", core::json_time(current->loaded_at)},
                 {"age_s", nullptr},
                 {"error", nullptr},
                 {"pins", json::object()},
                 {"flags", json::object()}};
    if (current->loaded_at)
        written["age_s"] = std::max(0.0, core::Seconds(clock_.now() - *current->loaded_at).count());
    {
        const std::lock_guard lock(mutex_);
        if (!error_.empty()) written["error"] = error_;
    }
    for (const Pin& one : pins_) written["pins"][one.flag] = one.variant;
    for (const Flag& flag : current->set->flags())
        written["flags"][flag.key] = status_of(flag, *current->set, pins_);
    return core::dump_json(written);
}

}  // namespace qd::flags
