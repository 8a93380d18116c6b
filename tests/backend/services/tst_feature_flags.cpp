// Flags change what the origin answers: by session, by user, and at once.

#include <QTest>

#include "core/files.hpp"
#include "hls/playlist.hpp"
#include "http/client.hpp"
#include "origin_fixture.hpp"
#include "services/playback.hpp"
#include "services/uploads.hpp"

using namespace qd;
using http::Method;

namespace {

constexpr const char* master =
    "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=3000000,CODECS=\"avc1.64001f\",RESOLUTION=1280x720\n720p/index.m3u8\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=1000000,CODECS=\"avc1.64001f\",RESOLUTION=854x480\n480p/index.m3u8\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=300000,CODECS=\"avc1.64001f\",RESOLUTION=426x240\n240p/index.m3u8\n";

constexpr const char* killed = "\"state\":\"DISABLED\",";

/// `rules`: of playback.max-rendition; `uploads`: the state of uploads.enabled.
std::string document(const std::string& rules, const char* uploads = "") {
    return R"({"flags":{"playback.max-rendition":{"variants":{"all":"all","sd":"480p","odd":"tall","low":"100p"},
"defaultVariant":"all","targeting":)" +
           rules + R"(},"uploads.enabled":{)" + uploads +
           R"("variants":{"on":true,"off":false},"defaultVariant":"on","killVariant":"off"}}})";
}

}  // namespace

class TstFeatureFlags : public QObject {
    Q_OBJECT

    test::OriginFixture site_;
    flags::FileProvider provider_{site_.path("flags.json"), {}, site_.clock};
    std::optional<services::Uploads> uploads_;
    std::optional<http::Server> server_;
    http::Client client_;
    std::string stream_;

    void write(const std::string& text) {
        QVERIFY(core::write_file_atomically(site_.path("flags.json"), text));
        const auto read = provider_.poll();
        QVERIFY2(read.has_value() && *read, read ? "not read" : read.error().message.c_str());
    }
    http::ClientResponse ask(Method method, const std::string& path, const std::string& body = {}) {
        http::ClientRequest request;
        request.method = method;
        request.url = "http://" + server_->address() + path;
        request.headers = {{"Authorization", "Bearer admin-token-000000"}};
        request.body = body;
        auto response = client_.fetch(std::move(request));
        if (!response) qFatal("%s", response.error().message.c_str());
        return *response;
    }
    std::vector<int> heights(const std::string& session) {
        const auto read = hls::parse_multivariant(ask(Method::get, stream_ + "?s=" + session).body);
        std::vector<int> found;
        if (read)
            for (const hls::Variant& variant : read->variants) found.push_back(variant.height());
        return found;
    }
    using Heights = std::vector<int>;

private slots:
    void initTestCase() {
        services::Origin origin = site_.origin;
        origin.features = services::FeatureFlags(provider_, "2.0.0", "canary");
        const auto id = site_.add(storage::VideoState::ready);
        site_.put(services::media_key(id, "master.m3u8"), master);
        stream_ = "/api/v1/stream/" + id.value;
        http::ServerOptions options;
        options.spool_folder = site_.path("spool");
        std::filesystem::create_directories(options.spool_folder);
        server_.emplace(options);
        uploads_.emplace(origin, services::UploadOptions{1 << 20, 0, options.spool_folder});
        uploads_->add_route(*server_);
        services::add_playback_routes(*server_, origin);
        QVERIFY(server_->start());
    }
    void cleanupTestCase() {
        server_->stop();
        uploads_->stop();
    }

    void without_a_file_all_is_as_ever() {
        QCOMPARE(heights("a"), (Heights{720, 480, 240}));
        QCOMPARE(ask(Method::post, "/api/v1/upload?title=t", "no video").status, 422u);
    }

    void the_ladder_ends_where_the_flag_says() {
        write(document(R"([{"when":[{"attribute":"targetingKey","equals":"a"}],"variant":"sd"},
{"when":[{"attribute":"targetingKey","equals":"low"}],"variant":"low"},
{"when":[{"attribute":"targetingKey","equals":"odd"}],"variant":"odd"}])"));
        QCOMPARE(heights("a"), (Heights{480, 240}));
        QCOMPARE(heights("b"), (Heights{720, 480, 240}));
        QCOMPARE(heights("low"), (Heights{240}));  // something can always be played
        QCOMPARE(heights("odd"), (Heights{720, 480, 240}));
        const auto limited = ask(Method::get, stream_ + "?s=a").body;
        QVERIFY(limited.find("/480p/index.m3u8?s=a\n") != std::string::npos);
    }

    void conditions_see_version_and_arm() {
        write(document(R"([{"when":[{"attribute":"version","semverLess":"2.1.0"},
{"attribute":"arm","equals":"canary"}],"variant":"sd"}])"));
        QCOMPARE(heights("b"), (Heights{480, 240}));
        write(document(R"([{"when":[{"attribute":"arm","equals":"stable"}],"variant":"sd"}])"));
        QCOMPARE(heights("b"), (Heights{720, 480, 240}));
    }

    void a_split_keeps_each_session_where_it_is() {
        write(document(R"([{"split":[{"variant":"sd","weight":30},{"variant":"all","weight":70}]}])"));
        int limited = 0;
        for (int i = 0; i < 200; ++i) {
            const std::string session = "session-" + std::to_string(i);
            const Heights first = heights(session);
            QCOMPARE(heights(session), first);
            limited += first.size() == 2;
        }
        QVERIFY2(limited > 30 && limited < 90, std::to_string(limited).c_str());
    }

    void uploads_are_switched_off_and_on_again() {
        write(document("[]", killed));
        const auto refused = ask(Method::post, "/api/v1/upload?title=t", "no video");
        QCOMPARE(refused.status, 403u);
        QVERIFY2(refused.body.find("switched off for now (flag uploads.enabled)") != std::string::npos,
                 refused.body.c_str());
        write(document("[]"));
        QCOMPARE(ask(Method::post, "/api/v1/upload?title=t", "no video").status, 422u);
    }
};

QTEST_GUILESS_MAIN(TstFeatureFlags)
#include "tst_feature_flags.moc"
