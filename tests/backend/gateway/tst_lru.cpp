// The cache's index against a naive model, over long random runs.

#include <QtTest>
#include <algorithm>
#include <numeric>

#include "core/random.hpp"
#include "gateway/lru.hpp"

using namespace qd;

namespace {

/// The same by a list, most recently used first.
struct Model {
    struct Entry {
        std::string key;
        int value;
        std::uint64_t cost;
    };
    std::uint64_t capacity;
    std::vector<Entry> entries;

    auto at(const std::string& key) {
        return std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
    }
    std::uint64_t cost() const {
        return std::accumulate(entries.begin(), entries.end(), std::uint64_t(0),
                               [](std::uint64_t sum, const Entry& e) { return sum + e.cost; });
    }
    void put(const std::string& key, int value, std::uint64_t size) {
        if (at(key) != entries.end()) entries.erase(at(key));
        if (size > capacity) return;
        while (cost() + size > capacity) entries.pop_back();
        entries.insert(entries.begin(), {key, value, size});
    }
    std::optional<int> find(const std::string& key) {
        const auto found = at(key);
        if (found == entries.end()) return std::nullopt;
        std::rotate(entries.begin(), found, found + 1);
        return entries.front().value;
    }
};

}  // namespace

class TestLru : public QObject {
    Q_OBJECT

private slots:
    void behaves_as_the_model() {
        core::SeededRandom random(11);
        gateway::Lru<int> lru(1'000);
        Model model{1'000, {}};
        for (int i = 0; i < 30'000; ++i) {
            const std::string key = "k" + std::to_string(random.below(60));
            switch (random.below(4)) {
                case 0: {
                    const std::uint64_t cost = random.below(20) == 0 ? 1'001 : random.below(200);
                    lru.put(key, i, cost);
                    model.put(key, i, cost);
                    break;
                }
                case 1: {
                    const auto taken = lru.take(key);
                    const auto found = model.at(key);
                    QCOMPARE(taken.has_value(), found != model.entries.end());
                    if (taken) model.entries.erase(found);
                    break;
                }
                default: {
                    const int* found = lru.find(key);
                    const auto expected = model.find(key);
                    QCOMPARE(found != nullptr, expected.has_value());
                    if (found) QCOMPARE(*found, *expected);
                }
            }
            QCOMPARE(lru.size(), model.entries.size());
            QCOMPARE(lru.cost(), model.cost());
            QVERIFY(lru.cost() <= 1'000);
        }
    }

    void looking_without_using_keeps_the_order() {
        gateway::Lru<int> lru(2);
        lru.put("a", 1, 1);
        lru.put("b", 2, 1);
        QCOMPARE(*lru.peek("a"), 1);
        lru.put("c", 3, 1);
        QVERIFY(!lru.peek("a"));
        QVERIFY(lru.peek("b"));
    }

    void tells_what_had_to_go() {
        gateway::Lru<int> lru(10);
        QVERIFY(lru.put("a", 1, 5).empty());
        QVERIFY(lru.put("b", 2, 5).empty());
        lru.find("a");
        QCOMPARE(lru.put("c", 3, 5), std::vector<int>{2});
        QCOMPARE(lru.put("a", 4, 5), std::vector<int>{1});
        QCOMPARE(lru.put("d", 5, 11), std::vector<int>{5});
        QCOMPARE(lru.take_if([](std::string_view key) { return key == "c"; }), std::vector<int>{3});
    }
};

QTEST_GUILESS_MAIN(TestLru)
#include "tst_lru.moc"
