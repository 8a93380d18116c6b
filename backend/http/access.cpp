#include "http/access.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/files.hpp"
#include "http/url.hpp"

namespace qd::http {
namespace {

using core::Errc;

constexpr std::size_t max_access_headers = 32;
constexpr std::size_t max_secret_bytes = 16 << 10;

/// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view text) {
    return text.size() <= 4096 &&
           std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 32) || c == 127; });
}

/// Those that the client sets itself, or whose values belong into a file.
bool is_reserved(std::string_view name) {
    constexpr std::array reserved{"Authorization", "Connection", "Content-Length",   "Content-Type",
                                  "Expect",        "Host",       "Transfer-Encoding"};
    return std::any_of(reserved.begin(), reserved.end(),
                       [&](const char* one) { return equals_ignoring_case(one, name); });
}

core::Result<std::string> read_secret(const std::filesystem::path& file) {
    auto text = core::read_file(file, max_secret_bytes);
    if (!text) return core::fail(Errc::config, "{}", text.error().message);
    text->erase(std::min(text->find_first_of("\r\n"), text->size()));
    if (text->empty() || !is_field_value(*text))
        return core::fail(Errc::config,
                          "{}: its first line is no secret: it is empty or holds control characters",
                          file.string());
    return text;
}

/// Why it is no address of a peer; empty when it is one.
std::string url_problem(const std::string& text, UrlKind kind) {
    const std::size_t host = std::min(text.find("://"), text.size());
    const std::string authority = text.substr(host, text.find_first_of("/?#", host + 3) - host);
    const auto url = Url::parse(text);
    if (!url) return url.error().message;
    if (url->scheme != "http" && url->scheme != "https") return "must begin with http:// or https://";
    if (text.find_first_of(kind == UrlKind::base ? "?#" : "#") != std::string::npos)
        return "must not hold a fragment, nor a query where paths are put behind it";
    if (authority.find('@') != std::string::npos) return "must not hold credentials: use basic or token_file";
    return {};
}

void read_url(core::ConfigReader& reader, UrlKind kind, Access& access) {
    if (kind == UrlKind::exact && reader.has("url_file")) {
        access.url_file = reader.get<std::string>("url_file", "");
        if (reader.has("url")) reader.reject("url", "cannot be used beside url_file");
        return;
    }
    access.url = reader.require<std::string>("url");
    while (kind == UrlKind::base && access.url.ends_with('/')) access.url.pop_back();
    if (const std::string problem = url_problem(access.url, kind); !problem.empty())
        reader.reject("url", problem);
}

void read_headers(core::ConfigReader& reader, Access& access) {
    const auto headers = reader.get<std::map<std::string, std::string>>("headers", {});
    if (headers.size() > max_access_headers) reader.reject("headers", "are too many: at most 32");
    for (const auto& [name, value] : headers) {
        if (!is_token(name) || !is_field_value(value))
            reader.reject("headers", fmt::format("'{}' is no header with a value of one line", name));
        else if (is_reserved(name))
            reader.reject("headers", fmt::format("'{}' cannot be set here", name));
        access.headers.emplace_back(name, value);
    }
}

}  // namespace

Access read_access(core::ConfigReader& reader, UrlKind kind) {
    Access access;
    read_url(reader, kind, access);
    access.token_file = reader.get<std::string>("token_file", "");
    if (reader.has("basic")) {
        core::ConfigReader basic = reader.child("basic");
        access.username = basic.require<std::string>("username");
        access.password_file = basic.require<std::string>("password_file");
        if (access.username.find(':') != std::string::npos || !is_field_value(access.username))
            basic.reject("username", "must be one line without a colon");
        (void)basic.finish();
        reader.merge(basic);
        if (!access.token_file.empty()) reader.reject("basic", "cannot be used beside token_file");
    }
    read_headers(reader, access);
    if (reader.has("tls")) {
        core::ConfigReader tls = reader.child("tls");
        access.tls.ca_file = tls.get<std::string>("ca_file", "");
        access.tls.certificate_file = tls.get<std::string>("certificate_file", "");
        access.tls.key_file = tls.get<std::string>("key_file", "");
        if (!access.tls.key_file.empty() && access.tls.certificate_file.empty())
            tls.reject("key_file", "needs a certificate_file");
        (void)tls.finish();
        reader.merge(tls);
        if (access.url_file.empty() && !access.url.starts_with("https://"))
            reader.reject("tls", "needs a URL that begins with https://");
    }
    const double timeout_s = reader.get_in_range<double>("timeout_s", 10, 0.1, 120);
    access.timeout = std::chrono::milliseconds(std::int64_t(timeout_s * 1000));
    return access;
}

core::Result<ClientRequest> request_to(const Access& access, Method method, std::string_view path) {
    ClientRequest request;
    request.method = method;
    request.url = access.url + std::string(path);
    if (!access.url_file.empty()) {
        const auto url = read_secret(access.url_file);
        if (!url) return core::Failure(url.error());
        if (!url_problem(*url, UrlKind::exact).empty())
            return core::fail(Errc::config, "{}: its first line is no http(s) address",
                              access.url_file.string());
        request.url = *url;
    }
    for (const auto& [name, value] : access.headers) request.headers.add(name, value);
    if (!access.token_file.empty()) {
        const auto token = read_secret(access.token_file);
        if (!token) return core::Failure(token.error());
        request.headers.set("Authorization", "Bearer " + *token);
    } else if (!access.password_file.empty()) {
        const auto password = read_secret(access.password_file);
        if (!password) return core::Failure(password.error());
        request.headers.set("Authorization", basic_authorization(access.username, *password));
    }
    request.tls = access.tls;
    request.timeout = access.timeout;
    request.connect_timeout = std::min(request.connect_timeout, access.timeout);
    return request;
}

std::string basic_authorization(std::string_view username, std::string_view password) {
    const std::string pair = fmt::format("{}:{}", username, password);
    std::string encoded((pair.size() + 2) / 3 * 4 + 1, '\0');  // one more for the NUL that OpenSSL writes
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(pair.data()), int(pair.size()));
    encoded.resize(std::size_t(size));
    return "Basic " + encoded;
}

}  // namespace qd::http
