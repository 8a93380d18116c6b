#include <nlohmann/json.hpp>

#include "chaos/fault.hpp"

namespace qd::chaos {
namespace {

using core::Errc;
using core::fail;
using nlohmann::json;

constexpr std::size_t largest_document = 16 << 10;

/// Reads members of one object; the first thing that is wrong is kept.
class Reader {
public:
    explicit Reader(const json& object) : object_(object) {}

    std::string text(const char* name) {
        const json* value = find(name);
        if (value && !value->is_string()) refuse(name, "must be text");
        return value && value->is_string() ? value->get<std::string>() : std::string{};
    }

    double number(const char* name, double fallback) {
        const json* value = find(name);
        if (value && !value->is_number()) refuse(name, "must be a number");
        return value && value->is_number() ? value->get<double>() : fallback;
    }

    core::WallTime time(const char* name) {
        const std::string written = text(name);
        if (written.empty()) return {};
        const auto at = core::parse_rfc3339(written);
        if (!at) refuse(name, "must be an RFC 3339 time");
        return at.value_or(core::WallTime{});
    }

    const json* find(const char* name) const {
        const auto at = object_.find(name);
        return at == object_.end() || at->is_null() ? nullptr : &*at;
    }

    void refuse(const char* name, std::string_view why) {
        if (!error_) error_ = core::Error{Errc::invalid_argument, fmt::format("{} {}", name, why)};
    }

    const std::optional<core::Error>& error() const { return error_; }

private:
    const json& object_;
    std::optional<core::Error> error_;
};

json as_json(const Fault& fault) {
    const auto time = [](core::WallTime at) {
        return at == core::WallTime{} ? json(nullptr) : json(core::format_rfc3339(at));
    };
    return json{{"id", fault.id.value},
                {"target",
                 {{"role", fault.target.role},
                  {"version", fault.target.version},
                  {"instance", fault.target.instance},
                  {"route", fault.target.route}}},
                {"kind", to_string(fault.kind)},
                {"amount", fault.amount},
                {"ratio", fault.ratio},
                {"for_s", fault.duration.count()},
                {"started_at", time(fault.started_at)},
                {"ends_at", time(fault.ends_at)}};
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

core::Result<Fault> parse_fault(std::string_view text) {
    if (text.size() > largest_document)
        return fail(Errc::too_large, "a fault must not be larger than 16 KiB");
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object()) return fail(Errc::invalid_argument, "a fault must be a JSON object");
    static const json no_target = json::object();
    Reader reader(document);
    const json* target = reader.find("target");
    if (target && !target->is_object()) return fail(Errc::invalid_argument, "target must be an object");
    Reader of_target(target ? *target : no_target);

    Fault fault;
    fault.id = FaultId(reader.text("id"));
    fault.target = {of_target.text("role"), of_target.text("version"), of_target.text("instance"),
                    of_target.text("route")};
    const auto kind = parse_fault_kind(reader.text("kind"));
    if (!kind) reader.refuse("kind", "must be delay, error, reset, corrupt, kill or partition");
    fault.kind = kind.value_or(FaultKind::delay);
    fault.amount = reader.number("amount", 0);
    fault.ratio = reader.number("ratio", 1);
    if (!reader.find("for_s")) reader.refuse("for_s", "is missing: a fault always ends by itself");
    fault.duration = core::Seconds(reader.number("for_s", 0));
    fault.started_at = reader.time("started_at");
    fault.ends_at = reader.time("ends_at");
    for (const Reader* one : {&of_target, &reader})
        if (one->error()) return core::Failure(*one->error());
    if (auto valid = validate(fault); !valid) return tl::unexpected(valid.error());
    return fault;
}

std::string to_json(const Fault& fault) {
    return dump(as_json(fault));
}

std::string to_json(const std::vector<Fault>& faults) {
    json items = json::array();
    for (const Fault& fault : faults) items.push_back(as_json(fault));
    return dump(json{{"items", std::move(items)}, {"next", nullptr}});
}

}  // namespace qd::chaos
