#pragma once
// A whole local site under test, and its API as raw JSON: tests see what any client of the wire sees.

#include <nlohmann/json.hpp>
#include <optional>

#include "core/files.hpp"
#include "http/client.hpp"
#include "site/process_info.hpp"
#include "support/program.hpp"

namespace qd::test {

struct SiteAnswer {
    unsigned status = 0;  // 0: no answer
    nlohmann::json json;
    std::string text;
    http::Headers headers;
};

class Site {
public:
    /// In a folder of its own unless one is given.
    explicit Site(const QStringList& arguments = {}, const QString& folder = {})
        : data_(folder.isEmpty() ? folder_.path() : folder) {
        program_.start("quarterdeck-site", QStringList{"up", "--data", data_} + arguments);
    }

    std::filesystem::path data() const { return data_.toStdString(); }
    Program& supervisor() { return program_; }

    /// Waits for endpoints.json and reads the token.
    bool up(int milliseconds = 60'000) {
        return eventually(
            [this] {
                const auto text = core::read_file(data() / "endpoints.json");
                if (!text) return false;
                auto endpoints = site::decode_endpoints(*text);
                auto token = core::read_file(data() / "token");
                if (!endpoints || !token) return false;
                endpoints_ = *endpoints;
                token_ = QString::fromStdString(*token).trimmed().toStdString();
                return true;
            },
            milliseconds);
    }

    const site::Endpoints& endpoints() const { return endpoints_; }
    const std::string& token() const { return token_; }

    /// The process as endpoints.json has it now.
    std::optional<site::ProcessInfo> process(const std::string& instance) {
        const auto text = core::read_file(data() / "endpoints.json");
        const auto now = text ? site::decode_endpoints(*text) : core::Result<site::Endpoints>(endpoints_);
        if (now)
            for (const site::ProcessInfo& process : now->processes)
                if (process.instance == instance) return process;
        return std::nullopt;
    }

    SiteAnswer gateway(http::Method method, const std::string& path, const std::string& body = {}) {
        return ask(endpoints_.gateway, method, path, body);
    }
    SiteAnswer opsd(http::Method method, const std::string& path, const std::string& body = {}) {
        return ask(endpoints_.opsd, method, path, body);
    }
    nlohmann::json get(const std::string& path) { return opsd(http::Method::get, path).json; }

    SiteAnswer ask(const std::string& base, http::Method method, const std::string& path,
               const std::string& body) {
        http::ClientRequest request;
        request.method = method;
        request.url = base + path;
        request.headers = {{"Authorization", "Bearer " + token_}};
        if (!body.empty()) request.headers.set("Content-Type", "application/json");
        request.body = body;
        request.timeout = std::chrono::seconds(20);
        const auto response = client_.fetch(std::move(request));
        if (!response) return {0, nullptr, response.error().message, {}};
        return {response->status, nlohmann::json::parse(response->body, nullptr, false), response->body,
                response->headers};
    }

private:
    QTemporaryDir folder_;
    QString data_;
    Program program_;
    http::Client client_;
    site::Endpoints endpoints_;
    std::string token_;
};

}  // namespace qd::test
