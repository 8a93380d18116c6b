#pragma once
// The parts of reading a specification. Includes yaml-cpp: for .cpp files of this room only.

#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/config.hpp"
#include "rollouts/specification.hpp"
#include "rollouts/specification_remarks.hpp"

namespace qd::rollouts {

/// What is remarked about one text. No more than 100 are kept.
class Remarks {
public:
    void add(Remark::Kind kind, unsigned line, std::string text);
    void add(Remark remark) { add(remark.kind, remark.line, std::move(remark.text)); }
    bool full() const { return list_.size() >= most; }
    const std::optional<Remark>& first_error() const { return first_error_; }
    std::vector<Remark> by_line() &&;

    std::vector<AnalysisTemplate> elsewhere;

private:
    static constexpr std::size_t most = 100;
    std::vector<Remark> list_;
    std::optional<Remark> first_error_;
};

/// A key of Argo Rollouts (or of Kubernetes) that has no meaning here.
struct ForeignKey {
    std::string_view key;
    Remark::Kind kind = Remark::Kind::note;
    std::string_view text;           // what follows the key in the remark
    std::string_view harmless = {};  // with this value it says what happens anyway: not even noted
};

/// Which keys are foreign to which mapping.
enum class Place {
    other,
    document,
    metadata,
    spec,
    canary,
    blue_green,
    use,
    argument,
    templates,
    metric,
    prometheus,
    provider,
    experiment,
    experiment_set,
    experiment_analysis,
    step,
    analysis,
};
std::span<const ForeignKey> foreign_keys(Place place);

/// One mapping of a specification: every problem of it is remarked with its line, and reading goes on.
/// close() it once everything has been asked for.
class Fields {
public:
    Fields(core::ConfigReader reader, Remarks& remarks) : reader_(std::move(reader)), remarks_(&remarks) {}

    bool has(const std::string& key) const { return reader_.has(key); }

    template <class T>
    T get(const std::string& key, T fallback) {
        const YAML::Node node = find(key);
        if (!node.IsDefined() || node.IsNull()) return fallback;
        try {
            return node.as<T>();
        } catch (const YAML::Exception&) {
            if constexpr (std::is_same_v<T, bool>)
                reject(key, "must be true or false");
            else if constexpr (std::is_integral_v<T>)
                reject(key, "must be a whole number");
            else if constexpr (std::is_floating_point_v<T>)
                reject(key, "must be a number");
            else if constexpr (std::is_same_v<T, std::string>)
                reject(key, "must be a text");
            else
                reject(key, "must be a mapping of texts");
            return fallback;
        }
    }

    template <class T>
    T get_in_range(const std::string& key, T fallback, T lowest, T highest) {
        const T value = get<T>(key, fallback);
        if (value >= lowest && value <= highest) return value;
        reject(key, fmt::format("must be between {} and {}", lowest, highest));
        return fallback;
    }

    template <class T>
    T require(const std::string& key) {
        if (!has(key)) reject(key, "is missing");
        return get<T>(key, T{});
    }

    /// 0 to 100: 10, "10", "10%".
    unsigned get_percent(const std::string& key);
    /// So many of `of`: 2, "2", or "50%", which is rounded up or down.
    unsigned get_share(const std::string& key, unsigned fallback, unsigned of, bool up, unsigned highest);

    /// The mapping under `key`, empty when absent.
    Fields child(const std::string& key);
    /// The mappings of the list under `key`.
    std::vector<Fields> children(const std::string& key);

    void reject(const std::string& key, std::string_view reason) { say(Remark::Kind::error, key, reason); }
    void note(const std::string& key, std::string_view text) { say(Remark::Kind::note, key, text); }
    /// Remarks the keys that nobody asked for; whether there was none.
    bool close(Place place = Place::other);

    Remarks& remarks() const { return *remarks_; }

private:
    YAML::Node find(const std::string& key) { return reader_.get<YAML::Node>(key, YAML::Node()); }
    void say(Remark::Kind kind, const std::string& key, std::string_view text);
    void say_unknown(Place place, const std::string& key, unsigned line);

    core::ConfigReader reader_;
    Remarks* remarks_;
};

/// "specification:7: what" as a remark of line 7; line 1 where none is told.
Remark remark_of(const core::Error& error);

std::optional<std::chrono::milliseconds> read_duration(Fields& reader, const std::string& key);
/// `value` stays where the key is absent or does not fit.
void read_duration_in(Fields& reader, const std::string& key, std::chrono::milliseconds& value,
                      std::chrono::milliseconds least, std::chrono::milliseconds most);
/// 1 to 63 letters, digits, '.', '_' or '-'.
bool is_plain_name(std::string_view text);

/// An AnalysisTemplate: {apiVersion, kind, metadata: {name}, spec: {args, metrics}}.
AnalysisTemplate read_template(Fields& reader);
/// {templates: [{templateName}], args: [{name, value}]}; `reader` is left to be closed. It is tried whether
/// a run of these templates could begin.
AnalysisUse read_use(Fields& reader, const std::vector<AnalysisTemplate>& known);
/// A list of {name, value}.
std::map<std::string, std::string> read_arguments(Fields& reader);
/// Rejects `key` when such a run could not begin.
void check_use(Fields& reader, const std::string& key, const AnalysisUse& use,
               const std::vector<AnalysisTemplate>& known);

/// Closes `reader`.
Step read_step(Fields& reader, const std::vector<AnalysisTemplate>& known);
/// What stands under `spec.strategy`; the target is known.
void read_strategy(Fields& reader, Specification& specification);
TargetVersion read_target(Fields reader);
/// The version that a Rollout of Argo's tells by the tag of its first container's image; rejects `target` of
/// `spec` where there is none.
TargetVersion target_of_image(Fields& spec);
Analysis read_analysis(Fields reader);

}  // namespace qd::rollouts
