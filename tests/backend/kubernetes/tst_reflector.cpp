// A collection is followed without missing or doubling anything, whatever happens to the connection.

#include <QtTest>

#include "kubernetes/reflector.hpp"
#include "kubernetes/watch_decoder.hpp"
#include "support/argo_objects.hpp"
#include "support/kubernetes_api.hpp"

using namespace qd;
using namespace qd::kubernetes;
using namespace std::chrono_literals;
using core::Errc;
using nlohmann::json;

class TestReflector : public QObject {
    Q_OBJECT

    /// What was told, in its order: "list 2", "+web", "~web", "-web", "lost".
    struct Log {
        std::mutex mutex;
        QStringList lines;
        bool heard = false;
        std::string lost;

        void add(const QString& line) {
            const std::lock_guard lock(mutex);
            lines << line;
        }
        QStringList all() {
            const std::lock_guard lock(mutex);
            return lines;
        }
        std::string error() {
            const std::lock_guard lock(mutex);
            return lost;
        }
    };

    std::unique_ptr<test::KubernetesApi> server_;
    http::Client client_;
    core::SystemClock clock_;
    core::SeededRandom random_{1};
    std::unique_ptr<Credentials> credentials_;
    std::unique_ptr<ApiClient> api_;
    std::unique_ptr<Log> log_;

    std::unique_ptr<Reflector> follow(const std::string& space = "shop") {
        ApiCall collection;
        collection.resource = rollouts_resource;
        collection.space = space;
        ReflectorEvents events;
        Log& log = *log_;
        events.on_list = [&log](const std::vector<Object>& objects) {
            log.add(QString("list %1").arg(objects.size()));
        };
        events.on_event = [&log](const WatchEvent& event) {
            const char* sign = event.kind == WatchKind::added      ? "+"
                               : event.kind == WatchKind::modified ? "~"
                                                                   : "-";
            log.add(sign + QString::fromStdString(metadata_text(*event.object, "name")));
        };
        events.on_heard = [&log] {
            const std::lock_guard lock(log.mutex);
            log.heard = true;
        };
        events.on_lost = [&log](const core::Error& error) {
            const std::lock_guard lock(log.mutex);
            log.heard = false;
            log.lost = error.message;
        };
        return std::make_unique<Reflector>(*api_, collection, random_, ReflectorOptions{60s, 5ms, 40ms},
                                           events);
    }
    void create(const std::string& name, const std::string& space = "shop") {
        server_->create("rollouts",
                        {{"metadata", {{"name", name}, {"namespace", space}}}, {"spec", json::object()}});
    }

private slots:
    void init() {
        server_ = std::make_unique<test::KubernetesApi>();
        ClusterAccess access;
        access.server = server_->url();
        access.user = "ops";
        access.token = "secret";
        credentials_ = std::make_unique<Credentials>(access, clock_);
        api_ = std::make_unique<ApiClient>(client_, *credentials_);
        log_ = std::make_unique<Log>();
    }

    void lists_in_pages_then_watches() {
        for (int i = 0; i < 7; ++i) create("r" + std::to_string(i));
        create("other", "elsewhere");
        server_->page_size(3);
        const auto reflector = follow();
        QTRY_COMPARE(server_->watchers(), 1u);
        create("new");
        server_->patch("shop", "new", {{"spec", {{"paused", true}}}});
        server_->remove("rollouts", "shop", "r0");
        create("unseen", "elsewhere");
        QTRY_COMPARE(log_->all(), (QStringList{"list 7", "+new", "~new", "-r0"}));
        QCOMPARE(server_->count("continue="), 2u);
    }

    void a_watch_that_breaks_off_goes_on_where_it_was() {
        create("web");
        const auto reflector = follow();
        QTRY_COMPARE(server_->watchers(), 1u);
        QStringList wanted{"list 1"};
        for (int round = 0; round < 5; ++round) {
            create("a" + std::to_string(round));
            server_->break_watches();
            create("b" + std::to_string(round));  // nobody is watching
            wanted << QString("+a%1").arg(round) << QString("+b%1").arg(round);
            QTRY_COMPARE(server_->watchers(), 1u);
        }
        QTRY_COMPARE(log_->all(), wanted);
        QCOMPARE(server_->count("limit="), 1u);  // it was listed once
    }

    void a_bookmark_spares_the_list() {
        create("web");
        const auto reflector = follow("shop");
        QTRY_COMPARE(server_->watchers(), 1u);
        create("unseen", "elsewhere");
        server_->send_bookmarks();
        QTRY_VERIFY([&] {
            const std::lock_guard lock(log_->mutex);
            return log_->heard;
        }());
        server_->compact();  // what is before the bookmark
        server_->break_watches();
        QTRY_COMPARE(server_->watchers(), 1u);
        create("late");
        QTRY_COMPARE(log_->all(), (QStringList{"list 1", "+late"}));
    }

    void what_the_server_forgot_is_listed_again() {
        create("web");
        const auto reflector = follow();
        QTRY_COMPARE(server_->watchers(), 1u);
        server_->fail_with(500);
        server_->break_watches();
        create("two");
        server_->compact();
        QTRY_VERIFY(!log_->error().empty());
        server_->fail_with(0);
        QTRY_COMPARE(log_->all(), (QStringList{"list 1", "list 2"}));
        QTRY_COMPARE(server_->watchers(), 1u);
    }

    void a_lost_connection_is_told_and_tried_again() {
        server_->fail_with(503);
        const auto reflector = follow();
        QTRY_VERIFY(log_->error().find("the server is not well") != std::string::npos);
        server_->fail_with(0);
        QTRY_COMPARE(log_->all(), QStringList{"list 0"});
        server_->forbid("watch rollouts");
        server_->break_watches();
        QTRY_VERIFY(log_->error().find("resources: [\"rollouts\"], verbs: [\"watch\"]") != std::string::npos);
    }

    void ending_does_not_wait_for_the_stream() {
        auto reflector = follow();
        QTRY_COMPARE(server_->watchers(), 1u);
        QElapsedTimer timer;
        timer.start();
        reflector.reset();
        QVERIFY(timer.elapsed() < 5'000);
    }

    void a_refused_token_is_told() {
        server_->require_token("another");
        const auto list = api_->list([] {
            ApiCall call;
            call.resource = rollouts_resource;
            return call;
        }());
        QVERIFY(!list);
        QCOMPARE(list.error().code, Errc::unauthenticated);
    }

    void lines_are_put_together_from_any_pieces() {
        const std::string stream =
            "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"resourceVersion\":\"7\"}}}\n\n"
            "{\"type\":\"NEWER\",\"object\":{}}\n"
            "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\"}}}\n{\"type\":\"ADD";
        for (std::size_t size = 1; size < stream.size(); ++size) {
            WatchDecoder decoder;
            std::string versions;
            for (std::size_t at = 0; at < stream.size(); at += size)
                QVERIFY(decoder.take(std::string_view(stream).substr(at, size),
                                     [&](const WatchEvent& event) { versions += event.resource_version; }));
            QCOMPARE(versions, std::string("79"));
        }
    }

    void a_stream_that_makes_no_sense_is_an_error() {
        for (const std::string& line : {std::string("garbage\n"), std::string("{\"type\":\"ADDED\"}\n"),
                                        std::string("[]\n"), std::string(9u << 20, 'x')}) {
            WatchDecoder decoder;
            QVERIFY(!decoder.take(line, [](const WatchEvent&) { QFAIL("no event"); }));
            QVERIFY(decoder.error());
        }
    }
};

QTEST_GUILESS_MAIN(TestReflector)
#include "tst_reflector.moc"
