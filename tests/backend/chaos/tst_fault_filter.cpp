// The filter: what each kind does to a request, whom it spares, and that it ends by itself.

#include <QtTest>

#include "chaos/corruption.hpp"
#include "chaos/fault_filter.hpp"
#include "http/client.hpp"
#include "support/fake_clock.hpp"
#include "support/manual_executor.hpp"

using namespace qd;
using namespace std::chrono_literals;
using chaos::Fault;
using chaos::FaultKind;

class TestFaultFilter : public QObject {
    Q_OBJECT

    test::FakeClock clock_;
    test::ManualExecutor executor_;
    core::SeededRandom random_{1};
    std::unique_ptr<chaos::FaultFilter> filter_;
    const http::Handler handler_ = [](http::Request&&, http::Responder&& responder) {
        responder.send(http::Response::text(200, std::string(1'000, 'x'), "video/mp4"));
    };

    static Fault fault(FaultKind kind, double amount = 0, double ratio = 1, std::string route = {}) {
        Fault one;
        one.kind = kind;
        one.amount = amount;
        one.ratio = ratio;
        one.target.route = std::move(route);
        one.duration = core::Seconds(60);
        return one;
    }

    /// The answer, or nothing while the request is held.
    std::shared_ptr<std::optional<http::Response>> ask(const std::string& path = "/media/1") {
        auto answer = std::make_shared<std::optional<http::Response>>();
        http::Request request;
        request.path = path;
        filter_->handle(std::move(request),
                        http::Responder([answer](http::Response&& r) { *answer = std::move(r); }), handler_);
        return answer;
    }

private slots:
    void init() {
        filter_ = std::make_unique<chaos::FaultFilter>(chaos::Identity{"api", "v2", "api-3"}, clock_, random_,
                                                       executor_);
    }

    void without_faults_nothing_changes() { QCOMPARE((*ask())->status, 200u); }

    void a_wrong_playlist_names_what_does_not_exist() {
        QVERIFY(filter_->add(fault(FaultKind::playlist)));
        const std::string playlist =
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4,\n/media/7/a/"
            "seg-1.m4s?s=x/y\n"
            "#EXTINF:4,\n/media/7/a/seg-2.m4s?s=x/y\n#EXTINF:4,\nseg-3.m4s";
        const auto ask_for = [this](std::string body, const char* type) {
            std::string answer;
            http::Headers headers;
            filter_->handle({}, http::Responder([&](http::Response&& r) {
                                answer = std::get<std::string>(r.body);
                                headers = r.headers;
                            }),
                            [&](http::Request&&, http::Responder&& responder) {
                                http::Response response = http::Response::text(200, body, type);
                                response.headers.add("ETag", "\"1\"");
                                responder.send(std::move(response));
                            });
            return std::pair(answer, headers);
        };
        const auto [wrong, headers] = ask_for(playlist, "application/vnd.apple.mpegurl");
        QCOMPARE(wrong,
                 std::string("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4,\n"
                             "/media/7/a/seg-1.m4s?s=x/y\n#EXTINF:4,\n/media/7/a/missing-seg-2.m4s?s=x/y\n"
                             "#EXTINF:4,\nseg-3.m4s"));
        QCOMPARE(std::string(headers.get("Cache-Control")), std::string("no-store"));
        QVERIFY(!headers.has("ETag"));
        QCOMPARE(ask_for("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n", "application/vnd.apple.mpegurl")
                     .first,
                 std::string("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n"));
        QCOMPARE(ask_for(playlist, "text/plain").first, playlist);
        QCOMPARE(ask_for("", "application/vnd.apple.mpegurl").first, std::string());
    }

    void what_is_of_the_process_is_no_filters() {
        for (const FaultKind kind : {FaultKind::crash, FaultKind::hang, FaultKind::no_start, FaultKind::kill})
            QCOMPARE(filter_->add(fault(kind)).error().code, core::Errc::invalid_argument);
    }

    void a_leak_grows_with_each_request_up_to_its_bound_and_ends() {
        filter_ = std::make_unique<chaos::FaultFilter>(chaos::Identity{"api", "v2", "api-3"}, clock_, random_,
                                                       executor_, 100 << 10);
        QVERIFY(filter_->add(fault(FaultKind::leak)));
        QCOMPARE((*ask())->status, 200u);
        QCOMPARE(filter_->leaked_bytes(), std::size_t(64 << 10));
        for (int i = 0; i < 5; ++i) QCOMPARE((*ask())->status, 200u);
        QCOMPARE(filter_->leaked_bytes(), std::size_t(64 << 10));  // another would be beyond the bound
        clock_.advance(61s);
        QCOMPARE(filter_->leaked_bytes(), std::size_t(0));
    }

    void a_delay_holds_the_request_for_its_time_and_delays_add_up() {
        QVERIFY(filter_->add(fault(FaultKind::delay, 200)));
        QVERIFY(filter_->add(fault(FaultKind::delay, 100)));
        const auto answer = ask();
        executor_.advance(299ms);
        QVERIFY(!*answer);
        executor_.advance(1ms);
        QCOMPARE((*answer)->status, 200u);
    }

    void errors_resets_and_partitions() {
        const auto error = filter_->add(fault(FaultKind::error, 500));
        QVERIFY(error);
        QCOMPARE((*ask())->status, 500u);
        QVERIFY(filter_->remove(error->id));
        QVERIFY(filter_->add(fault(FaultKind::error)));
        QCOMPARE((*ask())->status, 503u);
        QVERIFY(filter_->add(fault(FaultKind::reset)));
        QVERIFY((*ask())->reset);
        QVERIFY(filter_->add(fault(FaultKind::partition, 5'000)));
        const auto hanging = ask();
        executor_.advance(4'999ms);
        QVERIFY(!*hanging);
        executor_.advance(1ms);
        QVERIFY((*hanging)->reset);
    }

    void corruption_flips_bits_of_media_only() {
        QVERIFY(filter_->add(fault(FaultKind::corrupt, 3)));
        const auto answer = ask();
        const std::string& body = std::get<std::string>((*answer)->body);
        QCOMPARE(body.size(), std::size_t(1'000));
        int flipped = 0;
        for (const char c : body) flipped += std::popcount(unsigned(std::uint8_t(c) ^ std::uint8_t('x')));
        QVERIFY(flipped == 3 || flipped == 1);  // the same bit twice is the first state again
        QCOMPARE(std::string((*answer)->headers.get("Cache-Control")), std::string("no-store"));
        http::Response playlist = http::Response::text(200, "text", "application/vnd.apple.mpegurl");
        chaos::corrupt_media(playlist, 100, random_);
        QCOMPARE(std::get<std::string>(playlist.body), std::string("text"));
    }

    void the_ratio_is_kept() {
        QVERIFY(filter_->add(fault(FaultKind::error, 503, 0.3)));
        int failed = 0;
        for (int i = 0; i < 5'000; ++i) failed += (*ask())->status == 503;
        QVERIFY2(failed > 1'350 && failed < 1'650, qPrintable(QString::number(failed)));
    }

    void routes_are_prefixes_and_the_way_out_stays_open() {
        QVERIFY(filter_->add(fault(FaultKind::error, 503, 1, "/media/")));
        QCOMPARE((*ask("/media/1"))->status, 503u);
        QCOMPARE((*ask("/api/v1/videos"))->status, 200u);
        QVERIFY(filter_->add(fault(FaultKind::error)));
        QCOMPARE((*ask("/api/v1/videos"))->status, 503u);
        for (const char* path : {"/-/faults", "/-/ready", "/metrics", "/livez"})
            QCOMPARE((*ask(path))->status, 200u);
    }

    void a_fault_ends_by_itself() {
        QVERIFY(filter_->add(fault(FaultKind::error)));
        clock_.advance(59'999ms);
        QCOMPARE((*ask())->status, 503u);
        QCOMPARE(filter_->active().size(), std::size_t(1));
        clock_.advance(1ms);
        QCOMPARE((*ask())->status, 200u);
        QVERIFY(filter_->active().empty());
    }

    void faults_for_others_kills_and_doubles_are_refused() {
        for (const auto& target :
             {chaos::FaultTarget{"gateway", "", "", ""}, chaos::FaultTarget{"", "v1", "", ""},
              chaos::FaultTarget{"", "", "api-1", ""}}) {
            Fault other = fault(FaultKind::error);
            other.target = target;
            QCOMPARE(filter_->add(other).error().code, core::Errc::invalid_argument);
        }
        QVERIFY(!filter_->add(fault(FaultKind::kill)));
        Fault mine = fault(FaultKind::error);
        mine.target = {"api", "v2", "api-3", ""};
        mine.id = chaos::FaultId("f1");
        QVERIFY(filter_->add(mine));
        QCOMPARE(filter_->add(mine).error().code, core::Errc::conflict);
        QVERIFY(filter_->remove(mine.id));
        QCOMPARE(filter_->remove(mine.id).error().code, core::Errc::not_found);
        for (int i = 0; i < 64; ++i) QVERIFY(filter_->add(fault(FaultKind::reset)));
        QVERIFY(!filter_->add(fault(FaultKind::reset)));
    }

    void the_admin_routes() {
        const auto shared = std::shared_ptr<chaos::FaultFilter>(std::move(filter_));
        http::Server server({});
        server.add_filter(shared);
        server.route(http::Method::get, "/media/{id}", handler_);
        chaos::add_fault_routes(server, shared, [](const http::Request& request) -> core::Result<> {
            if (request.headers.get("Authorization") == "Bearer admin") return {};
            return core::fail(core::Errc::unauthenticated, "who are you?");
        });
        QVERIFY(server.start());
        http::Client client;
        const auto send = [&](http::Method method, const std::string& path, std::string body = {},
                              bool admin = true) {
            http::ClientRequest request;
            request.method = method;
            request.url = "http://" + server.address() + path;
            request.body = std::move(body);
            if (admin) request.headers.add("Authorization", "Bearer admin");
            return client.fetch(std::move(request));
        };
        QCOMPARE(send(http::Method::get, "/-/faults", {}, false)->status, 401u);
        QCOMPARE(send(http::Method::post, "/-/faults", "{}")->status, 400u);
        const auto added =
            send(http::Method::post, "/-/faults", "{\"id\":\"f1\",\"kind\":\"reset\",\"for_s\":30}");
        QCOMPARE(added->status, 201u);
        QCOMPARE(chaos::parse_fault(added->body)->id.value, std::string("f1"));
        QCOMPARE(send(http::Method::get, "/media/1").error().code, core::Errc::unavailable);
        QVERIFY(send(http::Method::get, "/-/faults")->body.find("\"id\":\"f1\"") != std::string::npos);
        QCOMPARE(send(http::Method::del, "/-/faults/f1")->status, 204u);
        QCOMPARE(send(http::Method::del, "/-/faults/f1")->status, 404u);
        QCOMPARE(send(http::Method::get, "/media/1")->status, 200u);
    }
};

QTEST_GUILESS_MAIN(TestFaultFilter)
#include "tst_fault_filter.moc"
