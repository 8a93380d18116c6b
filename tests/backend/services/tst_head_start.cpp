// Whoever begins a title that is still being encoded does not catch the encoder up.

#include "services/head_start.hpp"

#include <QTest>

using namespace qd;
using core::Seconds;
using services::has_head_start;

class TstHeadStart : public QObject {
    Q_OBJECT

private slots:
    void a_fast_encoder_needs_none() {
        QVERIFY(has_head_start({Seconds(7200), Seconds(8), Seconds(4)}));
        QVERIFY(has_head_start({Seconds(7200), Seconds(8), Seconds(0)}));
        // As fast as the viewer today, slower once he has come.
        QVERIFY(!has_head_start({Seconds(7200), Seconds(8), Seconds(8)}));
    }

    void nothing_published_is_no_start() {
        QVERIFY(!has_head_start({Seconds(40), Seconds(0), Seconds(0)}));
        QVERIFY(!has_head_start({Seconds(40), Seconds(-3), Seconds(1)}));
    }

    void all_of_it_or_no_known_end_is_enough() {
        QVERIFY(has_head_start({Seconds(40), Seconds(40), Seconds(4000)}));
        QVERIFY(has_head_start({Seconds(0), Seconds(0), Seconds(100)}));
    }

    /// Plays what the answer was given for, against an encoder that keeps seven tenths of its pace.
    void the_viewer_stays_behind_a_slower_encoder() {
        for (const double pace : {0.05, 0.2, 0.5, 1.0, 1.3}) {
            const double duration = 60;
            double published = 0;
            while (!has_head_start({Seconds(duration), Seconds(published), Seconds(published / pace)}))
                published += 0.5;
            QVERIFY(published <= duration);
            const auto encoded = [&](double s) { return std::min(duration, published + 0.7 * pace * s); };
            for (double s = 0; s <= duration; s += 0.25) QVERIFY(s <= encoded(s) + 1e-9);
            // And nobody waited for much more than that.
            const double sooner = published - 1;
            const double end = (duration - sooner) / (0.7 * pace);
            QVERIFY(end > duration || sooner + 0.7 * pace * end < end);
        }
    }
};

QTEST_GUILESS_MAIN(TstHeadStart)
#include "tst_head_start.moc"
