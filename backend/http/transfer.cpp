#include "http/transfer.hpp"

#include <algorithm>
#include <system_error>

#include "http/url.hpp"

namespace qd::http {
namespace {

using core::Errc;
using core::fail;
namespace chr = std::chrono;

constexpr std::size_t most_headers = 200;

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

chr::microseconds timing(CURL* easy, CURLINFO info) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, info, &microseconds);
    return chr::microseconds(microseconds);
}

/// A field that would smuggle another one is refused rather than cleaned: it is a defect of the caller.
bool is_sendable(const Headers::Field& field) {
    const auto clean = [](std::string_view text) {
        return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
    };
    return !field.first.empty() && clean(field.first) && clean(field.second);
}

}  // namespace

Transfer::~Transfer() {
    curl_slist_free_all(fields_);
    curl_slist_free_all(connect_to_);
}

core::Result<> Transfer::prepare(CURL* easy, const std::string& user_agent) {
    easy_ = easy;
    const auto url = Url::parse(request_.url);
    if (!url) return tl::unexpected(url.error());
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, message_);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, long(request_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, long(request_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L << 10);
    prepare_tls();
    // An environment's proxy is for the world outside, never for this machine's own processes.
    if (is_loopback(url->host)) curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (const std::string& name = request_.tls.server_name; !name.empty() && name != url->host) {
        // curl has no name for TLS apart from the URL's: that one is put there, and led to the host.
        const std::string host = url->host.find(':') == std::string::npos ? url->host : "[" + url->host + "]";
        connect_to_ = curl_slist_append(connect_to_,
                                        fmt::format("{}:{}:{}:{}", name, url->port, host, url->port).c_str());
        curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to_);
        Url named = *url;
        named.host = name;
        curl_easy_setopt(easy, CURLOPT_URL, named.to_string().c_str());
        if (!request_.headers.has("Host"))
            fields_ = curl_slist_append(fields_, fmt::format("Host: {}:{}", host, url->port).c_str());
    }
    for (const auto& field : request_.headers) {
        if (!is_sendable(field))
            return fail(Errc::invalid_argument, "a header of the request holds a line break");
        // "Name;" is curl's way to send an empty value.
        const std::string line = field.second.empty() ? field.first + ";" : field.first + ": " + field.second;
        fields_ = curl_slist_append(fields_, line.c_str());
    }
    if (auto body = prepare_body(); !body) return body;
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields_);
    last_byte_ = chr::steady_clock::now();
    return {};
}

void Transfer::prepare_tls() {
    const ClientTls& tls = request_.tls;
    const auto blob = [this](CURLoption option, const std::string& pem) {
        curl_blob bytes{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
        curl_easy_setopt(easy_, option, &bytes);
    };
    if (!tls.ca_pem.empty()) {
        blob(CURLOPT_CAINFO_BLOB, tls.ca_pem);
        curl_easy_setopt(easy_, CURLOPT_CAINFO, nullptr);
        curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
    } else if (!tls.ca_file.empty()) {
        curl_easy_setopt(easy_, CURLOPT_CAINFO, tls.ca_file.c_str());
        curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
    }
    if (!tls.certificate_pem.empty())
        blob(CURLOPT_SSLCERT_BLOB, tls.certificate_pem);
    else if (!tls.certificate_file.empty())
        curl_easy_setopt(easy_, CURLOPT_SSLCERT, tls.certificate_file.c_str());
    if (!tls.key_pem.empty())
        blob(CURLOPT_SSLKEY_BLOB, tls.key_pem);
    else if (!tls.key_file.empty())
        curl_easy_setopt(easy_, CURLOPT_SSLKEY, tls.key_file.c_str());
    if (tls.insecure) {
        curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 0L);
    }
}

core::Result<> Transfer::prepare_body() {
    const bool takes_body = request_.method == Method::post || request_.method == Method::put ||
                            request_.method == Method::patch || !request_.body.empty() ||
                            !request_.body_file.empty();
    if (request_.method == Method::head) {
        curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
        return {};
    }
    if (!takes_body) {
        curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, std::string(to_string(request_.method)).c_str());
        return {};
    }
    curl_off_t size = curl_off_t(request_.body.size());
    if (!request_.body_file.empty()) {
        file_.reset(std::fopen(request_.body_file.c_str(), "rbe"));
        if (!file_) return core::fail_errno("opening " + request_.body_file.string(), errno);
        std::error_code error;
        size = curl_off_t(std::filesystem::file_size(request_.body_file, error));
        if (error) return fail(Errc::io, "sizing {}: {}", request_.body_file.string(), error.message());
    } else {
        // Small bodies go out at once; only files ask first whether they are wanted (100-continue).
        fields_ = curl_slist_append(fields_, "Expect:");
        unsent_ = request_.body;
    }
    curl_easy_setopt(easy_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, std::string(to_string(request_.method)).c_str());
    curl_easy_setopt(easy_, CURLOPT_INFILESIZE_LARGE, size);
    curl_easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
    curl_easy_setopt(easy_, CURLOPT_READFUNCTION, &Transfer::on_read);
    curl_easy_setopt(easy_, CURLOPT_READDATA, this);
    curl_easy_setopt(easy_, CURLOPT_SEEKFUNCTION, &Transfer::on_seek);
    curl_easy_setopt(easy_, CURLOPT_SEEKDATA, this);
    return {};
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    static_cast<Transfer*>(self)->header_line({data, size * count});
    return size * count;
}

void Transfer::header_line(std::string_view line) {
    last_byte_ = chr::steady_clock::now();
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // of an interim answer, or of the one that counts
        response_.headers = {};
        return;
    }
    if (line.empty()) {
        long status = 0;
        curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
        if (status < 200 || head_done_) return;
        head_done_ = true;
        response_.status = unsigned(status);
        if (request_.on_head) request_.on_head(response_.status, response_.headers);
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || head_done_ || response_.headers.size() >= most_headers) return;
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    response_.headers.add(line.substr(0, colon), std::string(value));
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<Transfer*>(self)->body_bytes({data, size * count}) ? size * count : 0;
}

bool Transfer::body_bytes(std::string_view bytes) {
    last_byte_ = chr::steady_clock::now();
    response_.body_bytes += bytes.size();
    if (request_.on_data) {
        refused_by_receiver_ = !request_.on_data(bytes);
        return !refused_by_receiver_;
    }
    if (response_.body_bytes > request_.max_body_bytes) {
        too_large_ = true;
        return false;
    }
    if (response_.body.empty()) {
        curl_off_t announced = -1;
        curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
        if (announced > 0)
            response_.body.reserve(std::min(std::uint64_t(announced), request_.max_body_bytes));
    }
    response_.body += bytes;
    return true;
}

std::size_t Transfer::on_read(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.last_byte_ = chr::steady_clock::now();
    std::size_t read = 0;
    if (transfer.file_) {
        read = std::fread(data, 1, size * count, transfer.file_.get());
        if (read == 0 && std::ferror(transfer.file_.get())) return CURL_READFUNC_ABORT;
    } else {
        read = std::min(size * count, transfer.unsent_.size());
        std::copy_n(transfer.unsent_.data(), read, data);
        transfer.unsent_.remove_prefix(read);
    }
    transfer.sent_bytes_ += read;
    if (transfer.request_.on_upload_progress) transfer.request_.on_upload_progress(transfer.sent_bytes_);
    return read;
}

/// curl sends again from the start when a kept connection turns out to be dead.
int Transfer::on_seek(void* self, curl_off_t offset, int origin) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
    transfer.sent_bytes_ = std::uint64_t(offset);
    if (transfer.file_)
        return fseeko(transfer.file_.get(), offset, SEEK_SET) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
    if (std::size_t(offset) > transfer.request_.body.size()) return CURL_SEEKFUNC_FAIL;
    transfer.unsent_ = std::string_view(transfer.request_.body).substr(std::size_t(offset));
    return CURL_SEEKFUNC_OK;
}

chr::steady_clock::time_point Transfer::stalls_at() const {
    if (!watches_stalls()) return chr::steady_clock::time_point::max();
    return last_byte_ + request_.stall_timeout;
}

core::Error Transfer::error_of(CURLcode code) const {
    const std::string why = message_[0] != 0 ? message_ : curl_easy_strerror(code);
    const std::string text = fmt::format("{} {}: {}", to_string(request_.method), request_.url, why);
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return {Errc::timeout, text};
        case CURLE_OUT_OF_MEMORY:
            return {Errc::internal, text};
        case CURLE_URL_MALFORMAT:
            return {Errc::invalid_argument, text};
        case CURLE_ABORTED_BY_CALLBACK:
        case CURLE_READ_ERROR:
            return {Errc::io, text};
        default:
            return {Errc::unavailable, text};
    }
}

void Transfer::complete(CURLcode code) {
    long reused_none = 0;
    curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &reused_none);
    response_.timings = {
        timing(easy_, CURLINFO_NAMELOOKUP_TIME_T), timing(easy_, CURLINFO_CONNECT_TIME_T),
        timing(easy_, CURLINFO_APPCONNECT_TIME_T), timing(easy_, CURLINFO_STARTTRANSFER_TIME_T),
        timing(easy_, CURLINFO_TOTAL_TIME_T),      reused_none == 0};
    if (too_large_)
        return fail_with({Errc::too_large, fmt::format("{} answered with more than the {} bytes allowed",
                                                       request_.url, request_.max_body_bytes)});
    if (refused_by_receiver_) return fail_with({Errc::cancelled, "the receiver cancelled the transfer"});
    if (code != CURLE_OK) return fail_with(error_of(code));
    const Callback done = std::move(done_);
    done(std::move(response_));
}

void Transfer::fail_with(core::Error error) {
    const Callback done = std::move(done_);
    done(core::Failure(std::move(error)));
}

}  // namespace qd::http
