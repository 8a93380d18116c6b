// What the arms show, compared: real segments, really decoded, over a real server.
#include "viewers/picture_probe.hpp"

#include <QTemporaryDir>
#include <QtTest>

#include "compare/segment_pictures.hpp"
#include "core/files.hpp"
#include "http/server.hpp"
#include "media/encode.hpp"
#include "media/generate.hpp"

using namespace qd;

namespace {

/// Sessions whose name ends in an even digit are of the stable arm, the others of the canary.
class Gateway {
public:
    enum class Canary { same, broken, gone, failing };

    Gateway() {
        media::TitleSpec spec;
        spec.duration_s = 2;
        spec.width = 426;
        spec.height = 240;
        spec.fps = 25;
        const std::filesystem::path root = folder_.path().toStdString();
        if (const auto made = media::generate_title(spec, root / "source.mp4"); !made)
            qFatal("%s", made.error().message.c_str());
        media::EncodeJob job;
        job.source = root / "source.mp4";
        job.output_folder = root / "media";
        job.public_uri_prefix = "/media/";
        if (const auto encoded = media::encode(job); !encoded) qFatal("%s", encoded.error().message.c_str());
        const auto files = [this, root](const http::Request& request) {
            const std::string path(request.path == "/api/v1/stream/t1"
                                       ? std::string_view("/media/master.m3u8")
                                       : std::string_view(request.path));
            auto content = core::read_file(root / path.substr(1));
            if (!content) return http::Response::text(404, "no such file");
            const bool of_canary = is_canary(request);
            if (of_canary && canary == Canary::failing) return named(http::Response::text(503, "no"), true);
            if (of_canary && canary == Canary::broken && path.ends_with(".m4s"))
                for (std::size_t i = content->size() / 4; i < content->size(); ++i)
                    (*content)[i] = char(i * 7);
            return named(http::Response::text(200, std::move(*content), "application/octet-stream"),
                         of_canary);
        };
        server_.route_blocking(http::Method::get, "/api/v1/videos", [this](const http::Request& request) {
            return named(http::Response::json(200, R"({"items":[{"id":"t1","state":"ready"}],"next":null})"),
                         is_canary(request));
        });
        server_.route_blocking(http::Method::get, "/api/v1/stream/t1", files);
        server_.route_blocking(http::Method::get, "/media/{path...}", files);
        if (const auto started = server_.start(); !started) qFatal("%s", started.error().message.c_str());
    }

    std::string url() const { return "http://" + server_.address(); }

    std::atomic<Canary> canary{Canary::same};

private:
    bool is_canary(const http::Request& request) const {
        const std::string cookie(request.headers.get("Cookie"));
        return !cookie.empty() && cookie.back() % 2 != 0 && canary != Canary::gone;
    }
    static http::Response named(http::Response response, bool of_canary) {
        response.headers.set("X-Served-By", of_canary ? "canary/v2/api-2" : "stable/v1/api-1");
        return response;
    }

    QTemporaryDir folder_;
    http::Server server_{http::ServerOptions{}};
};

struct Rig {
    Gateway& gateway;
    telemetry::Metrics registry;
    viewers::ViewerMetrics metrics{registry};
    http::Client client;
    viewers::PictureProbe probe{
        client, metrics, {.gateway = gateway.url(), .seed = 7, .every = {}, .draws = 16}};

    double metric(const std::string& name, const std::string& arm) const {
        const std::string series = name + "{arm=\"" + arm + "\"}";
        const std::string text = "\n" + registry.expose();
        const std::size_t at = text.find("\n" + series + " ");
        return at == std::string::npos ? -1 : std::atof(text.c_str() + at + series.size() + 2);
    }
    double compared(const std::string& arm) const { return metric("viewer_compared_pictures_total", arm); }
    double different(const std::string& arm) const { return metric("viewer_different_pictures_total", arm); }
};

}  // namespace

class TestPictureProbe : public QObject {
    Q_OBJECT

    std::unique_ptr<Gateway> gateway_;

private slots:
    void initTestCase() { gateway_ = std::make_unique<Gateway>(); }

    void theSamePicturesAreNotDifferent() {
        gateway_->canary = Gateway::Canary::same;
        Rig rig{*gateway_};
        rig.probe.look();
        QVERIFY(rig.compared("stable") > 10);
        QCOMPARE(rig.compared("canary"), rig.compared("stable"));
        QCOMPARE(rig.different("canary"), 0.0);
        QCOMPARE(rig.different("stable"), 0.0);
        QCOMPARE(rig.metric("viewer_picture_ssim_count", "canary"), rig.compared("canary"));
        QCOMPARE(rig.metric("viewer_picture_ssim_sum", "canary"), rig.compared("canary"));  // 1 each
        QCOMPARE(rig.metric("viewer_picture_ssim_count", "baseline"), 0.0);
    }

    void brokenPicturesAreCounted() {
        gateway_->canary = Gateway::Canary::broken;
        Rig rig{*gateway_};
        rig.probe.look();
        QVERIFY(rig.compared("canary") > 10);
        QVERIFY(rig.different("canary") > rig.compared("canary") / 2);
        // What is missing has no similarity; what is there is below one.
        const double scored = rig.metric("viewer_picture_ssim_count", "canary");
        QVERIFY(scored <= rig.compared("canary"));
        QVERIFY(scored == 0 || rig.metric("viewer_picture_ssim_sum", "canary") < scored);
        QCOMPARE(rig.different("stable"), 0.0);
    }

    void anArmThatIsGoneOrFailsIsNotCompared() {
        for (const auto state : {Gateway::Canary::gone, Gateway::Canary::failing}) {
            gateway_->canary = Gateway::Canary::same;
            Rig rig{*gateway_};
            rig.probe.look();
            const double before = rig.compared("canary");
            QVERIFY(before > 0);
            gateway_->canary = state;
            rig.probe.look();
            rig.probe.look();
            QCOMPARE(rig.compared("canary"), before);
        }
    }

    void nothingToCompareIsAnError() {
        const auto empty = std::make_shared<const std::string>();
        QCOMPARE(compare::compare_segments({empty, empty}, {empty, empty}).error().code,
                 core::Errc::unprocessable);
    }
};

QTEST_GUILESS_MAIN(TestPictureProbe)
#include "tst_picture_probe.moc"
