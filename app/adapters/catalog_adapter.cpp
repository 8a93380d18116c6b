#include "app/adapters/catalog_adapter.hpp"

#include <QFileInfo>
#include <algorithm>

namespace qd::app {
namespace {

constexpr int kCatalogPeriodMs = 2'000;
constexpr std::size_t kMaxTitles = 5'000;
constexpr std::size_t kParallelUploads = 4;
constexpr qsizetype kMaxPosters = 500;

}  // namespace

struct CatalogAdapter::Job {
    quint64 id = 0;
    std::string file;
    std::string title;
    Done done;
    http::Client::Ticket ticket = 0;
    bool running = false;
};

CatalogAdapter::CatalogAdapter(OpsLink& link, QObject* parent)
    : Domain(kCatalogPeriodMs, parent), link_(link) {}

const Title* CatalogAdapter::find(const QString& id) const {
    const auto at =
        std::find_if(titles_.begin(), titles_.end(), [&](const Title& title) { return title.id == id; });
    return at == titles_.end() ? nullptr : &*at;
}

http::ClientRequest CatalogAdapter::request(http::Method method, const std::string& path) const {
    http::ClientRequest request;
    request.method = method;
    request.url = link_.endpoints().gateway + path;
    if (!link_.endpoints().token.empty())
        request.headers.set("Authorization", "Bearer " + link_.endpoints().token);
    return request;
}

void CatalogAdapter::fetch() {
    if (link_.endpoints().gateway.empty())
        return failed({core::Errc::unavailable, "the gateway's address is not known yet"});
    fetchPage({}, std::make_shared<std::vector<Title>>());
}

void CatalogAdapter::fetchPage(const std::string& cursor, std::shared_ptr<std::vector<Title>> sofar) {
    std::string path = "/api/v1/videos?limit=100";
    if (!cursor.empty()) path += "&cursor=" + http::percent_encode(cursor);
    auto answer =
        latest().ask<http::ClientResponse>(this, [this, sofar](core::Result<http::ClientResponse> response) {
            response = http::expect_success(std::move(response));
            if (!response) return failed(response.error());
            auto page = decodeTitles(response->body);
            if (!page) return failed(page.error());
            sofar->insert(sofar->end(), std::make_move_iterator(page->begin()),
                          std::make_move_iterator(page->end()));
            const std::string next = nextCursor(response->body);
            if (!next.empty() && sofar->size() < kMaxTitles) return fetchPage(next, sofar);
            titles_ = std::move(*sofar);
            arrived();
        });
    link_.http().send(request(http::Method::get, path), answer);
}

const QImage* CatalogAdapter::poster(const Title& title) {
    const auto at = posters_.constFind(title.id);
    if (at != posters_.constEnd()) return at->isNull() ? nullptr : &*at;
    if (title.poster.isEmpty() || posterAsked_.contains(title.id) || link_.endpoints().gateway.empty())
        return nullptr;
    if (posters_.size() >= kMaxPosters) posters_.clear();
    posterAsked_.insert(title.id, true);
    auto arrived = deliver<QImage>(this, [this, id = title.id](core::Result<QImage> image) {
        if (!image) {
            posterAsked_.remove(id);
            return;
        }
        posters_.insert(id, *image);
        emit posterArrived(id);
    });
    http::ClientRequest wanted = request(http::Method::get, title.poster.toStdString());
    wanted.max_body_bytes = 8u << 20;
    link_.http().send(std::move(wanted), [arrived, &executor = link_.executor()](auto response) {
        auto good = http::expect_success(std::move(response));
        if (!good) return arrived(tl::unexpected(good.error()));
        executor.post([arrived, body = std::move(good->body)] {
            arrived(QImage::fromData(QByteArray::fromStdString(body))
                        .scaled(320, 180, Qt::KeepAspectRatio, Qt::SmoothTransformation));
        });
    });
    return nullptr;
}

quint64 CatalogAdapter::upload(const QString& file, const QString& title, Done done) {
    auto job = std::make_shared<Job>();
    job->id = nextUpload_++;
    job->file = file.toStdString();
    job->title = title.toStdString();
    job->done = std::move(done);
    uploads_.push_back({job->id, title, file, 0, quint64(QFileInfo(file).size()), {}, false});
    jobs_.push_back(job);
    emit uploadsChanged();
    pump();
    return job->id;
}

void CatalogAdapter::pump() {
    std::size_t running = 0;
    for (const auto& job : jobs_) running += job->running ? 1 : 0;
    const auto waiting = jobs_;
    for (const auto& job : waiting) {
        if (running >= kParallelUploads) return;
        if (job->running) continue;
        ++running;
        send(job);
    }
}

void CatalogAdapter::send(const std::shared_ptr<Job>& job) {
    job->running = true;
    if (link_.endpoints().gateway.empty())
        return finish(job,
                      core::fail(core::Errc::unavailable, "the site is not up yet: try again once it is"));
    http::ClientRequest sending =
        request(http::Method::post, "/api/v1/upload?title=" + http::percent_encode(job->title));
    sending.body_file = job->file;
    sending.timeout = std::chrono::milliseconds(0);  // as long as the file needs; cancel is at hand
    sending.headers.set("Content-Type", "application/octet-stream");
    // Progress comes per write: only whole percents reach the UI thread.
    const quint64 total = std::max<quint64>(1, uploadOf(job->id)->totalBytes);
    auto shown = std::make_shared<std::uint64_t>(0);
    sending.on_upload_progress = [guard = QPointer<QObject>(this), this, id = job->id, total,
                                  shown](std::uint64_t sent) {
        if (sent < *shown + total / 100 && sent < total) return;
        *shown = sent;
        onUiThread(guard, [this, id, sent] {
            if (Upload* upload = uploadOf(id)) upload->sentBytes = sent;
            emit uploadsChanged();
        });
    };
    job->ticket = link_.http().send(
        std::move(sending),
        deliver<http::ClientResponse>(this, [this, job](core::Result<http::ClientResponse> response) {
            auto good = http::expect_success(std::move(response));
            if (!good) return finish(job, tl::unexpected(good.error()));
            finish(job, QVariantMap{{QStringLiteral("id"), QString::fromStdString(uploadedId(good->body))}});
        }));
}

void CatalogAdapter::finish(const std::shared_ptr<Job>& job, Outcome outcome) {
    std::erase(jobs_, job);
    if (Upload* upload = uploadOf(job->id)) {
        upload->done = true;
        if (outcome)
            upload->sentBytes = upload->totalBytes;
        else
            upload->error = outcome.error().code == core::Errc::cancelled
                                ? QStringLiteral("cancelled")
                                : QString::fromStdString(outcome.error().message);
    }
    emit uploadsChanged();
    refresh();
    if (job->done) job->done(std::move(outcome));
    pump();
}

void CatalogAdapter::cancelUpload(quint64 id) {
    const auto at = std::find_if(jobs_.begin(), jobs_.end(), [id](const auto& job) { return job->id == id; });
    if (at == jobs_.end()) return;
    const auto job = *at;
    if (job->running)
        link_.http().cancel(job->ticket);
    else
        finish(job, core::fail(core::Errc::cancelled, "cancelled"));
}

void CatalogAdapter::clearUploads() {
    std::erase_if(uploads_, [](const Upload& upload) { return upload.done; });
    emit uploadsChanged();
}

Upload* CatalogAdapter::uploadOf(quint64 id) {
    const auto at =
        std::find_if(uploads_.begin(), uploads_.end(), [id](const Upload& u) { return u.id == id; });
    return at == uploads_.end() ? nullptr : &*at;
}

void CatalogAdapter::remove(const QString& id, Done done) {
    link_.http().send(
        request(http::Method::del, "/api/v1/videos/" + http::percent_encode(id.toStdString())),
        deliver<http::ClientResponse>(this, [this, id, done](core::Result<http::ClientResponse> response) {
            auto good = http::expect_success(std::move(response));
            refresh();
            if (!done) return;
            if (!good) return done(tl::unexpected(good.error()));
            done(QVariantMap{{QStringLiteral("id"), id}});
        }));
}

}  // namespace qd::app
