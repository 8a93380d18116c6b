#include "notify/smtp.hpp"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "core/files.hpp"

namespace qd::notify {
namespace {

constexpr std::size_t max_said_bytes = 300;

struct HandleDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Reader {
    std::string_view rest;
};

std::size_t read_some(char* into, std::size_t size, std::size_t count, void* user) {
    auto& reader = *static_cast<Reader*>(user);
    const std::size_t taken = std::min(size * count, reader.rest.size());
    std::memcpy(into, reader.rest.data(), taken);
    reader.rest.remove_prefix(taken);
    return taken;
}

/// libcurl hands over each line of the server's replies as a header; the last that says no is kept (behind it
/// comes the answer to QUIT).
std::size_t keep_line(char* line, std::size_t size, std::size_t count, void* user) {
    if (size * count == 0 || (line[0] != '4' && line[0] != '5')) return size * count;
    std::string text(line, std::min(size * count, max_said_bytes));
    for (char& c : text)
        if ((c >= 0 && c < 32) || c == 127) c = ' ';
    while (text.ends_with(' ')) text.pop_back();
    *static_cast<std::string*>(user) = std::move(text);
    return size * count;
}

std::size_t drop_body(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

int watch(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<std::atomic<bool>*>(user)->load() ? 1 : 0;
}

long encryption_of(const MailAccess& access) {
    switch (access.starttls) {
        case StartTls::required:
            return long(CURLUSESSL_ALL);
        case StartTls::if_offered:
            return long(CURLUSESSL_TRY);
        case StartTls::off:
            return long(CURLUSESSL_NONE);
    }
    return long(CURLUSESSL_ALL);
}

}  // namespace

struct SmtpSender::Impl {
    struct Job {
        MailAccess access;
        std::string data;
        Callback done;
    };

    void run() {
        pthread_setname_np(pthread_self(), "mail");
        std::unique_lock lock(mutex);
        while (true) {
            wake.wait(lock, [&] { return stopping || !jobs.empty(); });
            if (jobs.empty()) return;
            const Job job = std::move(jobs.front());
            jobs.pop_front();
            lock.unlock();
            job.done(stopping ? stopped() : deliver(job));
            lock.lock();
        }
    }

    static Outcome stopped() { return {Verdict::again, "broken off: this program is ending"}; }

    Outcome deliver(const Job& job) {
        const MailAccess& access = job.access;
        std::string password;
        if (!access.password_file.empty()) {
            auto read = core::read_file(access.password_file, 16 << 10);
            if (!read) return {Verdict::again, read.error().message};
            password = read->substr(0, read->find_first_of("\r\n"));
            if (password.empty())
                return {Verdict::again, access.password_file.string() + ": its first line is empty"};
        }
        const std::unique_ptr<CURL, HandleDeleter> handle(curl_easy_init());
        std::unique_ptr<curl_slist, ListDeleter> recipients;
        for (const std::string& address : access.to)
            if (curl_slist* longer = curl_slist_append(recipients.get(), ("<" + address + ">").c_str())) {
                (void)recipients.release();
                recipients.reset(longer);
            }
        if (!handle) return {Verdict::again, "no memory for a transfer"};
        Reader reader{job.data};
        std::string said;
        CURL* easy = handle.get();
        curl_easy_setopt(easy, CURLOPT_URL, access.url.c_str());
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_USE_SSL, encryption_of(access));
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, std::min(10'000L, long(access.timeout.count())));
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, long(access.timeout.count()));
        if (!access.ca_file.empty()) {
            curl_easy_setopt(easy, CURLOPT_CAINFO, access.ca_file.c_str());
            curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
        }
        if (!access.username.empty()) {
            curl_easy_setopt(easy, CURLOPT_USERNAME, access.username.c_str());
            curl_easy_setopt(easy, CURLOPT_PASSWORD, password.c_str());
        }
        curl_easy_setopt(easy, CURLOPT_MAIL_FROM, ("<" + access.from + ">").c_str());
        curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients.get());
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(job.data.size()));
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, &read_some);
        curl_easy_setopt(easy, CURLOPT_READDATA, &reader);
        curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &keep_line);
        curl_easy_setopt(easy, CURLOPT_HEADERDATA, &said);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &drop_body);
        curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &watch);
        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &stopping);
        const CURLcode code = curl_easy_perform(easy);
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (code == CURLE_ABORTED_BY_CALLBACK) return stopped();
        return judge_mail(int(code), status, said);
    }

    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Job> jobs;
    std::atomic<bool> stopping{false};
    std::thread thread;
};

SmtpSender::SmtpSender() : impl_(std::make_unique<Impl>()) {
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

SmtpSender::~SmtpSender() {
    stop();
}

void SmtpSender::send(MailAccess access, std::string data, Callback done) {
    {
        const std::lock_guard lock(impl_->mutex);
        if (!impl_->stopping) {
            impl_->jobs.push_back({std::move(access), std::move(data), std::move(done)});
            impl_->wake.notify_one();
            return;
        }
    }
    done(Impl::stopped());
}

void SmtpSender::stop() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->wake.notify_one();
    if (impl_->thread.joinable()) impl_->thread.join();
}

Outcome judge_mail(int code, long status, std::string_view said) {
    if (code == CURLE_OK) return {Verdict::accepted, {}};
    const bool replied = status >= 400 && status < 600;
    std::string error = curl_easy_strerror(CURLcode(code));
    if (code == CURLE_USE_SSL_FAILED)
        error = "the server offers no STARTTLS, and nothing is sent unencrypted";
    else if (replied)
        error = said.empty() ? fmt::format("answered with {}", status) : fmt::format("answered: {}", said);
    const bool login =
        code == CURLE_LOGIN_DENIED || status == 530 || status == 534 || status == 535 || status == 538;
    const bool below = code == CURLE_USE_SSL_FAILED || code == CURLE_SSL_CONNECT_ERROR ||
                       code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_OPERATION_TIMEDOUT;
    const bool final = status >= 500 && status < 600 && !login && !below;
    return {final ? Verdict::refused : Verdict::again, error.substr(0, 500)};
}

}  // namespace qd::notify
