// Server-sent events: the parser whatever the cuts, the hub's replay, and a source that comes back.

#include <QtTest>
#include <atomic>
#include <mutex>

#include "core/random.hpp"
#include "http/event_stream.hpp"
#include "http/server.hpp"

using namespace qd;
using namespace std::chrono_literals;
using http::ServerSentEvent;

namespace {

std::vector<ServerSentEvent> parse(const std::string& text, core::Random* cuts = nullptr) {
    std::vector<ServerSentEvent> events;
    http::EventParser parser([&](ServerSentEvent event) { events.push_back(std::move(event)); });
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t size = cuts ? std::min<std::size_t>(rest.size(), 1 + cuts->below(7)) : rest.size();
        parser.feed(rest.substr(0, size));
        rest.remove_prefix(size);
    }
    return events;
}

struct Collected {
    std::mutex mutex;
    std::vector<ServerSentEvent> events;
    std::atomic<int> opened{0}, closed{0};

    std::size_t count() {
        const std::lock_guard lock(mutex);
        return events.size();
    }
    http::EventSource::Callbacks callbacks() {
        return {[this](ServerSentEvent event) {
                    const std::lock_guard lock(mutex);
                    events.push_back(std::move(event));
                },
                [this] { ++opened; }, [this](const core::Error&) { ++closed; }};
    }
};

std::string number(std::uint64_t seq) {
    return std::to_string(seq);
}

}  // namespace

class TestEventStream : public QObject {
    Q_OBJECT

private slots:
    void parses_what_the_standard_shows() {
        const std::string text =
            ": comment\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\nevent: add\ndata\ndata: "
            "b\n\ndata: unfinished";
        const std::vector<ServerSentEvent> expected{
            {"1", "", "first"}, {"", "", "second"}, {"", "", " third"}, {"", "add", "\nb"}};
        QCOMPARE(parse(text).size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) QVERIFY(parse(text)[i] == expected[i]);
        QCOMPARE(parse("data: a\r\n\r\ndata: b\r\rdata: c\n\n").size(), std::size_t(3));
    }

    void what_is_formatted_is_parsed_however_it_is_cut() {
        core::SeededRandom random(9);
        for (int round = 0; round < 300; ++round) {
            std::string text;
            std::vector<ServerSentEvent> written;
            for (int i = 0; i < 5; ++i) {
                ServerSentEvent event{std::to_string(i), random.below(2) ? "kind" : "",
                                      random.hex(random.below(10))};
                for (std::uint64_t n = random.below(3); n > 0; --n)
                    event.data.insert(random.below(event.data.size() + 1), "\n");
                text += format(event);
                written.push_back(event);
            }
            QVERIFY(parse(text, &random) == written);
        }
    }

    void endless_lines_and_events_are_dropped_and_the_next_is_read() {
        const std::string huge(1'500'000, 'x');
        QVERIFY(parse("data: " + huge + "\n\ndata: next\n\n") ==
                (std::vector<ServerSentEvent>{{"", "", "next"}}));
        std::string many;
        for (int i = 0; i < 30; ++i) many += "data: " + std::string(50'000, 'y') + "\n";
        QVERIFY(parse(many + "\ndata: next\n\n") == (std::vector<ServerSentEvent>{{"", "", "next"}}));
    }

    void a_source_gets_events_resumes_after_a_loss_and_misses_none() {
        http::EventHub hub;
        http::ServerOptions options;
        auto server = std::make_unique<http::Server>(options);
        const auto serve = [&hub](http::Server& s) {
            s.route(http::Method::get, "/events",
                    [&hub](http::Request&& request, http::Responder&& responder) {
                        responder.send(hub.subscribe(request));
                    });
        };
        serve(*server);
        QVERIFY(server->start());
        options.port = server->port();
        http::Client client;
        core::ThreadPool executor(1, "test");
        Collected collected;
        http::EventSource source(client, executor, "http://" + server->address() + "/events", {},
                                 collected.callbacks());
        QTRY_COMPARE(hub.subscribers(), std::size_t(1));
        for (int i = 0; i < 3; ++i) hub.publish("tick", number);
        QTRY_COMPARE(collected.count(), std::size_t(3));

        server->stop(0ms);
        QTRY_COMPARE(collected.closed.load(), 1);
        for (int i = 0; i < 3; ++i) hub.publish("tick", number);  // while nobody is connected
        server = std::make_unique<http::Server>(options);
        serve(*server);
        QVERIFY(server->start());
        QTRY_COMPARE_WITH_TIMEOUT(collected.count(), std::size_t(6), 10'000);
        for (std::size_t i = 0; i < 6; ++i) QCOMPARE(collected.events[i].id, std::to_string(i + 1));
        QCOMPARE(collected.opened.load(), 2);
    }

    void who_is_too_late_or_from_another_life_is_told_to_start_afresh() {
        http::EventHub hub(4, 100);
        for (int i = 0; i < 10; ++i) hub.publish("tick", number);
        http::Server server({});
        server.route(http::Method::get, "/events",
                     [&hub](http::Request&& request, http::Responder&& responder) {
                         responder.send(hub.subscribe(request));
                     });
        QVERIFY(server.start());
        http::Client client;
        core::ThreadPool executor(1, "test");
        for (const char* last : {"50", "500"}) {
            Collected collected;
            http::EventSource source(client, executor,
                                     "http://" + server.address() + "/events?last_event_id=" + last, {},
                                     collected.callbacks());
            QTRY_COMPARE(collected.count(), std::size_t(1));
            QVERIFY((collected.events[0] == ServerSentEvent{"109", "reset", "{\"seq\":109}"}));
        }
        Collected recent;
        http::EventSource source(client, executor, "http://" + server.address() + "/events?last_event_id=107",
                                 {}, recent.callbacks());
        QTRY_COMPARE(recent.count(), std::size_t(2));
        hub.close();
        QTRY_COMPARE(recent.closed.load(), 1);
        QCOMPARE(hub.subscribers(), std::size_t(0));
    }

    void who_has_missed_more_than_a_stream_holds_is_told_to_start_afresh() {
        http::EventHub hub;
        const std::string large(200'000, 'x');
        for (int i = 0; i < 8; ++i) hub.publish("tick", [&](std::uint64_t) { return large; });
        http::Server server({});
        server.route(http::Method::get, "/events",
                     [&hub](http::Request&& request, http::Responder&& responder) {
                         responder.send(hub.subscribe(request));
                     });
        QVERIFY(server.start());
        http::Client client;
        core::ThreadPool executor(1, "test");
        const std::string url = "http://" + server.address() + "/events?last_event_id=";
        Collected late, recent;
        http::EventSource far_behind(client, executor, url + "1", {}, late.callbacks());
        http::EventSource near(client, executor, url + "6", {}, recent.callbacks());
        QTRY_COMPARE(late.count(), std::size_t(1));
        QCOMPARE(late.events[0].type, std::string("reset"));
        QTRY_COMPARE(recent.count(), std::size_t(2));
        hub.publish("tick", number);  // both streams have stayed open
        QTRY_COMPARE(late.count(), std::size_t(2));
        QTRY_COMPARE(recent.count(), std::size_t(3));
        QCOMPARE(late.closed + recent.closed, 0);
    }

    void an_answer_that_is_no_stream_is_an_error_and_a_source_ends_at_once() {
        http::Server server({});
        server.route(http::Method::get, "/events", [](http::Request&& request, http::Responder&& responder) {
            responder.send(http::problem(403, "no", request.request_id));
        });
        QVERIFY(server.start());
        http::Client client;
        core::ThreadPool executor(1, "test");
        Collected collected;
        {
            http::EventSource source(client, executor, "http://" + server.address() + "/events", {},
                                     collected.callbacks());
            QTRY_VERIFY(collected.closed >= 1);
        }
        QCOMPARE(collected.opened.load(), 0);
    }
};

QTEST_GUILESS_MAIN(TestEventStream)
#include "tst_event_stream.moc"
