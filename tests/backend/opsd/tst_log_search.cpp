// One request's lines out of all that a site wrote, however much that is and whatever else lies there.

#include <QTest>
#include <fstream>
#include <nlohmann/json.hpp>

#include "opsd/log_search.hpp"
#include "support/opsd_calls.hpp"

using namespace qd;
using namespace std::chrono_literals;
using opsd::LogQuery;
using opsd::search_logs;
using test::OpsdSite;

namespace {

const std::string trace(32, 'a');
const core::WallTime begin{std::chrono::milliseconds(1790000000000)};

/// Seconds that pass with each look at the clock.
class HastyClock final : public core::Clock {
public:
    core::WallTime now() const override { return begin; }
    core::SteadyTime steady_now() const override { return core::SteadyTime(looks_++ * 500ms); }

private:
    mutable int looks_ = 0;
};

std::string line(core::WallTime at, const std::string& instance, const nlohmann::json& more) {
    nlohmann::json value{{"at", core::format_rfc3339(at)},
                         {"level", "info"},
                         {"service", instance.substr(0, instance.find('-'))},
                         {"instance", instance},
                         {"message", "request"}};
    value.update(more);
    return value.dump() + "\n";
}

nlohmann::json answered(const std::string& request, double duration_ms = 12.5) {
    return {{"method", "GET"},
            {"path", "/media/x"},
            {"route", "/media"},
            {"status", 200},
            {"request_id", request},
            {"trace_id", trace},
            {"span_id", "00f067aa0ba902b7"},
            {"duration_ms", duration_ms}};
}

struct Folder {
    QTemporaryDir folder;
    test::FakeClock clock;
    std::filesystem::path path() const { return folder.path().toStdString(); }
    void append(const std::string& name, const std::string& text) const {
        std::ofstream(path() / name, std::ios::app | std::ios::binary) << text;
    }
    static LogQuery query() {
        LogQuery query;
        query.request_id = "r-1";
        query.from = begin - 1h;
        query.to = begin + 1h;
        return query;
    }
    opsd::LogFindings find(const LogQuery& query) const { return search_logs(path(), query, clock).value(); }
};

}  // namespace

class TestLogSearch : public QObject {
    Q_OBJECT
private slots:
    void the_gateways_and_the_apis_line_of_a_request_are_found_in_order_with_their_spans() {
        Folder logs;
        logs.append("api-1.log", line(begin + 9ms, "api-1", answered("r-1", 4)));
        logs.append("api-1.log", line(begin + 9ms, "api-1", answered("r-2")));
        logs.append("gateway-1.log", line(begin + 12ms, "gateway-1", answered("r-1", 11)));
        logs.append("gateway-1.log",
                    line(begin + 10ms, "gateway-1",
                         {{"level", "warning"}, {"message", "retrying"}, {"request_id", "r-1"}}));
        const auto found = logs.find(Folder::query());
        QCOMPARE(found.lines.size(), std::size_t(3));
        QCOMPARE(found.lines[0].instance, std::string("api-1"));
        QCOMPARE(found.lines[1].message, std::string("retrying"));
        QCOMPARE(found.lines[1].level, std::string("warning"));
        QCOMPARE(found.lines[2].service, std::string("gateway"));
        QCOMPARE(nlohmann::json::parse(found.lines[2].fields)["path"].get<std::string>(),
                 std::string("/media/x"));
        QCOMPARE(found.spans.size(), std::size_t(2));
        QCOMPARE(found.spans[0].instance, std::string("gateway-1"));
        QCOMPARE(found.spans[0].name, std::string("GET /media"));
        QCOMPARE(found.spans[0].started_at, begin + 1ms);
        QCOMPARE(found.spans[1].duration_ms, 4.0);
        QCOMPARE(found.stopped, std::string());
        QCOMPARE(found.files, std::size_t(2));
    }

    void a_trace_finds_all_its_requests_and_an_id_in_some_text_is_no_field() {
        Folder logs;
        logs.append("a.log", line(begin, "api-1", answered("r-1")));
        logs.append("a.log", line(begin + 1ms, "api-1", answered("r-2")));
        const std::string quoted = "he said \"request_id\":\"r-1\" and \"trace_id\":\"" + trace + "\"";
        logs.append("a.log", line(begin, "api-1", {{"message", quoted}}));
        logs.append("a.log", line(begin, "api-1", {{"inner", {{"request_id", "r-1"}, {"trace_id", trace}}}}));
        LogQuery query = Folder::query();
        QCOMPARE(logs.find(query).lines.size(), std::size_t(1));
        query.request_id.clear();
        query.trace_id = trace;
        QCOMPARE(logs.find(query).lines.size(), std::size_t(2));
    }

    void garbage_is_passed_over() {
        Folder logs;
        std::string bytes;
        for (int i = 0; i < 100'000; ++i) bytes += char(i * 7919 % 256);
        logs.append("api-1.log", bytes + "\n" + line(begin, "api-1", answered("r-1")) + bytes);
        logs.append("b.log", "{\"request_id\":\"r-1\"}\n{\"at\":\"today\",\"request_id\":\"r-1\"}\n");
        logs.append("b.log", "{\"at\":7,\"request_id\":\"r-1\"}\n[\"request_id\":\"r-1\"]\n\n\n");
        logs.append("b.log",
                    line(begin, "x", {{"request_id", "r-1"}, {"message", std::string(70'000, 'm')}}));
        logs.append("c.log", line(begin, "x", answered("r-1")).substr(0, 150));  // still being written
        logs.append("notes.txt", line(begin, "x", answered("r-1")));
        std::filesystem::create_symlink("/dev/zero", logs.path() / "zero.log");
        std::filesystem::create_directory(logs.path() / "folder.log");
        const auto found = logs.find(Folder::query());
        QCOMPARE(found.lines.size(), std::size_t(1));
        QCOMPARE(found.stopped, std::string());
        QVERIFY(search_logs(logs.path() / "nowhere", Folder::query(), logs.clock)->lines.empty());
    }

    /// Lines at every place relative to where blocks are cut, in current and rotated files.
    void large_files_are_read_from_their_end_and_every_line_once() {
        Folder logs;
        std::string text;
        for (int i = 0; i < 30'000; ++i)
            text += line(begin + std::chrono::milliseconds(i), "api-1",
                         {{"request_id", i % 100 == 0 ? "r-1" : "other"},
                          {"number", i},
                          {"filling", std::string(std::size_t(i % 211), '.')}});
        logs.append("api-1.1.log", text);
        LogQuery query = Folder::query();
        query.limit = 1'000;
        const auto found = logs.find(query);
        QCOMPARE(found.lines.size(), std::size_t(300));
        QVERIFY(found.bytes == text.size());
        for (std::size_t i = 0; i < 300; ++i)
            QCOMPARE(nlohmann::json::parse(found.lines[i].fields)["number"].get<std::size_t>(), i * 100);
        query.limit = 10;
        const auto newest = logs.find(query);
        QCOMPARE(newest.stopped, std::string("lines"));
        QCOMPARE(newest.lines.size(), std::size_t(10));
        QCOMPARE(nlohmann::json::parse(newest.lines[0].fields)["number"].get<int>(), 29'000);
        QVERIFY(newest.bytes < text.size());
    }

    void a_search_ends_by_itself_and_says_why() {
        Folder logs;
        logs.append("a.log", line(begin, "api-1", answered("r-1")));
        for (int i = 0; i < 6; ++i) logs.append("a.log", std::string(1u << 20, 'x') + "\n");
        LogQuery query = Folder::query();
        query.most_bytes = 2u << 20;
        auto found = logs.find(query);
        QCOMPARE(found.stopped, std::string("bytes"));
        QVERIFY(found.bytes <= 3u << 20);
        query = Folder::query();
        found = search_logs(logs.path(), query, HastyClock()).value();
        QCOMPARE(found.stopped, std::string("time"));
        QVERIFY(found.took >= 2s);
        QCOMPARE(logs.find(Folder::query()).lines.size(), std::size_t(1));
    }

    void only_the_time_that_is_asked_for_is_looked_at() {
        Folder logs;
        for (int minute = 0; minute < 10; ++minute)
            logs.append("a.log", line(begin + std::chrono::minutes(minute), "api-1", answered("r-1")));
        LogQuery query = Folder::query();
        query.from = begin + 3min;
        query.to = begin + 5min;
        QCOMPARE(logs.find(query).lines.size(), std::size_t(3));
        std::filesystem::last_write_time(logs.path() / "a.log",
                                         std::filesystem::file_time_type::clock::now() - 87600h);
        QCOMPARE(logs.find(query).files, std::size_t(0));
    }

    void what_can_be_no_id_is_refused() {
        Folder logs;
        const auto refused = [&](const std::string& trace_id, const std::string& request_id) {
            LogQuery query = Folder::query();
            query.trace_id = trace_id;
            query.request_id = request_id;
            const auto found = search_logs(logs.path(), query, logs.clock);
            return !found && found.error().code == core::Errc::invalid_argument;
        };
        QVERIFY(refused("", ""));
        QVERIFY(refused("AA" + trace.substr(2), ""));
        QVERIFY(refused(trace + "a", ""));
        QVERIFY(refused("", "a\"b"));
        QVERIFY(refused("", std::string(129, 'a')));
        LogQuery backwards = Folder::query();
        std::swap(backwards.from, backwards.to);
        QVERIFY(!search_logs(logs.path(), backwards, logs.clock));
    }

    void opsd_and_its_client_tell_it() {
        OpsdSite site;
        site.start();
        const auto now = site.clock.now();
        std::filesystem::create_directories(site.data() / "logs");
        std::ofstream(site.data() / "logs" / "gateway-1.log")
            << line(now - 2h, "gateway-1", answered("r-1")) << line(now, "gateway-1", answered("r-1", 11));
        test::Answer<opsclient::RequestLog> answer;
        opsclient::RequestLogQuery query;
        query.request_id = "r-1";
        site.client->request_log(query, answer.callback());
        const auto log = answer.get();
        QVERIFY2(log, log ? "" : log.error().message.c_str());
        QCOMPARE(log->lines.size(), std::size_t(1));
        QCOMPARE(log->lines[0].service, std::string("gateway"));
        QVERIFY(std::ranges::find(log->lines[0].fields, std::pair<std::string, std::string>(
                                                            "status", "200")) != log->lines[0].fields.end());
        QCOMPARE(log->spans.size(), std::size_t(1));
        QCOMPARE(log->spans[0].duration_ms, 11.0);
        QCOMPARE(log->spans[0].status, std::uint64_t(200));
        QVERIFY(log->complete);
        QCOMPARE(log->files, std::size_t(1));
        test::Answer<opsclient::RequestLog> longer;
        query.request_id.clear();
        query.trace_id = trace;
        query.from = now - 3h;
        query.limit = 1;
        site.client->request_log(query, longer.callback());
        QCOMPARE(longer.get()->stopped, std::string("lines"));
        for (const char* path : {"/logs", "/logs?request=a%22b", "/logs?request=r-1&limit=0", "/logs?trace=x",
                                 "/logs?request=r-1&from=yesterday"})
            QCOMPARE(test::api::get(site, path).status, 400u);
        QCOMPARE(test::api::get(site, "/logs?request=r-9").body["items"].size(), std::size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestLogSearch)
#include "tst_log_search.moc"
