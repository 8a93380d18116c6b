// The origin's routes, asked over HTTP.

#include <QTest>
#include <nlohmann/json.hpp>

#include "hls/playlist.hpp"
#include "http/client.hpp"
#include "origin_fixture.hpp"
#include "services/playback.hpp"
#include "services/uploads.hpp"
#include "services/videos.hpp"

using namespace qd;
using http::Method;
using nlohmann::json;
using storage::VideoState;

class TstOrigin : public QObject {
    Q_OBJECT

    std::unique_ptr<test::OriginFixture> site_;
    std::unique_ptr<services::Uploads> uploads_;
    std::unique_ptr<http::Server> server_;
    http::Client client_;

    http::ClientResponse ask(Method method, const std::string& path, http::Headers headers = {},
                             const std::string& body = {}) {
        http::ClientRequest request;
        request.method = method;
        request.url = "http://" + server_->address() + path;
        request.headers = std::move(headers);
        request.body = body;
        auto response = client_.fetch(std::move(request));
        if (!response) qFatal("%s", response.error().message.c_str());
        return *response;
    }
    static http::Headers admin() { return {{"Authorization", "Bearer admin-token-000000"}}; }

    void start(std::uint64_t limit = 1 << 20, std::uint64_t floor = 0) {
        if (server_) server_->stop();
        http::ServerOptions options;
        options.spool_folder = site_->path("spool");
        std::filesystem::create_directories(options.spool_folder);
        server_ = std::make_unique<http::Server>(options);
        uploads_ = std::make_unique<services::Uploads>(
            site_->origin, services::UploadOptions{limit, floor, options.spool_folder});
        uploads_->add_route(*server_);
        services::add_video_routes(*server_, site_->origin);
        services::add_playback_routes(*server_, site_->origin);
        if (const auto started = server_->start(); !started) qFatal("%s", started.error().message.c_str());
    }

private slots:
    void init() {
        site_ = std::make_unique<test::OriginFixture>();
        start();
    }
    void cleanup() {
        server_->stop();
        uploads_->stop();
        server_.reset();
        uploads_.reset();
    }

    void the_catalogue_is_paged() {
        for (int i = 0; i < 5; ++i) site_->add();
        const auto first = ask(Method::get, "/api/v1/videos?limit=3");
        QCOMPARE(first.status, 200u);
        const json page = json::parse(first.body);
        QCOMPARE(page["items"].size(), 3u);
        const json rest = json::parse(
            ask(Method::get, "/api/v1/videos?limit=3&cursor=" + page["next"].get<std::string>()).body);
        QCOMPARE(rest["items"].size(), 2u);
        QVERIFY(rest["next"].is_null());
        for (const char* bad : {"limit=0", "limit=101", "limit=x", "limit=-1", "cursor=nonsense"})
            QCOMPARE(ask(Method::get, std::string("/api/v1/videos?") + bad).status, 400u);
    }

    void one_video_is_read_and_removed() {
        const auto id = site_->add();
        const std::string path = "/api/v1/videos/" + id.value;
        QCOMPARE(json::parse(ask(Method::get, path).body)["id"].get<std::string>(), id.value);
        QCOMPARE(ask(Method::del, path).status, 401u);
        QCOMPARE(ask(Method::del, path, {{"Authorization", "Bearer viewer-token-00000"}}).status, 403u);
        QCOMPARE(ask(Method::del, path, admin()).status, 204u);
        const auto gone = ask(Method::get, path);
        QCOMPARE(gone.status, 404u);
        QCOMPARE(std::string(gone.headers.get("Content-Type")), std::string("application/problem+json"));
        QCOMPARE(ask(Method::del, path, admin()).status, 404u);
    }

    void a_title_is_played_in_one_session() {
        const auto id = site_->add();
        const std::string stream = "/api/v1/stream/" + id.value;
        QCOMPARE(ask(Method::get, stream).status, 409u);
        QCOMPARE(ask(Method::get, "/api/v1/stream/none").status, 404u);
        QVERIFY(storage::modify(*site_->videos, id, [](auto& v) { v.state = VideoState::playable; }));
        const std::string folder = "/media/" + id.value + "/240p/";
        site_->put(services::media_key(id, "master.m3u8"),
                   "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n" + folder + "index.m3u8\n");
        site_->put(
            services::media_key(id, "240p/index.m3u8"),
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4,\nseg-00001.m4s\n"
            "#EXT-X-ENDLIST\n");
        site_->put(services::media_key(id, "240p/init.mp4"), "init");
        site_->put(services::media_key(id, "240p/seg-00001.m4s"), "0123456789");

        const auto answer = ask(Method::get, stream);
        QCOMPARE(answer.status, 200u);
        QCOMPARE(std::string(answer.headers.get("Content-Type")),
                 std::string("application/vnd.apple.mpegurl"));
        QCOMPARE(std::string(answer.headers.get("Cache-Control")), std::string("no-store"));
        const auto master = hls::parse_multivariant(answer.body);
        QVERIFY(master);
        const std::string uri = master->variants.at(0).uri;
        QVERIFY(uri.starts_with(folder + "index.m3u8?s="));
        QVERIFY(uri != hls::parse_multivariant(ask(Method::get, stream).body)->variants.at(0).uri);

        const auto media = hls::parse_media(ask(Method::get, uri).body);
        QVERIFY(media);
        const std::string session = uri.substr(uri.find('?'));
        QCOMPARE(media->segments.at(0).uri, folder + "seg-00001.m4s" + session);
        QCOMPARE(media->segments.at(0).map->uri, folder + "init.mp4" + session);
        const auto segment = ask(Method::get, media->segments.at(0).uri);
        QCOMPARE(segment.body, std::string("0123456789"));
        QCOMPARE(std::string(segment.headers.get("Content-Type")), std::string("video/iso.segment"));
        QVERIFY(segment.headers.get("Cache-Control").find("immutable") != std::string_view::npos);
        const std::string etag(segment.headers.get("ETag"));
        QCOMPARE(ask(Method::get, media->segments.at(0).uri, {{"If-None-Match", etag}}).status, 304u);
        const auto part = ask(Method::get, media->segments.at(0).uri, {{"Range", "bytes=2-4"}});
        QCOMPARE(part.status, 206u);
        QCOMPARE(part.body, std::string("234"));
        QCOMPARE(ask(Method::get, media->segments.at(0).uri, {{"Range", "bytes=10-"}}).status, 416u);
        QCOMPARE(std::string(ask(Method::get, media->segments.at(0).map->uri).headers.get("Content-Type")),
                 std::string("video/mp4"));
    }

    void a_failed_title_is_not_played() {
        const auto id = site_->add(VideoState::failed);
        QCOMPARE(ask(Method::get, "/api/v1/stream/" + id.value).status, 409u);
    }

    void what_lies_elsewhere_is_not_found() {
        const auto id = site_->add(VideoState::ready);
        site_->put(services::media_key(id, "master.m3u8"), "#EXTM3U\n");
        for (const std::string& path :
             {"/media/" + id.value + "/nothing.m4s", "/media/" + id.value + "/master.m3u8",
              "/media/" + id.value + "/..%2f..%2fsource%2f" + id.value, "/media/" + id.value + "/.hidden.mp4",
              std::string("/media/x/y/index.m3u8"), std::string("/media/x%20y/z.m4s"), "/media/" + id.value + "/240p"}) {
            const auto status = ask(Method::get, path).status;
            QVERIFY2(status == 404 || status == 400, (path + ": " + std::to_string(status)).c_str());
        }
    }

    void uploads_are_refused_before_they_are_read() {
        const std::string body(1000, 'x');
        QCOMPARE(ask(Method::post, "/api/v1/upload?title=T", {}, body).status, 401u);
        QVERIFY(ask(Method::post, "/api/v1/upload?title=T", {}, body).headers.has("WWW-Authenticate"));
        QCOMPARE(ask(Method::post, "/api/v1/upload?title=T", {{"Authorization", "Bearer viewer-token-00000"}},
                     body)
                     .status,
                 403u);
        QCOMPARE(ask(Method::post, "/api/v1/upload", admin(), body).status, 400u);
        QCOMPARE(ask(Method::post, "/api/v1/upload?title=a%0ab", admin(), body).status, 400u);
        start(500);
        const auto large = ask(Method::post, "/api/v1/upload?title=T", admin(), body);
        QCOMPARE(large.status, 413u);
        QCOMPARE(std::string(large.headers.get("X-Body-Limit")), std::string("500"));
        start(1 << 20, std::uint64_t(1) << 60);
        QCOMPARE(ask(Method::post, "/api/v1/upload?title=T", admin(), body).status, 507u);
    }

    void what_is_no_video_leaves_nothing_behind() {
        for (const std::string& body : {std::string(), std::string("no video"), std::string(300'000, '\xff'),
                                        std::string("\0\0\0\x18"
                                                    "ftypmp42\0\0\0\0mp42isom",
                                                    24)}) {
            const auto answer = ask(Method::post, "/api/v1/upload?title=T", admin(), body);
            QCOMPARE(answer.status, 422u);
            QVERIFY(!json::parse(answer.body)["detail"].get<std::string>().empty());
        }
        QCOMPARE(site_->videos->list("", 100)->items.size(), 0u);
        QCOMPARE(site_->files("source"), 0u);
        QTRY_VERIFY(std::filesystem::is_empty(site_->path("spool")));
    }
};

QTEST_GUILESS_MAIN(TstOrigin)
#include "tst_origin.moc"
