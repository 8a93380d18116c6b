#include <QFontInfo>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSignalSpy>
#include <QtMath>
#include <cmath>

#include "tests/widgets/support.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/format.hpp"
#include "widgets/theme/icons.hpp"
#include "widgets/theme/numbers.hpp"
#include "widgets/theme/palette_tables.hpp"
#include "widgets/theme/status.hpp"

using namespace qd::widgets;

class ThemeTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useTheme(); }
    void switchTellsAndRecolours();
    void applyingTheSameAgainIsQuiet();
    void textIsReadable_data();
    void textIsReadable();
    void everyIconHasAPicture();
    void iconsFollowTheTheme();
    void numbersDoNotJitter();
    void everyStateHasAWordAndAShape();
    void disabledButtonsSayWhy();
    void formats();
    void ratioNeverRoundsUpToAllGood();
};

namespace {
double luminance(QRgb rgb) {
    const auto linear = [](int channel) {
        const double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(qRed(rgb)) + 0.7152 * linear(qGreen(rgb)) + 0.0722 * linear(qBlue(rgb));
}
// WCAG 2.1, 1.4.3
double contrast(QRgb a, QRgb b) {
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}
QImage painted(const std::function<void(QPainter&)>& paint) {
    QImage image(32, 32, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    paint(painter);
    return image;
}
}  // namespace

void ThemeTest::switchTellsAndRecolours() {
    QSignalSpy spy(&Theme::instance(), &Theme::changed);
    const QColor before = color(Token::Surface);
    useTheme(Mode::Light);
    QCOMPARE(spy.count(), 1);
    QVERIFY(color(Token::Surface) != before);
    QCOMPARE(qApp->palette().color(QPalette::Window), color(Token::Background));
    QPushButton button("Press");
    button.resize(90, 30);
    const QImage light = button.grab().toImage();
    useTheme(Mode::Dark);
    QVERIFY(button.grab().toImage() != light);
}

void ThemeTest::applyingTheSameAgainIsQuiet() {
    useTheme(Mode::Dark);
    QSignalSpy spy(&Theme::instance(), &Theme::changed);
    useTheme(Mode::Dark);
    QCOMPARE(spy.count(), 0);
}

void ThemeTest::textIsReadable_data() {
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("fore");
    QTest::addColumn<int>("back");
    QTest::addColumn<double>("least");
    const auto row = [](const char* name, Token fore, Token back, double least) {
        for (const Mode mode : {Mode::Dark, Mode::Light})
            QTest::addRow("%s %s", name, mode == Mode::Dark ? "dark" : "light")
                << int(mode) << int(fore) << int(back) << least;
    };
    row("text", Token::Text, Token::Background, 10);
    row("muted", Token::TextMuted, Token::Surface, 4.5);
    row("muted on hover", Token::TextMuted, Token::Hover, 4.5);
    row("muted on selection", Token::TextMuted, Token::AccentSoft, 4.5);
    row("faint", Token::TextFaint, Token::Surface, 3);
    row("primary button", Token::OnAccent, Token::Accent, 4.5);
    row("good badge", Token::Good, Token::GoodSoft, 4.5);
    row("warn badge", Token::Warn, Token::WarnSoft, 4.5);
    row("bad badge", Token::Bad, Token::BadSoft, 4.5);
    row("info badge", Token::Info, Token::InfoSoft, 4.5);
    row("bad text", Token::Bad, Token::Surface, 4.5);
    row("link", Token::Accent, Token::Surface, 4.5);
    for (int i = 0; i < 8; ++i)
        row(qPrintable(QString("series %1").arg(i + 1)), seriesToken(i), Token::Surface, 3);
}

void ThemeTest::textIsReadable() {
    QFETCH(int, mode);
    QFETCH(int, fore);
    QFETCH(int, back);
    QFETCH(double, least);
    const PaletteTable& table = paletteTable(Mode(mode));
    const double found = contrast(table[size_t(fore)], table[size_t(back)]);
    QVERIFY2(found >= least, qPrintable(QString("contrast %1").arg(found)));
}

void ThemeTest::everyIconHasAPicture() {
    for (int i = 0; i < int(Icon::Count); ++i) {
        const QImage image = painted([&](QPainter& p) { paintIcon(p, {0, 0, 32, 32}, Icon(i), Qt::white); });
        int inked = 0;
        for (int y = 0; y < 32; ++y)
            for (int x = 0; x < 32; ++x) inked += qAlpha(image.pixel(x, y)) > 64;
        QVERIFY2(inked > 8, qPrintable(iconName(Icon(i))));
    }
}

void ThemeTest::iconsFollowTheTheme() {
    const QIcon icon = makeIcon(Icon::Stop, Token::Text);
    useTheme(Mode::Dark);
    const QImage dark = icon.pixmap(16, 16).toImage();
    useTheme(Mode::Light);
    QVERIFY(icon.pixmap(16, 16).toImage() != dark);
    useTheme(Mode::Dark);
}

void ThemeTest::numbersDoNotJitter() {
    const QFont font = textFont(Type::Display);
    const qreal width = numberWidth("00.000", font);
    for (const char* text : {"11.111", "98.712", "47.474"}) QCOMPARE(numberWidth(text, font), width);
}

void ThemeTest::everyStateHasAWordAndAShape() {
    QVector<QImage> shapes;
    QStringList words;
    for (const State s :
         {State::Good, State::Warn, State::Bad, State::Info, State::Neutral, State::NoData, State::Stale}) {
        QVERIFY(!stateWord(s).isEmpty());
        QVERIFY(!words.contains(stateWord(s)));
        words << stateWord(s);
        // By shape alone: colour is thrown away.
        const QImage shape = painted([&](QPainter& p) {
                                 paintStatusShape(p, {0, 0, 32, 32}, s);
                             }).convertToFormat(QImage::Format_Alpha8);
        QVERIFY(!shapes.contains(shape));
        shapes << shape;
    }
}

void ThemeTest::disabledButtonsSayWhy() {
    QPushButton button("Promote");
    button.setToolTip("Sends all traffic to the canary");
    setDisabledReason(&button, "Needs the role release-manager");
    QVERIFY(!button.isEnabled());
    QCOMPARE(button.toolTip(), "Needs the role release-manager");
    setDisabledReason(&button, "The rollout is over");
    setDisabledReason(&button, {});
    QVERIFY(button.isEnabled());
    QCOMPARE(button.toolTip(), "Sends all traffic to the canary");
}

void ThemeTest::formats() {
    QCOMPARE(formatRatio(0.99871), "99.871 %");
    QCOMPARE(formatRatio(1), "100 %");
    QCOMPARE(formatRatio(0.5), "50.0 %");
    QCOMPARE(formatRatio(qQNaN()), "–");
    QCOMPARE(formatPercent(0.0123), "1.2 %");
    QCOMPARE(formatSeconds(0.0042), "4.2 ms");
    QCOMPARE(formatSeconds(0.000042), QString("42 ") + QChar(0xb5) + "s");
    QCOMPARE(formatSeconds(1.5), "1.50 s");
    QCOMPARE(formatSeconds(95), "1 min 35 s");
    QCOMPARE(formatSeconds(7300), "2 h 1 min");
    QCOMPARE(formatSeconds(0), "0 s");
    QCOMPARE(formatRate(1234.5), "1.23 k/s");
    QCOMPARE(formatFactor(14.4), QString("14.4") + QChar(0xd7));
    QCOMPARE(formatCount(12), "12");
    QCOMPARE(formatBytes(1500), "1.50 kB");
    QCOMPARE(formatAge(-5), "now");
    QCOMPARE(formatAge(2000), "2 s ago");
    QCOMPARE(formatAge(180'000), "3 min ago");
    QCOMPARE(formatPosition(62'000), "1:02");
    QCOMPARE(formatPosition(3'723'000), "1:02:03");
}

void ThemeTest::ratioNeverRoundsUpToAllGood() {
    QCOMPARE(formatRatio(0.9999999), "99.999 %");
}

QTEST_MAIN(ThemeTest)
#include "tst_theme.moc"
