#include <QTemporaryDir>
#include <QTest>

#include "silences/engine/silence_store.hpp"
#include "support/fake_clock.hpp"

using namespace qd;
using namespace qd::silences;
using namespace std::chrono_literals;

namespace {

struct Kept {
    QTemporaryDir folder;
    test::FakeClock clock;
    core::SeededRandom random{1};
    std::unique_ptr<SilenceStore> store;

    Kept() { reopen(); }
    void reopen() {
        store.reset();
        auto opened = SilenceStore::open(folder.filePath("s.sqlite").toStdString(), clock, random);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
    }
    Silence draft(std::chrono::milliseconds lasts = 1h) {
        Silence silence;
        silence.matchers = {{"service", "gateway", false, true}};
        silence.starts_at = clock.now();
        silence.ends_at = clock.now() + lasts;
        silence.comment = "planned";
        return silence;
    }
};

}  // namespace

class TestSilenceStore : public QObject {
    Q_OBJECT

private slots:
    void itGoesThroughItsStates() {
        Silence silence;
        silence.starts_at = core::WallTime(10min);
        silence.ends_at = core::WallTime(20min);
        QCOMPARE(state_at(silence, core::WallTime(10min) - 1ms), SilenceState::pending);
        QCOMPARE(state_at(silence, core::WallTime(10min)), SilenceState::active);
        QVERIFY(!ends_soon(silence, core::WallTime(15min) - 1ms, 5min));
        QVERIFY(ends_soon(silence, core::WallTime(15min), 5min));
        QCOMPARE(state_at(silence, core::WallTime(20min)), SilenceState::expired);
        QVERIFY(!ends_soon(silence, core::WallTime(20min), 5min));
        QVERIFY(!ends_soon(silence, core::WallTime(9min), 60min));  // not yet begun
    }

    void whatIsKeptSurvivesARestart() {
        Kept kept;
        const auto made = kept.store->create(kept.draft(), "anna");
        QVERIFY(made.has_value());
        QCOMPARE(made->created_by, std::string("anna"));
        const auto longer = kept.store->extend(made->id, made->ends_at + 30min);
        QVERIFY(longer.has_value());
        kept.reopen();
        QCOMPARE(kept.store->list(), std::vector<Silence>{*longer});
        kept.clock.advance(1s);
        const auto over = kept.store->expire(made->id);
        QCOMPARE(over->ends_at, kept.clock.now());
        kept.reopen();
        QCOMPARE(state_at(kept.store->list().front(), kept.clock.now()), SilenceState::expired);
        // It is over: nothing more can be done with it.
        QCOMPARE(kept.store->extend(made->id, kept.clock.now() + 1h).error().code, core::Errc::conflict);
        QCOMPARE(kept.store->expire(made->id).error().code, core::Errc::conflict);
        QCOMPARE(kept.store->expire(SilenceId("sil-9")).error().code, core::Errc::not_found);
        kept.clock.advance(expired_kept + 1min);
        QVERIFY(kept.store->create(kept.draft(), "anna").has_value());
        QCOMPARE(kept.store->list().size(), std::size_t(1));
    }

    void whatMakesNoSenseIsRefused() {
        Kept kept;
        Silence draft = kept.draft();
        draft.comment.clear();
        QVERIFY(!kept.store->create(draft, "anna"));
        QVERIFY(!kept.store->create(kept.draft(-1s), "anna"));
        QVERIFY(!kept.store->create(kept.draft(400 * 24h), "anna"));
        const auto made = kept.store->create(kept.draft(), "anna");
        QCOMPARE(kept.store->extend(made->id, made->ends_at).error().code, core::Errc::invalid_argument);
        QVERIFY(!kept.store->extend(made->id, kept.clock.now() + 400 * 24h));
        QCOMPARE(kept.store->list(), std::vector<Silence>{*made});
    }
};

QTEST_GUILESS_MAIN(TestSilenceStore)
#include "tst_silence_store.moc"
