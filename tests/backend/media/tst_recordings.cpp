// Real recordings, where they are: QUARTERDECK_MEDIA, or shared/media beside a folder above this one.

#include <QtTest>
#include <cmath>

#include "media_fixtures.hpp"

using namespace qd;
using namespace qd::media;

namespace {

std::filesystem::path recordings() {
    if (const char* folder = std::getenv("QUARTERDECK_MEDIA")) return folder;
    for (auto at : {std::filesystem::absolute(__FILE__), std::filesystem::current_path()})
        for (; at.has_relative_path(); at = at.parent_path())
            if (std::filesystem::exists(at / "shared" / "media")) return at / "shared" / "media";
    return {};
}

}  // namespace

class TestRecordings : public QObject {
    Q_OBJECT
private slots:
    void each_becomes_a_title_of_its_own_length_data() {
        QTest::addColumn<QString>("path");
        const auto folder = recordings();
        if (folder.empty()) {
            QTest::newRow("none here") << QString();
            return;
        }
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.path().extension() == ".mp4")
                QTest::newRow(entry.path().filename().c_str())
                    << QString::fromStdString(entry.path().string());
    }
    void each_becomes_a_title_of_its_own_length() {
        QFETCH(QString, path);
        if (path.isEmpty()) QSKIP("no recordings here: set QUARTERDECK_MEDIA to a folder of them");
        const auto source = std::filesystem::path(path.toStdString());
        const auto info = probe(source);
        QVERIFY2(info, info ? "" : info.error().message.c_str());
        const auto output = folder_.path("out");
        auto job = test::make_job(source, output, {240, 480});
        job.segment_duration = core::Seconds(2);
        const auto title = encode(job);
        QVERIFY2(title, title ? "" : title.error().message.c_str());
        QVERIFY(std::abs(title->duration_s - info->duration_s) < 0.25);
        std::vector<double> starts;
        for (const auto& rung : title->rungs) {
            const auto seen = test::read_rung(output / rung.rung.name);
            QCOMPARE(seen.error, std::string());
            QVERIFY(rung.rung.height <= info->height);
            QVERIFY(std::abs(seen.playlist.duration().count() - title->duration_s) < 0.01);
            QVERIFY(std::abs(seen.sound.back().end_s - title->duration_s) < 0.05);
            double last_s = -1;
            std::vector<double> mine;
            for (const auto& segment : seen.segments) {
                QVERIFY(segment.front().key);
                mine.push_back(segment.front().at_s);
                for (const auto& frame : segment) {
                    QVERIFY(frame.at_s > last_s);
                    last_s = frame.at_s;
                }
            }
            if (starts.empty()) starts = mine;
            QVERIFY(starts == mine);
            QCOMPARE(seen.frames().size(), std::size_t(title->frames));
        }
    }

private:
    test::Folder folder_;
};

QTEST_GUILESS_MAIN(TestRecordings)
#include "tst_recordings.moc"
