#include "services/title.hpp"

#include <QString>
#include <QTest>
#include <random>

using namespace qd;

class TstTitle : public QObject {
    Q_OBJECT

private slots:
    void titles_data() {
        QTest::addColumn<QByteArray>("title");
        QTest::addColumn<bool>("fits");
        const auto row = [](const char* name, const QByteArray& title, bool fits) {
            QTest::newRow(name) << title << fits;
        };
        row("plain", "Launch day", true);
        row("any script", "Größe 大きさ 🚀", true);
        row("200 characters of four bytes", QString::fromUcs4(U"🚀").repeated(200).toUtf8(), true);
        row("201 characters", QByteArray(201, 'a'), false);
        row("empty", "", false);
        row("spaces only", "  \xC2\xA0 ", false);
        row("line break", "a\nb", false);
        row("zero byte", QByteArray("a\0b", 3), false);
        row("C1 control", "a\xC2\x85", false);
        row("text direction override", "a\xE2\x80\xAEgpj", false);
        row("broken UTF-8", "a\xFF", false);
        row("cut short", "a\xE2\x82", false);
        row("overlong", "a\xC0\xAF", false);
        row("surrogate", "a\xED\xA0\x80", false);
        row("beyond Unicode", "a\xF4\x90\x80\x80", false);
    }
    void titles() {
        QFETCH(QByteArray, title);
        QFETCH(bool, fits);
        const auto checked = services::check_title(title.toStdString());
        QVERIFY2(checked.has_value() == fits, checked ? "accepted" : checked.error().message.c_str());
        if (!fits) QCOMPARE(checked.error().code, core::Errc::invalid_argument);
    }

    // Against Qt's decoder.
    void only_valid_utf8_passes() {
        std::mt19937 random(9);
        for (int i = 0; i < 20'000; ++i) {
            QByteArray bytes = "x";
            for (unsigned n = random() % 5; n > 0; --n) bytes += char(random());
            if (!services::check_title(bytes.toStdString())) continue;
            QCOMPARE(QString::fromUtf8(bytes).toUtf8(), bytes);
        }
    }
};

QTEST_GUILESS_MAIN(TstTitle)
#include "tst_title.moc"
