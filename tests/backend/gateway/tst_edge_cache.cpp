// The edge cache without a network: hits, single flight, expiry, stale answers, limits, and what is on disk.

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>

#include "core/random.hpp"
#include "gateway/edge_cache.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace std::chrono_literals;
using gateway::CacheResult;
using gateway::EdgeCache;
namespace fs = std::filesystem;

namespace {

http::Response origin(std::string body, std::string control = "max-age=60") {
    http::Response response = http::Response::text(200, std::move(body), "video/mp4");
    response.headers.add("Cache-Control", std::move(control));
    response.headers.add("ETag", "\"v1\"");
    response.headers.add("X-Served-By", "api/v1/api-1");
    response.headers.add("X-Attempts", "1");
    return response;
}

std::string body_of(const http::Response& response) {
    if (const auto* text = std::get_if<std::string>(&response.body)) return *text;
    if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&response.body)) return **shared;
    const auto& file = std::get<http::FileBody>(response.body);
    std::string text(file.size, '\0');
    if (::pread(file.file->get(), text.data(), text.size(), off_t(file.offset)) != ssize_t(text.size()))
        return "unreadable";
    return text;
}

std::string large(char letter) {
    return std::string(100'000, letter);
}

}  // namespace

class TestEdgeCache : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    gateway::CacheOptions options_;
    test::FakeClock clock_;
    std::unique_ptr<EdgeCache> cache_;

    // The origin: what it will answer, and how often it was asked.
    std::vector<std::function<void(http::Response)>> asked_;
    std::vector<std::string> etags_;
    struct Got {
        http::Response response;
        CacheResult result;
    };
    std::vector<Got> got_;

    void ask(const std::string& key, http::Headers headers = {}) {
        auto request = std::make_shared<http::Request>();
        request->headers = std::move(headers);
        cache_->serve(
            request, key,
            [this](const std::string& etag, auto done) {
                etags_.push_back(etag);
                asked_.push_back(done);
            },
            [this](http::Response response, CacheResult result) {
                got_.push_back({std::move(response), result});
            });
    }
    void origin_answers(http::Response response) {
        auto done = asked_.back();
        asked_.pop_back();
        done(std::move(response));
    }
    std::size_t files() const {
        return std::size_t(std::distance(fs::directory_iterator(options_.folder), fs::directory_iterator()));
    }

private slots:
    void init() {
        options_.folder = fs::path(folder_.path().toStdString()) / "cache";
        options_.capacity_bytes = 350'000;
        cache_.reset();  // with its writer: nothing is written while the folder goes
        fs::remove_all(options_.folder);
        cache_ = std::make_unique<EdgeCache>(options_, clock_);
        QVERIFY(cache_->open());
        asked_.clear();
        etags_.clear();
        got_.clear();
    }

    void a_miss_asks_once_for_all_and_then_hits() {
        for (int i = 0; i < 5; ++i) ask("s/a");
        QCOMPARE(asked_.size(), std::size_t(1));
        origin_answers(origin("hello"));
        QCOMPARE(got_.size(), std::size_t(5));
        for (const Got& got : got_) {
            QCOMPARE(got.result, CacheResult::miss);
            QCOMPARE(body_of(got.response), std::string("hello"));
        }
        clock_.advance(7s);
        ask("s/a");
        QCOMPARE(got_.back().result, CacheResult::hit);
        QCOMPARE(body_of(got_.back().response), std::string("hello"));
        QCOMPARE(std::string(got_.back().response.headers.get("Age")), std::string("7"));
        QCOMPARE(std::string(got_.back().response.headers.get("X-Served-By")), std::string("api/v1/api-1"));
        QCOMPARE(std::string(got_.back().response.headers.get("X-Attempts")), std::string("0"));
        ask("c/a");  // the other arm
        QCOMPARE(asked_.size(), std::size_t(1));
    }

    void ranges_are_cut_from_the_whole_on_a_miss_as_on_a_hit() {
        ask("s/a", {{"Range", "bytes=1-3"}});
        origin_answers(origin("hello"));
        ask("s/a", {{"Range", "bytes=-2"}});
        QCOMPARE(got_[0].response.status, 206u);
        QCOMPARE(body_of(got_[0].response), std::string("ell"));
        QCOMPARE(body_of(got_[1].response), std::string("lo"));
        ask("s/a", {{"If-None-Match", "\"v1\""}});
        QCOMPARE(got_[2].response.status, 304u);
    }

    void expired_objects_are_asked_for_again_with_their_tag() {
        ask("s/a");
        origin_answers(origin("hello"));
        clock_.advance(61s);
        ask("s/a");
        QCOMPARE(etags_.back(), std::string("\"v1\""));
        origin_answers(http::Response::empty(304));
        QCOMPARE(got_.back().result, CacheResult::hit);
        QCOMPARE(body_of(got_.back().response), std::string("hello"));
        ask("s/a");
        QCOMPARE(got_.back().result, CacheResult::hit);
        QVERIFY(asked_.empty());
    }

    void an_origin_in_trouble_is_covered_by_what_is_kept() {
        ask("s/a");
        origin_answers(origin("hello"));
        clock_.advance(61s);
        ask("s/a");
        origin_answers(http::problem(503, "down", ""));
        QCOMPARE(got_.back().result, CacheResult::stale);
        QCOMPARE(got_.back().response.status, 200u);
        ask("s/b");
        origin_answers(http::problem(503, "down", ""));
        QCOMPARE(got_.back().response.status, 503u);
    }

    void what_may_not_be_kept_is_passed_on() {
        for (int i = 0; i < 2; ++i) {
            ask("s/a");
            origin_answers(origin("hello", "no-store"));
            QCOMPARE(got_.back().result, CacheResult::miss);
        }
        ask("s/b");
        origin_answers(http::problem(404, "no", ""));
        ask("s/b");
        QCOMPARE(asked_.size(), std::size_t(1));
    }

    void files_stay_within_the_limit_and_the_oldest_goes_first() {
        for (const char letter : {'a', 'b', 'c'}) {
            ask(std::string("s/") + letter);
            origin_answers(origin(large(letter)));
        }
        ask("s/a");
        ask("s/d");
        origin_answers(origin(large('d')));  // b goes: a was used since
        QVERIFY(cache_->bytes() <= options_.capacity_bytes);
        QTRY_COMPARE(files(), std::size_t(3));
        ask("s/a");
        QCOMPARE(got_.back().result, CacheResult::hit);
        QCOMPARE(body_of(got_.back().response), large('a'));
        ask("s/b");
        QCOMPARE(asked_.size(), std::size_t(1));
    }

    void large_objects_come_from_their_file_once_it_is_written() {
        ask("s/a");
        origin_answers(origin(large('a')));
        const auto served_from_file = [this] {
            ask("s/a");
            return std::holds_alternative<http::FileBody>(got_.back().response.body);
        };
        QTRY_VERIFY(served_from_file());
        QCOMPARE(body_of(got_.back().response), large('a'));
    }

    void a_folder_that_was_emptied_makes_a_miss() {
        ask("s/a");
        origin_answers(origin(large('a')));
        QTRY_COMPARE(files(), std::size_t(1));
        ask("s/a");
        QTRY_VERIFY((ask("s/a"), std::holds_alternative<http::FileBody>(got_.back().response.body)));
        fs::remove_all(options_.folder);
        ask("s/a");
        QCOMPARE(asked_.size(), std::size_t(1));
    }

    void purging_forgets_and_a_new_life_begins_empty() {
        ask("s/media/1/x");
        origin_answers(origin(large('a')));
        ask("s/media/2/x");
        origin_answers(origin(large('b')));
        cache_->purge([](std::string_view key) { return key.find("/media/1/") != key.npos; });
        ask("s/media/2/x");
        QCOMPARE(got_.back().result, CacheResult::hit);
        ask("s/media/1/x");
        QCOMPARE(asked_.size(), std::size_t(1));
        got_.clear();
        cache_.reset();
        cache_ = std::make_unique<EdgeCache>(options_, clock_);
        QVERIFY(cache_->open());
        QCOMPARE(files(), std::size_t(0));
    }

    void what_was_being_fetched_when_it_was_purged_is_not_kept() {
        ask("s/media/1/x");
        cache_->purge([](std::string_view key) { return key.find("/media/1/") != key.npos; });
        origin_answers(origin("of before the removal"));
        QCOMPARE(body_of(got_.back().response), std::string("of before the removal"));
        ask("s/media/1/x");
        QCOMPARE(asked_.size(), std::size_t(1));
        origin_answers(origin("anew"));
        ask("s/media/1/x");
        QCOMPARE(got_.back().result, CacheResult::hit);
    }

    void what_is_gone_from_the_origin_is_not_served_as_stale_later() {
        ask("s/a");
        origin_answers(origin("hello"));
        clock_.advance(61s);
        ask("s/a");
        origin_answers(http::problem(404, "no", ""));
        ask("s/a");
        origin_answers(http::problem(503, "down", ""));
        QCOMPARE(got_.back().response.status, 503u);
    }

    void a_folder_that_cannot_be_made_is_an_error() {
        gateway::CacheOptions options = options_;
        options.folder = "/proc/nothing/here";
        EdgeCache cache(options, clock_);
        QVERIFY(!cache.open());
    }
};

QTEST_GUILESS_MAIN(TestEdgeCache)
#include "tst_edge_cache.moc"
