#include "prometheus/answer.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/json_fields.hpp"
#include "prometheus/range_plan.hpp"

namespace qd::prometheus {
namespace {

using core::Errc;
using core::Failure;
using nlohmann::json;

constexpr double latest_time_s = 253'402'300'799;  // the end of the year 9999
constexpr std::size_t max_label_bytes = 4096;
constexpr std::size_t max_warnings = 100;

Failure bad(std::string_view where, std::string_view reason) {
    return core::fail(Errc::corrupt, "no answer of a Prometheus API: {} {}", where, reason);
}

Failure told_error(const json& body) {
    const auto text = [&](const char* key) {
        const auto at = body.find(key);
        return at != body.end() && at->is_string() ? at->get<std::string>().substr(0, 500) : std::string();
    };
    const std::string type = text("errorType");
    const std::string message = fmt::format("{}: {}", type.empty() ? "error" : type, text("error"));
    if (type == "bad_data") return core::fail(Errc::invalid_argument, "{}", message);
    if (type == "timeout") return core::fail(Errc::timeout, "{}", message);
    if (type == "canceled") return core::fail(Errc::cancelled, "{}", message);
    if (type == "execution") return core::fail(Errc::unprocessable, "{}", message);
    if (type == "not_found") return core::fail(Errc::not_found, "{}", message);
    return core::fail(Errc::unavailable, "{}", message);
}

core::Result<Sample> read_sample(const json& pair) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_string())
        return bad("a sample", "must be [seconds, \"value\"]");
    const double seconds = pair[0].get<double>();
    if (!(seconds >= 0 && seconds <= latest_time_s)) return bad("a sample's time", "is out of range");
    const auto value = parse_sample_value(pair[1].get_ref<const std::string&>());
    if (!value) return bad("a sample's value", "is no number");
    return Sample{core::WallTime(std::chrono::milliseconds(std::llround(seconds * 1000))), *value};
}

core::Result<Series> read_labels(const json& item, const AnswerLimits& limits) {
    Series series;
    const auto metric = item.find("metric");
    if (metric == item.end() || !metric->is_object()) return bad("a series", "has no 'metric' object");
    if (metric->size() > limits.labels)
        return core::fail(Errc::too_large, "a series has more than {} labels", limits.labels);
    for (const auto& [name, value] : metric->items()) {
        if (!value.is_string()) return bad("a label", "is no text");
        const auto& text = value.get_ref<const std::string&>();
        if (name.empty() || name.size() > max_label_bytes || text.size() > max_label_bytes)
            return bad("a label", "has no name or is too long");
        series.labels.emplace_back(name, text);
    }
    std::sort(series.labels.begin(), series.labels.end());
    return series;
}

core::Result<Series> read_vector_item(const json& item, const AnswerLimits& limits) {
    auto series = read_labels(item, limits);
    if (!series) return series;
    const auto value = item.find("value");
    if (value == item.end())
        return bad("a series",
                   item.contains("histogram") ? "is a native histogram, which is not read" : "has no value");
    const auto sample = read_sample(*value);
    if (!sample) return Failure(sample.error());
    series->samples.push_back(*sample);
    return series;
}

core::Result<Series> read_matrix_item(const json& item, const AnswerLimits& limits) {
    auto series = read_labels(item, limits);
    if (!series) return series;
    const auto values = item.find("values");
    if (values == item.end() || !values->is_array())
        return bad("a series", item.contains("histograms") ? "is a native histogram, which is not read"
                                                           : "has no values");
    if (values->size() > max_points)
        return core::fail(Errc::too_large, "a series has more than {} points", max_points);
    series->samples.reserve(values->size());
    for (const json& pair : *values) {
        const auto sample = read_sample(pair);
        if (!sample) return Failure(sample.error());
        if (!series->samples.empty() && sample->at <= series->samples.back().at)
            return bad("a series", "is not in the order of time");
        series->samples.push_back(*sample);
    }
    return series;
}

core::Result<> read_series(const json& result, const AnswerLimits& limits, Answer& answer) {
    if (!result.is_array()) return bad("'result'", "is no list");
    if (result.size() > limits.series)
        return core::fail(Errc::too_large, "the answer has {} series, {} are allowed; narrow the query",
                          result.size(), limits.series);
    std::size_t samples = 0;
    for (const json& item : result) {
        if (!item.is_object()) return bad("a series", "is no object");
        auto series = answer.type == ResultType::vector ? read_vector_item(item, limits)
                                                        : read_matrix_item(item, limits);
        if (!series) return Failure(series.error());
        samples += series->samples.size();
        if (samples > limits.samples)
            return core::fail(Errc::too_large, "the answer has more than {} samples", limits.samples);
        answer.series.push_back(std::move(*series));
    }
    std::vector<const Series*> sorted;
    for (const Series& series : answer.series) sorted.push_back(&series);
    std::sort(sorted.begin(), sorted.end(),
              [](const Series* a, const Series* b) { return a->labels < b->labels; });
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end(), [](const Series* a, const Series* b) {
        return a->labels == b->labels;
    });
    if (twice != sorted.end()) return bad("'result'", "holds two series with the same labels");
    return {};
}

core::Result<> read_warnings(const json& body, Answer& answer) {
    const auto warnings = body.find("warnings");
    if (warnings == body.end() || warnings->is_null()) return {};
    if (!warnings->is_array()) return bad("'warnings'", "is no list");
    for (const json& warning : *warnings) {
        if (!warning.is_string()) return bad("a warning", "is no text");
        if (answer.warnings.size() < max_warnings)
            answer.warnings.push_back(warning.get_ref<const std::string&>().substr(0, 500));
    }
    return {};
}

}  // namespace

std::string_view Series::label(std::string_view name) const {
    const auto at =
        std::lower_bound(labels.begin(), labels.end(), name,
                         [](const auto& label, std::string_view wanted) { return label.first < wanted; });
    return at == labels.end() || at->first != name ? std::string_view{} : std::string_view(at->second);
}

std::optional<double> parse_sample_value(std::string_view text) {
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "+Inf" || text == "Inf") return std::numeric_limits<double>::infinity();
    if (text == "-Inf") return -std::numeric_limits<double>::infinity();
    // from_chars knows words of its own for these.
    if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

core::Result<Answer> decode_answer(std::string_view text, const AnswerLimits& limits) {
    const auto body = core::parse_json(text, limits.bytes);
    if (!body && body.error().code == Errc::too_large) return Failure(body.error());
    if (!body || !body->is_object()) return bad("the body", "is no JSON object");
    const auto status = body->find("status");
    if (status == body->end() || !status->is_string()) return bad("the body", "has no 'status'");
    if (*status == "error") return told_error(*body);
    if (*status != "success") return bad("'status'", "is neither success nor error");
    const auto data = body->find("data");
    if (data == body->end() || !data->is_object()) return bad("the body", "has no 'data' object");
    const auto type = data->find("resultType");
    const auto result = data->find("result");
    if (type == data->end() || !type->is_string() || result == data->end())
        return bad("'data'", "has no 'resultType' and 'result'");

    Answer answer;
    if (auto read = read_warnings(*body, answer); !read) return Failure(read.error());
    if (*type == "scalar") {
        answer.type = ResultType::scalar;
        const auto sample = read_sample(*result);
        if (!sample) return Failure(sample.error());
        answer.series.push_back({{}, {*sample}});
        return answer;
    }
    if (*type != "vector" && *type != "matrix")
        return bad("'resultType'", "is neither scalar, vector nor matrix");
    answer.type = *type == "vector" ? ResultType::vector : ResultType::matrix;
    if (auto read = read_series(*result, limits, answer); !read) return Failure(read.error());
    return answer;
}

}  // namespace qd::prometheus
