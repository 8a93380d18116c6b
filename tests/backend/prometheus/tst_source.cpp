// What is asked over HTTP, and what answers and failures mean for the source.
#include "prometheus/source.hpp"

#include <QTemporaryDir>
#include <QtTest>
#include <thread>

#include "core/files.hpp"
#include "http/server.hpp"
#include "prometheus/counts.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace qd::prometheus;
using namespace std::chrono_literals;

namespace {

constexpr const char* empty_vector = R"({"status":"success","data":{"resultType":"vector","result":[]}})";

std::string sum(const std::string& value) {
    return R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1728000000,")" +
           value + R"("]}]}})";
}

/// Answers each path as it is told and keeps what it was asked.
struct Api {
    Api() {
        const auto take = [this](const http::Request& request) {
            const std::lock_guard lock(mutex);
            asked.push_back(request);
            const auto query = http::Query::parse(request.body).get_or("query", "");
            const auto at = by_query.find(query);
            return http::Response::json(status, at == by_query.end() ? body : at->second);
        };
        server.route_blocking(http::Method::post, "/base/api/v1/query", take);
        server.route_blocking(http::Method::post, "/base/api/v1/query_range", take);
        server.route(http::Method::post, "/never/api/v1/query",
                     [this](http::Request&&, http::Responder&& responder) {
                         const std::lock_guard lock(mutex);
                         held.push_back(std::move(responder));
                     });
        if (!server.start()) qFatal("no server");
    }
    ~Api() {
        {
            const std::lock_guard lock(mutex);
            held.clear();
        }
        server.stop();
    }
    SourceOptions options(const std::string& base = "/base") const {
        SourceOptions options;
        options.name = "production";
        options.access.url = "http://" + server.address() + base;
        return options;
    }

    std::mutex mutex;
    std::vector<http::Request> asked;
    std::vector<http::Responder> held;
    std::map<std::string, std::string> by_query;
    std::string body = empty_vector;
    unsigned status = 200;
    http::Server server{http::ServerOptions{}};
};

const slo::RatioIndicator ratio{{"good_total", {}}, {"all_total", {}}};

}  // namespace

class TestSource : public QObject {
    Q_OBJECT

    http::Client client_;
    core::SystemClock clock_;  // that of the server's Date, too

private slots:
    void questionsAreFormsWithTenantAndCredentials() {
        QTemporaryDir folder;
        Api api;
        SourceOptions options = api.options();
        options.access.token_file = folder.path().toStdString() + "/token";
        QVERIFY(core::write_file_atomically(options.access.token_file, "secret\n"));
        options.access.headers = {{"X-Scope-OrgID", "video"}};
        Source source(options, client_, clock_);
        QVERIFY(source.instant("sum(a{b=\"c&d\"})", core::WallTime(1'500ms)).has_value());
        const http::Request instant = api.asked.at(0);
        QCOMPARE(std::string(instant.headers.get("Authorization")), std::string("Bearer secret"));
        QCOMPARE(std::string(instant.headers.get("X-Scope-OrgID")), std::string("video"));
        QCOMPARE(std::string(instant.headers.get("Content-Type")),
                 std::string("application/x-www-form-urlencoded"));
        const auto form = http::Query::parse(instant.body);
        QCOMPARE(*form.get("query"), std::string("sum(a{b=\"c&d\"})"));
        QCOMPARE(*form.get("time"), std::string("1.500"));
        QCOMPARE(*form.get("timeout"), std::string("10000ms"));
        api.body = R"({"status":"success","data":{"resultType":"matrix","result":[]}})";
        QVERIFY(source.range("a", {core::WallTime(1s), core::WallTime(101s), 10s}).has_value());
        const auto range = http::Query::parse(api.asked.at(1).body);
        QCOMPARE(*range.get("start") + " " + *range.get("end") + " " + *range.get("step"),
                 std::string("1.000 101.000 10"));
    }

    void noQuestionIsAskedThatWouldBeRefused() {
        Api api;
        Source source(api.options(), client_, clock_);
        QVERIFY(!source.range("a", {core::WallTime(0s), core::WallTime(11'000s), 1s}));
        QVERIFY(!source.instant(std::string(70'000, 'a')));
        QVERIFY(api.asked.empty());
        QCOMPARE(source.state().health, SourceHealth::unknown);
    }

    void answersMoveTheState() {
        Api api;
        Source source(api.options(), client_, clock_);
        QVERIFY(source.instant("a").has_value());
        QCOMPARE(source.state().health, SourceHealth::up);
        api.body =
            R"({"status":"success","warnings":["a store is down"],"data":{"resultType":"vector","result":[]}})";
        QVERIFY(source.instant("a")->partial());
        QCOMPARE(source.state().health, SourceHealth::partial);
        api.status = 400;
        api.body = R"({"status":"error","errorType":"bad_data","error":"parse error at char 1"})";
        const auto refused = source.instant("(");
        QCOMPARE(refused.error().code, core::Errc::invalid_argument);
        QVERIFY(refused.error().message.find("the source 'production': bad_data: parse error") == 0);
        QCOMPARE(source.state().failures, 0u);  // the question was wrong, not the source
        api.status = 401;
        api.body = "Unauthorized";
        for (int i = 0; i < 3; ++i) QCOMPARE(source.instant("a").error().code, core::Errc::unauthenticated);
        QCOMPARE(source.state().health, SourceHealth::lost);
        api.status = 200;
        api.body = "<html>a proxy's page</html>";
        QCOMPARE(source.instant("a").error().code, core::Errc::corrupt);
        QCOMPARE(source.state().failures, 4u);
    }

    void tooManySeriesAreRefusedAndTheSourceIsThere() {
        Api api;
        SourceOptions options = api.options();
        options.max_series = 1;
        Source source(options, client_, clock_);
        api.body = R"({"status":"success","data":{"resultType":"vector","result":[)"
                   R"({"metric":{"a":"1"},"value":[1,"1"]},{"metric":{"a":"2"},"value":[1,"1"]}]}})";
        const auto refused = source.instant("a");
        QCOMPARE(refused.error().code, core::Errc::too_large);
        QVERIFY2(refused.error().message.find("2 series, 1 are allowed") != std::string::npos,
                 refused.error().message.c_str());
        QCOMPARE(source.state().failures, 0u);
    }

    void stoppedItLetsGoOfWhoeverWaits() {
        Api api;
        Source source(api.options("/never"), client_, clock_);
        core::Result<Answer> answer;
        std::thread asking([&] { answer = source.instant("a"); });
        QTRY_VERIFY_WITH_TIMEOUT((std::lock_guard(api.mutex), !api.held.empty()), 5'000);
        source.stop();
        asking.join();
        QCOMPARE(answer.error().code, core::Errc::cancelled);
        QCOMPARE(source.instant("a").error().code, core::Errc::cancelled);
        QCOMPARE(source.state().health, SourceHealth::unknown);  // that says nothing about it
    }

    void aClockOfAnotherYearIsTold() {
        Api api;
        test::FakeClock clock;
        Source source(api.options(), client_, clock);
        QVERIFY(source.instant("a").has_value());
        QCOMPARE(source.state().health, SourceHealth::skewed);
        QVERIFY(source.state().ahead->count() > 86'400);
    }

    void whoDoesNotAnswerIsLost() {
        Api api;
        SourceOptions options = api.options("/never");
        options.access.timeout = 100ms;
        Source slow(options, client_, clock_);
        QCOMPARE(slow.instant("a").error().code, core::Errc::timeout);
        QCOMPARE(slow.state().health, SourceHealth::lost);
        options.access.url = "http://127.0.0.1:1";
        Source dead(options, client_, clock_);
        QCOMPARE(dead.instant("a").error().code, core::Errc::unavailable);
        QCOMPARE(dead.state().health, SourceHealth::lost);
    }

    void countsTellNoneFromNoData() {
        Api api;
        Source source(api.options(), client_, clock_);
        QVERIFY(!read_counts(source, ratio, 60)->counts);
        QCOMPARE(api.asked.size(), std::size_t(1));
        api.by_query["sum(increase(all_total[60s]))"] = sum("100.4");
        QCOMPARE(*read_counts(source, ratio, 60)->counts, (slo::Counts{0, 100}));
        api.by_query["sum(increase(good_total[60s]))"] = sum("99.6");
        QCOMPARE(*read_counts(source, ratio, 60)->counts, (slo::Counts{100, 100}));
        // Both are of the same moment: that of the first answer.
        QCOMPARE(*http::Query::parse(api.asked.back().body).get("time"), std::string("1728000000.000"));
        api.by_query["sum(increase(good_total[60s]))"] = sum("250");
        QCOMPARE(*read_counts(source, ratio, 60)->counts, (slo::Counts{100, 100}));
        for (const char* value : {"NaN", "+Inf", "-1", "1e300"}) {
            api.by_query["sum(increase(all_total[60s]))"] = sum(value);
            QVERIFY2(!read_counts(source, ratio, 60)->counts, value);
        }
    }

    void theListIsReadAndMistakesHaveTheirLine() {
        const auto read = [](const std::string& text) -> core::Result<std::vector<SourceOptions>> {
            auto reader = core::ConfigReader::parse(text, "x");
            if (!reader) return core::Failure(reader.error());
            auto sources = read_sources(*reader);
            if (auto done = reader->finish(); !done) return core::Failure(done.error());
            return sources;
        };
        const auto two = read(
            "sources:\n  - {name: a, url: 'http://h/p/', slow_s: 0.5}\n  - {name: b, url: 'https://h', "
            "headers: {X-Scope-OrgID: t}}");
        QVERIFY2(two.has_value(), two ? "" : two.error().message.c_str());
        QCOMPARE(two->at(0).access.url, std::string("http://h/p"));
        QCOMPARE(two->at(0).limits.slow.count(), 0.5);
        for (const auto& [entry, said] :
             {std::pair("{name: a}", "x:2: 'url' is missing"),
              std::pair("{name: A, url: 'http://h'}", "x:2: 'name'"),
              std::pair("{name: a, url: 'http://h', slow_s: 0}", "x:2: 'slow_s'"),
              std::pair("{name: a, url: 'http://h', z: 1}", "x:2: 'z'"),
              std::pair("{name: a, url: 'http://h'}\n  - {name: a, url: 'http://h'}",
                        "x:3: 'name' is given twice")}) {
            const auto wrong = read(std::string("sources:\n  - ") + entry);
            QVERIFY2(!wrong && wrong.error().message.starts_with(said), entry);
        }
    }
};

QTEST_GUILESS_MAIN(TestSource)
#include "tst_source.moc"
