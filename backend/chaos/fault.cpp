#include "chaos/fault.hpp"

#include <array>
#include <cmath>
#include <utility>

namespace qd::chaos {
namespace {

using core::Errc;
using core::fail;

constexpr std::array<std::pair<FaultKind, std::string_view>, 11> names{{
    {FaultKind::delay, "delay"},
    {FaultKind::error, "error"},
    {FaultKind::reset, "reset"},
    {FaultKind::corrupt, "corrupt"},
    {FaultKind::kill, "kill"},
    {FaultKind::partition, "partition"},
    {FaultKind::playlist, "playlist"},
    {FaultKind::leak, "leak"},
    {FaultKind::crash, "crash"},
    {FaultKind::hang, "hang"},
    {FaultKind::no_start, "no_start"},
}};

constexpr std::size_t longest_text = 256;
constexpr double longest_wait_ms = 600'000;

core::Result<> check_amount(FaultKind kind, double amount) {
    const auto within = [&](double low, double high, std::string_view what) -> core::Result<> {
        if (amount >= low && amount <= high) return {};
        return fail(Errc::invalid_argument, "amount must be {} between {} and {}", what, low, high);
    };
    switch (kind) {
        case FaultKind::delay:
            return within(1, longest_wait_ms, "milliseconds");
        case FaultKind::partition:
            return within(0, longest_wait_ms, "milliseconds");
        case FaultKind::corrupt:
            return within(0, 100'000, "a number of bits");
        case FaultKind::error:
            if (amount == 0) return {};
            if (amount != std::floor(amount)) return fail(Errc::invalid_argument, "amount must be a status");
            return within(400, 599, "a status");
        case FaultKind::leak:
            return within(0, 16'384, "KiB");
        case FaultKind::crash:
        case FaultKind::hang:
            return within(0, 86'400, "seconds");
        case FaultKind::reset:
        case FaultKind::kill:
        case FaultKind::playlist:
        case FaultKind::no_start:
            return within(0, 0, "left out: a number");
    }
    return {};
}

}  // namespace

std::string_view to_string(FaultKind kind) {
    return names[std::size_t(kind)].second;
}

std::optional<FaultKind> parse_fault_kind(std::string_view text) {
    for (const auto& [kind, name] : names)
        if (name == text) return kind;
    return std::nullopt;
}

bool is_of_process(FaultKind kind) {
    return kind == FaultKind::kill || kind == FaultKind::crash || kind == FaultKind::hang ||
           kind == FaultKind::no_start;
}

std::string born_fault_kinds() {
    std::string list;
    for (const auto& [kind, name] : names) {
        if (kind == FaultKind::kill) continue;
        list += (list.empty() ? "" : kind == FaultKind::no_start ? " or " : ", ");
        list += name;
    }
    return list;
}

core::Result<> validate(const Fault& fault) {
    for (const std::string* text : {&fault.id.value, &fault.target.role, &fault.target.version,
                                    &fault.target.instance, &fault.target.route})
        if (text->size() > longest_text)
            return fail(Errc::invalid_argument, "id and target must not be longer than {} bytes",
                        longest_text);
    if (!fault.target.route.empty() && !fault.target.route.starts_with('/'))
        return fail(Errc::invalid_argument, "target.route must begin with a slash");
    if (!std::isfinite(fault.amount)) return fail(Errc::invalid_argument, "amount must be a number");
    if (auto amount = check_amount(fault.kind, fault.amount); !amount) return amount;
    if (!(fault.ratio > 0 && fault.ratio <= 1))
        return fail(Errc::invalid_argument, "ratio must be above 0 and at most 1");
    if (!(fault.duration.count() > 0 && fault.duration.count() <= 86'400))
        return fail(Errc::invalid_argument,
                    "for_s must be above 0 and at most 86400: a fault always ends by itself");
    return {};
}

}  // namespace qd::chaos
