#pragma once
// A Prometheus' query API as far as opsd sees it: the series it holds are answered to every query that names
// their metric, and histories by a function of the query.

#include <QtTest>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "http/server.hpp"

namespace qd::test {

class FakePrometheus {
public:
    using Labels = std::map<std::string, std::string>;

    explicit FakePrometheus(const core::Clock& clock) : clock_(clock) {
        server_.route_blocking(http::Method::post, "/api/v1/query",
                               [this](const http::Request& request) { return instant(request); });
        server_.route_blocking(http::Method::post, "/api/v1/query_range",
                               [this](const http::Request& request) { return range(request); });
        if (!server_.start()) qFatal("no server");
    }
    ~FakePrometheus() { server_.stop(std::chrono::milliseconds(100)); }

    std::string url() const { return "http://" + server_.address(); }

    /// The value of a series from now on.
    void set(const Labels& labels, double value) {
        const std::lock_guard lock(mutex_);
        for (auto& [known, current] : series_)
            if (known == labels) return void(current = value);
        series_.emplace_back(labels, value);
    }
    void forget(const std::string& label, const std::string& value) {
        const std::lock_guard lock(mutex_);
        std::erase_if(series_, [&](const auto& known) {
            const auto at = known.first.find(label);
            return at != known.first.end() && at->second == value;
        });
    }
    /// Answers to queries that hold `about` carry it from now on.
    void warn(std::string warning, std::string about = {}) {
        const std::lock_guard lock(mutex_);
        warning_ = std::move(warning);
        about_ = std::move(about);
    }
    /// Every answer from now on has this status; 200: as usual.
    void fail(unsigned status, std::string body = "down") {
        const std::lock_guard lock(mutex_);
        status_ = status;
        body_ = std::move(body);
    }
    /// Its clock is this much ahead.
    void shift(std::chrono::seconds ahead) {
        const std::lock_guard lock(mutex_);
        ahead_ = ahead;
    }
    /// What query_range answers at a time; nothing: no point. By default it has no history.
    std::function<std::optional<double>(const std::string& query, std::int64_t at_s)> history;

    std::vector<http::Query> asked(const std::string& what) {
        const std::lock_guard lock(mutex_);
        std::vector<http::Query> forms;
        for (const auto& [path, form] : asked_)
            if (path == what) forms.push_back(form);
        return forms;
    }

private:
    http::Response answer(const std::string& query, nlohmann::json result, const char* type) {
        nlohmann::json body{{"status", "success"}, {"data", {{"resultType", type}, {"result", result}}}};
        if (!warning_.empty() && query.find(about_) != std::string::npos) body["warnings"] = {warning_};
        auto response =
            status_ == 200 ? http::Response::json(200, body.dump()) : http::Response::json(status_, body_);
        response.headers.set("Date", core::format_http_date(clock_.now() + ahead_));
        return response;
    }
    http::Response instant(const http::Request& request) {
        const std::lock_guard lock(mutex_);
        const auto form = http::Query::parse(request.body);
        asked_.emplace_back("query", form);
        const std::string query = form.get_or("query", "");
        const double at = double(clock_.now().time_since_epoch().count()) / 1000;
        nlohmann::json result = nlohmann::json::array();
        for (const auto& [labels, value] : series_)
            if (query.find(labels.at("__name__")) != std::string::npos)
                result.push_back({{"metric", labels}, {"value", {at, fmt::format("{}", value)}}});
        return answer(query, std::move(result), "vector");
    }
    http::Response range(const http::Request& request) {
        const std::lock_guard lock(mutex_);
        const auto form = http::Query::parse(request.body);
        asked_.emplace_back("query_range", form);
        const auto number = [&](const char* key) { return std::stod(form.get_or(key, "0")); };
        nlohmann::json values = nlohmann::json::array();
        const auto step = std::int64_t(number("step"));
        for (auto at = std::int64_t(number("start")); at <= std::int64_t(number("end")); at += step)
            if (const auto value = history ? history(form.get_or("query", ""), at) : std::nullopt)
                values.push_back({at, fmt::format("{}", *value)});
        nlohmann::json result = nlohmann::json::array();
        if (!values.empty()) result.push_back({{"metric", nlohmann::json::object()}, {"values", values}});
        return answer(form.get_or("query", ""), std::move(result), "matrix");
    }

    const core::Clock& clock_;
    std::mutex mutex_;
    std::vector<std::pair<Labels, double>> series_;
    std::vector<std::pair<std::string, http::Query>> asked_;
    std::string warning_, about_, body_;
    unsigned status_ = 200;
    std::chrono::seconds ahead_{0};
    http::Server server_{http::ServerOptions{}};
};

}  // namespace qd::test
