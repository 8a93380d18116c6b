// Feature flags over the real API: who may change what, what is told of it, and what is in the file.

#include <QtTest>
#include <nlohmann/json.hpp>

#include "flags/document.hpp"
#include "storage/event_log.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using nlohmann::json;
using test::OpsdSite;

namespace {

struct FlagAnswer {
    unsigned status = 0;
    json body;
    std::string etag;
    std::string said() const { return body.is_object() ? body.value("detail", body.dump()) : body.dump(); }
};

struct FlagSite : OpsdSite {
    explicit FlagSite(const std::string& settings = {}) {
        more_config = settings;
        start();
    }
    FlagAnswer call(http::Method method, const std::string& path, const json& body = nullptr,
                    http::Headers headers = {}) {
        http::ClientRequest request;
        request.method = method;
        request.url = "http://" + opsd->address() + "/api/v1" + path;
        request.headers = std::move(headers);
        if (request.headers.get("Authorization").empty())
            request.headers.set("Authorization", std::string("Bearer ") + test::token);
        if (!body.is_null()) request.body = body.dump();
        const auto response = http.fetch(std::move(request));
        if (!response) qFatal("%s", response.error().message.c_str());
        return {response->status, json::parse(response->body, nullptr, false),
                std::string(response->headers.get("ETag"))};
    }
    FlagAnswer get(const std::string& path) { return call(http::Method::get, path); }
    FlagAnswer post(const std::string& path, const json& body) {
        return call(http::Method::post, path, body);
    }
    FlagAnswer put(const std::string& path, const json& body, http::Headers headers = {}) {
        return call(http::Method::put, path, body, std::move(headers));
    }
    flags::Document file() const {
        const auto text = core::read_file(data() / "run" / "flags.json");
        const auto document = text ? flags::read_document(*text) : core::Failure(text.error());
        if (!document) qFatal("%s", document.error().message.c_str());
        return *document;
    }
    const flags::Flag flag(const std::string& key) const {
        for (const flags::Flag& one : file().flags)
            if (one.key == key) return one;
        return {};
    }
};

json uploads_flag(const char* fallback = "on") {
    return {
        {"variants", {{"on", true}, {"off", false}}},
        {"defaultVariant", fallback},
        {"killVariant", "off"},
        {"targeting", {{{"when", {{{"attribute", "targetingKey"}, {"equals", "kim"}}}}, {"variant", "on"}}}}};
}

const json why{{"reason", "the disk is full"}};

}  // namespace

class TestFlagRoutes : public QObject {
    Q_OBJECT

private slots:
    void a_site_begins_with_the_flags_that_its_code_reads() {
        FlagSite site;
        const FlagAnswer list = site.get("/flags");
        QCOMPARE(list.status, 200u);
        QCOMPARE(list.body["items"].size(), std::size_t(2));
        QCOMPARE(list.body["items"][0]["key"].get<std::string>(), std::string("playback.max-rendition"));
        QCOMPARE(list.body["items"][1]["actor"].get<std::string>(), std::string("opsd"));
        QCOMPARE(site.file().revision, std::uint64_t(2));
        QVERIFY(site.flag("uploads.enabled").enabled);
        QCOMPARE(site.get("/flags/none").status, 404u);
    }

    void a_change_is_in_the_file_and_in_the_history() {
        FlagSite site;
        const FlagAnswer changed =
            site.put("/flags/uploads.enabled", {{"reason", "a trial"}, {"flag", uploads_flag("off")}},
                     {{"If-Match", "\"2\""}});
        QVERIFY2(changed.status == 200, changed.said().c_str());
        QCOMPARE(changed.body["revision"].get<int>(), 3);
        QCOMPARE(changed.etag, std::string("\"3\""));
        QCOMPARE(site.file().revision, std::uint64_t(3));
        QCOMPARE(site.flag("uploads.enabled").default_variant, std::string("off"));
        QCOMPARE(site.flag("uploads.enabled").targeting.size(), std::size_t(1));

        const auto history = site.get("/flags/uploads.enabled/history").body["items"];
        QCOMPARE(history.size(), std::size_t(2));
        QCOMPARE(history[0]["reason"].get<std::string>(), std::string("a trial"));
        QCOMPARE(history[0]["flag"]["defaultVariant"].get<std::string>(), std::string("off"));
        QCOMPARE(history[1]["action"].get<std::string>(), std::string("create"));

        // A flag of one's own; its numbers and texts stay what they are.
        const json own{{"variants", {{"a", "480"}, {"b", "x: [y"}}}, {"defaultVariant", "a"}};
        QCOMPARE(site.put("/flags/mine", {{"reason", "r"}, {"flag", own}}, {{"If-Match", "\"0\""}}).status,
                 200u);
        QVERIFY(site.flag("mine").variants.at(0).value == flags::Value(std::string("480")));
        QCOMPARE(site.get("/flags").body["revision"].get<int>(), 4);
    }

    void another_hand_was_first() {
        FlagSite site;
        const json body{{"reason", "r"}, {"flag", uploads_flag("off")}};
        const FlagAnswer late = site.put("/flags/uploads.enabled", body, {{"If-Match", "\"1\""}});
        QCOMPARE(late.status, 412u);
        QCOMPARE(late.body["revision"].get<int>(), 2);
        QCOMPARE(late.etag, std::string("\"2\""));
        QCOMPARE(site.file().revision, std::uint64_t(2));
        QCOMPARE(site.put("/flags/new", body, {{"If-Match", "\"1\""}}).status, 412u);
        // The same request again is answered the same, and done once.
        for (int i = 0; i < 2; ++i)
            QCOMPARE(site.put("/flags/uploads.enabled", body, {{"Idempotency-Key", "k"}}).body["revision"],
                     3);
        QCOMPARE(site.put("/flags/uploads.enabled", body).status, 409u);  // exactly so already
        QCOMPARE(site.file().revision, std::uint64_t(3));
    }

    void what_does_not_fit_is_refused_with_its_reason() {
        FlagSite site;
        const auto refused = [&](const json& body, const char* said) {
            const FlagAnswer answer = site.put("/flags/f", body);
            return answer.status == 400 && answer.said().find(said) != std::string::npos
                       ? std::string()
                       : std::to_string(answer.status) + answer.said();
        };
        const json good{{"variants", {{"a", 1}}}, {"defaultVariant", "a"}};
        QCOMPARE(refused({{"flag", good}}, "reason: is needed"), std::string());
        QCOMPARE(refused({{"reason", " \n"}, {"flag", good}}, "reason: is needed"), std::string());
        QCOMPARE(refused({{"reason", "r"}}, "flag: is missing"), std::string());
        QCOMPARE(refused({{"reason", "r"}, {"flag", {{"variants", {{"a", 1}}}, {"defaultVariant", "b"}}}},
                         "the default variant 'b' is none of the flag's"),
                 std::string());
        json lonely = good;
        lonely["prerequisites"] = {{{"flag", "gone"}, {"variants", {"x"}}}};
        QCOMPARE(refused({{"reason", "r"}, {"flag", lonely}}, "its prerequisite 'gone' does not exist"),
                 std::string());
        QCOMPARE(site.file().revision, std::uint64_t(2));
    }

    void killed_and_restored() {
        FlagSite site;
        QCOMPARE(site.post("/flags/uploads.enabled/kill", json::object()).status, 400u);  // no reason
        const FlagAnswer killed = site.post("/flags/uploads.enabled/kill", why);
        QVERIFY2(killed.status == 200, killed.said().c_str());
        QCOMPARE(killed.body["action"].get<std::string>(), std::string("kill"));
        QCOMPARE(killed.body["flag"]["state"].get<std::string>(), std::string("DISABLED"));
        QVERIFY(!site.flag("uploads.enabled").enabled);
        QCOMPARE(site.post("/flags/uploads.enabled/kill", why).status, 409u);
        QCOMPARE(site.post("/flags/uploads.enabled/restore", why).status, 200u);
        QVERIFY(site.flag("uploads.enabled").enabled);
        QCOMPARE(site.post("/flags/none/kill", why).status, 404u);
        QCOMPARE(site.get("/flags/uploads.enabled/history").body["items"].size(), std::size_t(3));
    }

    void who_may_not_is_refused() {
        FlagSite site("rollouts: {read_only: true, read_only_reason: the site moves}\n");
        const FlagAnswer refused = site.post("/flags/uploads.enabled/kill", why);
        QCOMPARE(refused.status, 403u);
        QCOMPARE(refused.said(),
                 std::string("flags are not changed either: rollouts are read-only here: the site moves"));
        QCOMPARE(site.get("/flags").status, 200u);
        const http::Headers stranger{{"Authorization", "Bearer 00000000000000000000000000000000"}};
        QCOMPARE(site.call(http::Method::get, "/flags", nullptr, stranger).status, 401u);
    }

    void changes_are_told_to_open_incidents_and_kept_as_changes_of_the_site() {
        FlagSite site;
        const FlagAnswer opened =
            site.post("/incidents", {{"title", "uploads fail"}, {"severity", 2}, {"service", "api"}});
        QVERIFY2(opened.status == 201, opened.said().c_str());
        QCOMPARE(site.post("/flags/uploads.enabled/kill", why).status, 200u);
        const std::string id = opened.body["id"];
        const auto timeline = site.get("/incidents/" + id + "/timeline").body["items"];
        const auto told = timeline.back();
        QCOMPARE(told["kind"].get<std::string>(), std::string("flag"));
        QVERIFY2(told.dump().find("Flag uploads.enabled was killed (revision 3): the disk is full.") !=
                     std::string::npos,
                 told.dump().c_str());
        const auto changes = site.get("/changes").body["items"];
        QCOMPARE(changes[0]["kind"].get<std::string>(), std::string("flag"));
        QCOMPARE(changes[0]["subject"].get<std::string>(), std::string("uploads.enabled"));
    }

    void reach_is_what_the_processes_say() {
        FlagSite site;
        const auto says = [&](int revision) {
            site.gateway.tell_flags(json{{"revision", revision},
                                         {"error", nullptr},
                                         {"pins", {{"uploads.enabled", "off"}, {"gone", "x"}}},
                                         {"flags", {{"uploads.enabled", {{"pinned", true}}}}}}
                                        .dump());
        };
        says(2);
        QCOMPARE(site.post("/flags/uploads.enabled/kill", why).status, 200u);
        const auto reach = [&] { return site.get("/flags/uploads.enabled").body["reach"]; };
        QTRY_COMPARE(reach()["processes"].get<int>(), 1);
        QCOMPARE(reach()["reached"].get<int>(), 0);
        QCOMPARE(reach()["behind"][0].get<std::string>(), std::string("gateway-1"));
        site.clock.advance(std::chrono::milliseconds(300));
        says(3);
        QTRY_COMPARE(reach()["reached"].get<int>(), 1);
        QCOMPARE(reach()["after_s"].get<double>(), 0.3);
        QCOMPARE(site.get("/flags/uploads.enabled").body["pinned"]["gateway-1"].get<std::string>(),
                 std::string("off"));
        QVERIFY(site.get("/flags/playback.max-rendition").body["pinned"].empty());
        QCOMPARE(site.get("/flags").body["processes"][0]["revision"].get<int>(), 3);
    }

    void a_restart_goes_on_where_it_was_and_mends_the_file() {
        FlagSite site;
        QCOMPARE(site.post("/flags/uploads.enabled/kill", why).status, 200u);
        const flags::Document before = site.file();
        site.stop();
        QVERIFY(core::write_file_atomically(site.data() / "run" / "flags.json", "flags: nonsense"));
        site.start();
        QVERIFY(site.file() == before);
        QCOMPARE(site.get("/flags").body["revision"].get<int>(), 3);
        QCOMPARE(site.post("/flags/uploads.enabled/restore", why).body["revision"].get<int>(), 4);
    }

    void a_file_that_cannot_be_written_is_written_when_it_can() {
        FlagSite site;
        site.stop();
        const auto run = site.data() / "run";
        std::filesystem::remove_all(run);
        QVERIFY(core::write_file_atomically(run, "in the way"));
        site.start();  // alerts and incidents matter more
        QCOMPARE(site.post("/flags/uploads.enabled/kill", why).status, 200u);
        std::filesystem::remove(run);
        site.pass(1);
        QCOMPARE(site.file().revision, std::uint64_t(3));
    }

    void the_typed_client_reads_all_of_it() {
        FlagSite site;
        test::Answer<opsclient::FlagView> killed;
        site.client->kill_flag("uploads.enabled", "the disk is full", 2, killed.callback());
        const auto view = killed.get();
        QVERIFY2(view.has_value(), view ? "" : view.error().message.c_str());
        QVERIFY(!view->flag().enabled && view->last.revision == 3);
        test::Answer<opsclient::FlagList> listed;
        site.client->flags(listed.callback());
        const auto list = listed.get();
        QVERIFY2(list.has_value(), list ? "" : list.error().message.c_str());
        QCOMPARE(list->items.size(), std::size_t(2));
        QVERIFY(list->items[1].last == view->last);
        test::Answer<std::vector<opsclient::FlagChange>> told;
        site.client->flag_history("uploads.enabled", told.callback());
        QCOMPARE(told.get()->size(), std::size_t(2));
        flags::Flag flag = view->flag();
        flag.enabled = true;
        test::Answer<opsclient::FlagView> late, set;
        site.client->set_flag(flag, "r", 2, late.callback());
        QVERIFY(late.get().error().code == core::Errc::precondition_failed);
        site.client->set_flag(flag, "r", 3, set.callback());
        QVERIFY(set.get()->flag() == flag);
    }
};

QTEST_GUILESS_MAIN(TestFlagRoutes)
#include "tst_flag_routes.moc"
