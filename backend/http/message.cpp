#include "http/message.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "telemetry/json_text.hpp"

namespace qd::http {
namespace {

constexpr std::array<std::string_view, 7> method_names{"GET",   "HEAD",   "POST",   "PUT",
                                                       "PATCH", "DELETE", "OPTIONS"};

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c;
}

std::string_view title_of(unsigned status) {
    const std::string_view phrase = status_phrase(status);
    if (!phrase.empty()) return phrase;
    return status >= 500 ? "Server Error" : "Error";
}

Response make_problem(unsigned status, std::string_view type, std::string_view detail,
                      std::string_view request_id) {
    std::string body = "{\"type\":";
    telemetry::append_json_string(body, type);
    body += ",\"title\":";
    telemetry::append_json_string(body, title_of(status));
    body += ",\"status\":" + std::to_string(status) + ",\"detail\":";
    telemetry::append_json_string(body, detail);
    body += ",\"request_id\":";
    telemetry::append_json_string(body, request_id);
    body += '}';
    return Response::text(status, std::move(body), "application/problem+json");
}

}  // namespace

std::string_view to_string(Method method) {
    return method_names[std::size_t(method)];
}

std::optional<Method> parse_method(std::string_view text) {
    const auto at = std::find(method_names.begin(), method_names.end(), text);
    if (at == method_names.end()) return std::nullopt;
    return Method(at - method_names.begin());
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Headers::get(std::string_view name) const {
    for (const Field& field : fields_)
        if (equals_ignoring_case(field.first, name)) return field.second;
    return {};
}

bool Headers::has(std::string_view name) const {
    return std::any_of(fields_.begin(), fields_.end(),
                       [&](const Field& field) { return equals_ignoring_case(field.first, name); });
}

void Headers::set(std::string_view name, std::string value) {
    const auto named = [&](const Field& field) { return equals_ignoring_case(field.first, name); };
    const auto first = std::find_if(fields_.begin(), fields_.end(), named);
    if (first == fields_.end()) return add(name, std::move(value));
    first->second = std::move(value);
    fields_.erase(std::remove_if(first + 1, fields_.end(), named), fields_.end());
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const Field& field) { return equals_ignoring_case(field.first, name); });
}

SpooledBody::~SpooledBody() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

Response Response::text(unsigned status, std::string body, std::string content_type) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", std::move(content_type));
    response.body = std::move(body);
    return response;
}

std::uint64_t body_size(const Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body)) return text->size();
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body))
        return *shared ? (*shared)->size() : 0;
    if (const auto* file = std::get_if<FileBody>(&response.body)) return file->size;
    return 0;
}

Response problem(const core::Error& error, std::string_view request_id) {
    return make_problem(core::http_status(error.code), core::to_string(error.code), error.message,
                        request_id);
}

Response problem(unsigned status, std::string_view detail, std::string_view request_id) {
    return make_problem(status, "about:blank", detail, request_id);
}

}  // namespace qd::http
