// The data plane as processes: uploads, encodes and plays through the gateway; loses a worker; drains;
// refuses.

#include <fcntl.h>
#include <unistd.h>

#include <QFile>
#include <QTest>
#include <future>
#include <nlohmann/json.hpp>

#include "core/files.hpp"
#include "hls/playlist.hpp"
#include "http/client.hpp"
#include "http/url.hpp"
#include "media/generate.hpp"
#include "media/probe.hpp"
#include "site/process_info.hpp"
#include "support/program.hpp"

using namespace qd;
using http::Method;
using nlohmann::json;
using test::eventually;
using test::Program;
namespace fs = std::filesystem;

namespace {

/// One streamd whose address comes through --ready-fd.
class Streamd {
public:
    Streamd(const QStringList& arguments, const QString& log) {
        int ends[2] = {-1, -1};
        if (::pipe(ends) != 0) qFatal("no pipe");
        program_.process().setStandardErrorFile(log, QIODevice::Append);
        program_.start("streamd", arguments + QStringList{"--ready-fd", QString::number(ends[1])});
        ::close(ends[1]);
        char line[256] = {};
        const ssize_t count = ::read(ends[0], line, sizeof line - 1);
        ::close(ends[0]);
        const json said =
            json::parse(std::string(line, std::size_t(std::max<ssize_t>(count, 0))), nullptr, false);
        if (said.is_object()) address_ = said.value("address", "");
    }
    const std::string& address() const { return address_; }
    std::string url() const { return "http://" + address_; }
    Program& program() { return program_; }
    void kill() {
        program_.process().kill();
        program_.process().waitForFinished(5'000);
    }

private:
    Program program_;
    std::string address_;
};

}  // namespace

class TstStreamdPlay : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    http::Client client_;
    std::string token_;

    QString data() const { return folder_->filePath("data"); }
    fs::path path(const std::string& name) const { return fs::path(folder_->path().toStdString()) / name; }
    QString log() const { return folder_->filePath("stderr.log"); }
    std::unique_ptr<Streamd> start(const QString& role, const QStringList& more = {}) {
        auto process = std::make_unique<Streamd>(QStringList{role, "--data", data()} + more, log());
        if (process->address().empty()) {
            QFile said(log());
            static_cast<void>(said.open(QIODevice::ReadOnly));
            qWarning("%s", said.readAll().constData());
        }
        const auto text = core::read_file(path("data/token"));
        if (text) token_ = text->substr(0, text->find('\n'));
        return process;
    }
    /// A test waits for its encodes: they do not wait for an idle machine.
    QString eager_config(const QByteArray& more = {}) const {
        QFile file(folder_->filePath("streamd.yaml"));
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write");
        file.write("encode_idle: false\n" + more);
        return file.fileName();
    }

    http::ClientResponse ask(Method method, const std::string& url, const fs::path& body_file = {}) {
        http::ClientRequest request;
        request.method = method;
        request.url = url;
        request.headers = {{"Authorization", "Bearer " + token_}};
        request.body_file = body_file;
        request.timeout = std::chrono::seconds(60);
        const auto response = client_.fetch(std::move(request));
        return response ? *response : http::ClientResponse{0, {}, response.error().message, 0, {}};
    }
    std::string upload(const std::string& base, const fs::path& file) {
        const auto answer = ask(Method::post, base + "/api/v1/upload?title=A%20title", file);
        if (answer.status != 202) {
            qWarning("%u %s", answer.status, answer.body.c_str());
            return {};
        }
        return json::parse(answer.body)["id"].get<std::string>();
    }
    json video(const std::string& base, const std::string& id) {
        return json::parse(ask(Method::get, base + "/api/v1/videos/" + id).body, nullptr, false);
    }
    bool becomes(const std::string& base, const std::string& id, const std::string& state, int milliseconds) {
        return eventually(
            [&] {
                const json now = video(base, id);
                return now.is_object() && now.value("state", "") == state;
            },
            milliseconds);
    }
    fs::path clip(double seconds, int height, const std::string& name) {
        media::TitleSpec spec;
        spec.duration_s = seconds;
        spec.width = height * 16 / 9;
        spec.height = height;
        const auto made = media::generate_title(spec, path(name));
        if (!made) qFatal("%s", made.error().message.c_str());
        return path(name);
    }
    /// Plays every rung to its end as a client would; returns the seconds of the first one.
    double play(const std::string& base, const std::string& id) {
        const auto master = hls::parse_multivariant(ask(Method::get, base + "/api/v1/stream/" + id).body);
        if (!master || master->variants.empty()) return -1;
        double seconds = 0;
        for (const auto& variant : master->variants) {
            if (!variant.uri.starts_with("/media/" + id + "/")) return -2;
            const auto media = hls::parse_media(ask(Method::get, base + variant.uri).body);
            if (!media || !media->end_list) return -3;
            for (const auto& segment : media->segments) {
                if (segment.uri.find("?s=") == std::string::npos) return -4;
                if (ask(Method::get, base + segment.uri).status != 200) return -5;
                if (segment.map && ask(Method::get, base + segment.map->uri).status != 200) return -6;
            }
            if (seconds == 0) seconds = media->duration().count();
        }
        return seconds;
    }
    static std::size_t files_below(const fs::path& folder) {
        std::size_t count = 0;
        std::error_code error;
        for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
             at.increment(error))
            count += at->is_regular_file() ? 1 : 0;
        return count;
    }

private slots:
    void init() { folder_ = std::make_unique<QTemporaryDir>(); }

    void one_process_is_a_whole_site() {
        auto all = start("all", {"--config", eager_config()});
        QVERIFY(!all->address().empty());
        const auto endpoints = site::decode_endpoints(*core::read_file(path("data/endpoints.json")));
        QVERIFY(endpoints);
        QCOMPARE(endpoints->gateway, all->url());
        QCOMPARE(endpoints->processes.size(), 3u);
        for (const auto& process : endpoints->processes) {
            const std::string base = "http://" + process.address;
            QCOMPARE(ask(Method::get, base + "/-/healthy").status, 200u);
            QVERIFY(eventually([&] { return ask(Method::get, base + "/-/ready").status == 200; }, 10'000));
            const auto metrics = ask(Method::get, base + "/metrics").body;
            QVERIFY(metrics.find("streamd_build_info{") != std::string::npos);
        }

        const std::string id = upload(all->url(), clip(6, 360, "clip.mp4"));
        QVERIFY(!id.empty());
        QVERIFY(becomes(all->url(), id, "ready", 180'000));
        const double seconds = play(all->url(), id);
        QVERIFY2(seconds > 5.5 && seconds < 6.5, std::to_string(seconds).c_str());
        const json now = video(all->url(), id);
        QCOMPARE(ask(Method::get, all->url() + now["poster"].get<std::string>()).status, 200u);
        QVERIFY(!now["renditions"].empty());

        // A second owner is told whose it is.
        Program second("streamd", {"all", "--data", data()});
        QVERIFY(second.process().waitForFinished(10'000));
        QCOMPARE(second.process().exitCode(), 69);
        QVERIFY(second.process().readAllStandardError().contains(
            QByteArray::number(all->program().process().processId())));

        QCOMPARE(ask(Method::del, all->url() + "/api/v1/videos/" + id).status, 204u);
        QCOMPARE(files_below(path("data/objects")), 0u);

        all->program().process().terminate();
        QVERIFY(all->program().process().waitForFinished(10'000));
        QCOMPARE(all->program().process().exitStatus(), QProcess::NormalExit);
        QCOMPARE(all->program().process().exitCode(), 0);
        QVERIFY(!fs::exists(path("data/endpoints.json")));
    }

    void a_killed_workers_job_goes_on_elsewhere() {
        const QString config = eager_config("lease_s: 1.5\n");
        auto api = start("api");
        auto first = start("worker", {"--instance", "worker-1", "--config", config});
        const std::string id = upload(api->url(), clip(40, 720, "long.mp4"));
        QVERIFY(becomes(api->url(), id, "processing", 20'000) || becomes(api->url(), id, "playable", 1'000));
        first->kill();
        QVERIFY(video(api->url(), id)["state"] != "ready");
        auto second = start("worker", {"--instance", "worker-2", "--config", config});
        QVERIFY(becomes(api->url(), id, "ready", 240'000));
        const double seconds = play(api->url(), id);
        QVERIFY2(seconds > 39 && seconds < 41, std::to_string(seconds).c_str());
        QVERIFY(!fs::exists(path("data/run/work/worker-1")));
        QVERIFY(ask(Method::get, second->url() + "/metrics").body.find("media_jobs{state=\"done\"} 1") !=
                std::string::npos);
    }

    void a_worker_asked_to_stop_hands_its_job_back() {
        auto api = start("api");
        const QString config = eager_config();
        auto first = start("worker", {"--config", config});
        const std::string id = upload(api->url(), clip(40, 720, "long.mp4"));
        QVERIFY(becomes(api->url(), id, "processing", 20'000) || becomes(api->url(), id, "playable", 1'000));
        first->program().process().terminate();
        QVERIFY(first->program().process().waitForFinished(8'000));
        QCOMPARE(first->program().process().exitCode(), 0);
        QVERIFY(becomes(api->url(), id, "queued", 1'000));
        QCOMPARE(files_below(path("data/objects/media")), 0u);
        // Nobody waits for the lease: it was given back.
        auto second = start("worker", {"--instance", "worker-2", "--config", config});
        QVERIFY(becomes(api->url(), id, "processing", 3'000) || becomes(api->url(), id, "playable", 1'000));
    }

    void a_bad_version_misbehaves_from_its_first_request() {
        auto api = start("api", {"--arm", "canary", "--version-label", "v2", "--faults",
                                 R"([{"kind":"error","amount":503,"ratio":1,"for_s":60}])"});
        const auto refused = ask(Method::get, api->url() + "/api/v1/videos");
        QCOMPARE(refused.status, 503u);
        QCOMPARE(std::string(refused.headers.get("X-Served-By")), std::string("canary/v2/api-1"));
        QCOMPARE(ask(Method::get, api->url() + "/-/ready").status, 200u);
        const json faults = json::parse(ask(Method::get, api->url() + "/-/faults").body);
        const std::string id = faults["items"][0]["id"].get<std::string>();
        QVERIFY(ask(Method::get, api->url() + "/metrics").body.find("role=\"canary\"") != std::string::npos);
        QCOMPARE(ask(Method::del, api->url() + "/-/faults/" + id).status, 204u);
        QCOMPARE(ask(Method::get, api->url() + "/api/v1/videos").status, 200u);
        token_ = "wrong";
        QCOMPARE(ask(Method::get, api->url() + "/-/faults").status, 401u);
    }

    void a_stop_lets_requests_end() {
        auto api = start("api", {"--config", eager_config("drain_s: 0.5\n"), "--faults",
                                 R"([{"kind":"delay","amount":2000,"ratio":1,"for_s":60}])"});
        std::promise<unsigned> answered;
        http::ClientRequest request;
        request.url = api->url() + "/api/v1/videos";
        client_.send(std::move(request), [&](core::Result<http::ClientResponse> response) {
            answered.set_value(response ? response->status : 0);
        });
        QCOMPARE(ask(Method::get, api->url() + "/-/ready").status, 200u);
        api->program().process().terminate();
        QVERIFY(eventually([&] { return ask(Method::get, api->url() + "/-/ready").status == 503; }, 500));
        QVERIFY(api->program().process().waitForFinished(10'000));
        QCOMPARE(api->program().process().exitCode(), 0);
        QCOMPARE(answered.get_future().get(), 200u);
    }

    void the_end_of_the_owner_is_the_end() {
        int lease[2] = {-1, -1};
        QCOMPARE(::pipe(lease), 0);
        ::fcntl(lease[1], F_SETFD, FD_CLOEXEC);
        auto api = start("api", {"--lease-fd", QString::number(lease[0])});
        QVERIFY(!api->address().empty());
        ::close(lease[0]);
        QVERIFY(api->program().running());
        ::close(lease[1]);
        QVERIFY(api->program().process().waitForFinished(10'000));
        QCOMPARE(api->program().process().exitCode(), 0);
    }

    void what_is_taken_or_unusable_is_told() {
        auto api = start("api");
        Program same_port("streamd", {"api", "--data", data(), "--instance", "api-2", "--listen",
                                      QString::fromStdString(api->address())});
        QVERIFY(same_port.process().waitForFinished(10'000));
        QCOMPARE(same_port.process().exitCode(), 69);
        Program same_name("streamd", {"api", "--data", data()});
        QVERIFY(same_name.process().waitForFinished(10'000));
        QCOMPARE(same_name.process().exitCode(), 69);
        QFile(folder_->filePath("file")).open(QIODevice::WriteOnly);
        Program no_folder("streamd", {"api", "--data", folder_->filePath("file")});
        QVERIFY(no_folder.process().waitForFinished(10'000));
        QCOMPARE(no_folder.process().exitCode(), 74);
    }

    void broken_uploads_are_refused_and_leave_nothing() {
        auto api = start("api");
        const fs::path whole = clip(3, 360, "whole.mp4");
        const auto size = fs::file_size(whole);
        fs::copy_file(whole, path("truncated.mp4"));
        fs::resize_file(path("truncated.mp4"), size / 2);
        for (const char* name : {"empty", "noise", "text"})
            QFile(folder_->filePath(name)).open(QIODevice::WriteOnly);
        QVERIFY(core::write_file_atomically(path("noise"), std::string(1 << 20, '\x5a')));
        QVERIFY(core::write_file_atomically(path("text"), "#EXTM3U\n/etc/passwd\n"));
        for (const char* name : {"empty", "noise", "text", "truncated.mp4"}) {
            const auto answer = ask(Method::post, api->url() + "/api/v1/upload?title=T", path(name));
            QVERIFY2(answer.status == 422, (std::string(name) + ": " + answer.body).c_str());
        }
        QCOMPARE(files_below(path("data/objects")), 0u);
        QVERIFY(eventually([&] { return files_below(path("data/run/spool/api-1")) == 0; }, 5'000));
        QCOMPARE(json::parse(ask(Method::get, api->url() + "/api/v1/videos").body)["items"].size(), 0u);
    }

    // An independent look at what we serve, and at recordings that we did not make.
    void recordings_play_in_other_players_data() {
        QTest::addColumn<QString>("file");
        for (const char* name : {"birds.mp4", "VID_20191220_170832.mp4", "balle-jbart.mp4"})
            QTest::newRow(name) << QStringLiteral(SOURCE_ROOT "/../shared/media/") + name;
    }
    void recordings_play_in_other_players() {
        QFETCH(QString, file);
        if (!QFile::exists(file)) QSKIP("the recording is not here");
        auto all = start("all", {"--config", eager_config()});
        const std::string id = upload(all->url(), file.toStdString());
        QVERIFY(!id.empty());
        QVERIFY(becomes(all->url(), id, "ready", 240'000));
        const auto source = media::probe(file.toStdString());
        QVERIFY(source);
        const double seconds = play(all->url(), id);
        QVERIFY2(std::abs(seconds - source->duration_s) < 0.3,
                 qPrintable(QString("%1 instead of %2").arg(seconds).arg(source->duration_s)));

        const QString url = QString::fromStdString(all->url() + "/api/v1/stream/" + id);
        QProcess ffprobe;
        ffprobe.start("ffprobe", {"-v", "error", "-show_entries", "format=duration:stream=codec_name", "-of",
                                  "json", url});
        if (!ffprobe.waitForStarted(2'000)) QSKIP("ffprobe is not here");
        QVERIFY(ffprobe.waitForFinished(180'000));
        QCOMPARE(ffprobe.readAllStandardError(), QByteArray());
        const json found = json::parse(ffprobe.readAllStandardOutput().toStdString());
        QVERIFY(std::abs(std::stod(found["format"]["duration"].get<std::string>()) - source->duration_s) <
                0.3);

        QProcess mpv;
        mpv.start("mpv", {"--no-config", "--vo=null", "--ao=null", "--untimed", "--no-terminal", url});
        if (!mpv.waitForStarted(2'000)) QSKIP("mpv is not here");
        QVERIFY(mpv.waitForFinished(180'000));
        QCOMPARE(mpv.exitCode(), 0);
    }
};

QTEST_GUILESS_MAIN(TstStreamdPlay)
#include "tst_streamd_play.moc"
