#include "widgets/theme/theme.hpp"

#include <QApplication>
#include <QFontDatabase>
#include <QToolTip>

#include "widgets/theme/deck_style.hpp"
#include "widgets/theme/palette_tables.hpp"
#include "widgets/theme/spoken.hpp"

// Outside of namespaces, as the macro wants it: a static library's resources are dropped unless someone asks
// for them.
static void initResources() {
    Q_INIT_RESOURCE(qd_widgets);
}

namespace qd::widgets {
namespace {

struct Families {
    QString text;
    QString mono;
};

const Families& families() {
    static const Families found = [] {
        initResources();
        Families faces;
        for (const char* weight : {"Regular", "Medium", "SemiBold"}) {
            const QString file = QStringLiteral(":/qd/fonts/Inter-%1.otf").arg(QLatin1String(weight));
            QFontDatabase::addApplicationFont(file);
        }
        const QStringList known = QFontDatabase::families();
        const auto firstOf = [&known](const QStringList& wanted) {
            for (const QString& name : wanted)
                if (known.contains(name)) return name;
            return known.isEmpty() ? wanted.last() : known.first();
        };
        faces.text = firstOf({"Inter", "DejaVu Sans", "Noto Sans", "Liberation Sans"});
        faces.mono = firstOf({"DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono", faces.text});
        return faces;
    }();
    return found;
}

QFont::Weight qtWeight(Weight weight) {
    switch (weight) {
        case Weight::Regular:
            return QFont::Normal;
        case Weight::Medium:
            return QFont::Medium;
        case Weight::Semibold:
            return QFont::DemiBold;
    }
    return QFont::Normal;
}

}  // namespace

Theme::Theme() {
    setMode(Mode::Dark);
}

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

void Theme::setMode(Mode mode) {
    mode_ = mode;
    const PaletteTable& table = paletteTable(mode);
    for (std::size_t i = 0; i < table.size(); ++i) colors_[i] = QColor::fromRgb(table[i]);
}

void Theme::apply(QApplication& app, Mode mode) {
    initResources();
    Theme& theme = instance();
    const bool first = dynamic_cast<DeckStyle*>(app.style()) == nullptr;
    if (!first && theme.mode_ == mode) return;
    theme.setMode(mode);
    if (first) {
        installSpokenFactory();
        QApplication::setStyle(new DeckStyle);
        QApplication::setFont(textFont(Type::Body));
        QToolTip::setFont(textFont(Type::Small));
    }
    QApplication::setPalette(theme.palette());
    QToolTip::setPalette(theme.palette());
    // Styles paint by token, so a new palette repaints all that is visible; nothing is polished again.
    for (QWidget* widget : QApplication::allWidgets()) widget->update();
    emit theme.changed(mode);
}

Mode Theme::preferredMode(const QPalette& desktop) {
    return desktop.color(QPalette::Window).lightness() < desktop.color(QPalette::WindowText).lightness()
               ? Mode::Dark
               : Mode::Light;
}

QPalette Theme::palette() const {
    QPalette p;
    p.setColor(QPalette::Window, color(Token::Background));
    p.setColor(QPalette::WindowText, color(Token::Text));
    p.setColor(QPalette::Base, color(Token::Surface));
    p.setColor(QPalette::AlternateBase, color(Token::Hover));
    p.setColor(QPalette::Text, color(Token::Text));
    p.setColor(QPalette::PlaceholderText, color(Token::TextMuted));
    p.setColor(QPalette::Button, color(Token::Raised));
    p.setColor(QPalette::ButtonText, color(Token::Text));
    p.setColor(QPalette::BrightText, color(Token::Bad));
    p.setColor(QPalette::Highlight, color(Token::AccentSoft));
    p.setColor(QPalette::HighlightedText, color(Token::Text));
    p.setColor(QPalette::Link, color(Token::Accent));
    p.setColor(QPalette::LinkVisited, color(Token::Accent));
    p.setColor(QPalette::ToolTipBase, color(Token::Raised));
    p.setColor(QPalette::ToolTipText, color(Token::Text));
    p.setColor(QPalette::Light, color(Token::Hover));
    p.setColor(QPalette::Midlight, color(Token::Raised));
    p.setColor(QPalette::Mid, color(Token::LineStrong));
    p.setColor(QPalette::Dark, color(Token::Line));
    p.setColor(QPalette::Shadow, color(Token::Sunken));
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, color(Token::TextFaint));
    return p;
}

QColor color(Token token) {
    return Theme::instance().color(token);
}

QColor color(Token token, double opacity) {
    QColor c = color(token);
    c.setAlphaF(static_cast<float>(opacity));
    return c;
}

QFont textFont(Type type, Weight weight) {
    QFont f(families().text);
    f.setPixelSize(typeSize(type));
    f.setWeight(qtWeight(weight));
    f.setStyleStrategy(QFont::PreferAntialias);
    f.setHintingPreference(QFont::PreferVerticalHinting);
    return f;
}

QFont monoFont(Type type) {
    QFont f(families().mono);
    f.setPixelSize(typeSize(type) - 1);  // DejaVu's mono runs larger than Inter at the same size
    f.setStyleHint(QFont::Monospace);
    f.setHintingPreference(QFont::PreferVerticalHinting);
    return f;
}

}  // namespace qd::widgets
