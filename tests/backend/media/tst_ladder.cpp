#include <QtTest>

#include "media/ladder.hpp"

using namespace qd::media;

class TestLadder : public QObject {
    Q_OBJECT
private slots:
    void sources_get_the_rungs_they_can_fill_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<QStringList>("rungs");
        QTest::newRow("720p") << 1280 << 720 << QStringList{"240p 426x240", "480p 854x480", "720p 1280x720"};
        QTest::newRow("1080p") << 1920 << 1080
                               << QStringList{"240p 426x240", "480p 854x480", "720p 1280x720",
                                              "1080p 1920x1080"};
        QTest::newRow("4K") << 3840 << 2160
                            << QStringList{"240p 426x240", "480p 854x480", "720p 1280x720",
                                           "1080p 1920x1080"};
        QTest::newRow("just below") << 848 << 479 << QStringList{"240p 424x240"};
        QTest::newRow("portrait") << 720 << 1280
                                  << QStringList{"240p 136x240", "480p 270x480", "720p 406x720",
                                                 "1080p 608x1080"};
        QTest::newRow("low") << 160 << 120 << QStringList{"120p 160x120"};
        QTest::newRow("odd and low") << 161 << 121 << QStringList{"120p 160x120"};
        QTest::newRow("cinema") << 1920 << 803
                                << QStringList{"240p 574x240", "480p 1148x480", "720p 1722x720"};
    }
    void sources_get_the_rungs_they_can_fill() {
        QFETCH(int, width);
        QFETCH(int, height);
        QStringList found;
        for (const Rung& rung : make_ladder(width, height))
            found << QString("%1 %2x%3")
                         .arg(QString::fromStdString(rung.name))
                         .arg(rung.width)
                         .arg(rung.height);
        QTEST(found, "rungs");
    }

    void bitrates_are_the_ladders() {
        const auto rungs = make_ladder(1920, 1080, LadderSettings::full());
        QCOMPARE(rungs.size(), std::size_t(5));
        const std::uint64_t expected[] = {300'000, 600'000, 1'200'000, 3'000'000, 6'000'000};
        for (std::size_t i = 0; i < rungs.size(); ++i) QCOMPARE(rungs[i].video_bitrate, expected[i]);
        QVERIFY(bitrate_for_height(120) < 300'000);
        QVERIFY(bitrate_for_height(600) > 1'200'000 && bitrate_for_height(600) < 3'000'000);
    }

    void any_source_gets_even_codable_rungs_no_higher_than_itself() {
        for (int width = 16; width <= 8192; width += 37)
            for (int height = 16; height <= 4320; height += 61) {
                const auto rungs = make_ladder(width, height, LadderSettings::full());
                QVERIFY(!rungs.empty());
                for (const Rung& rung : rungs) {
                    QVERIFY(rung.width % 2 == 0 && rung.height % 2 == 0);
                    QVERIFY(rung.width >= 16 && rung.width <= 8192 && rung.height <= height);
                }
            }
    }
};

QTEST_GUILESS_MAIN(TestLadder)
#include "tst_ladder.moc"
