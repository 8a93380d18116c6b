#include "app/pages/preview/tool_menus.hpp"

#include <QMenu>
#include <QPushButton>

#include "app/pages/preview/preview_values.hpp"
#include "app/shell/session.hpp"
#include "widgets/theme/buttons.hpp"

namespace qd::app {

using namespace widgets;

namespace {
constexpr int kWidestMenuText = 180;
}

QPushButton* makeMenuButton(const QString& name, QWidget* parent) {
    QPushButton* button = makeButton({}, ButtonKind::Quiet, parent);
    button->setObjectName(name.toLower());
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setMenu(new QMenu(button));
    return button;
}

void showOnMenuButton(QPushButton* button, const QString& text, const QString& why) {
    // A name from a playlist: of any length, and an ampersand in it is one.
    const QString shown = button->fontMetrics()
                              .elidedText(text, Qt::ElideRight, kWidestMenuText)
                              .replace(QLatin1Char('&'), QStringLiteral("&&"));
    if (button->text() != shown) button->setText(shown);
    button->setAccessibleName(QStringLiteral("%1: %2").arg(button->objectName(), text));
    setDisabledReason(button, why);
}

QAction* addMenuChoice(Session& session, QMenu* menu, const QString& text, bool chosen, const char* action,
                       const QVariantMap& parameters) {
    QAction* item = menu->addAction(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")));
    item->setCheckable(true);
    item->setChecked(chosen);
    QObject::connect(item, &QAction::triggered, menu, [&session, action, parameters] {
        session.actions().invoke(QString::fromUtf8(action), parameters);
    });
    return item;
}

void fillSubtitleMenu(Session& session, QMenu* menu, const std::vector<player::TrackInfo>& tracks,
                      std::optional<int> chosen) {
    menu->clear();
    addMenuChoice(session, menu, QStringLiteral("Off"), !chosen, "preview.subtitles",
                  {{QStringLiteral("track"), -1}});
    for (int i = 0; i < int(tracks.size()); ++i)
        addMenuChoice(session, menu, trackText(tracks[std::size_t(i)], i), chosen == i, "preview.subtitles",
                      {{QStringLiteral("track"), i}});
}

QString subtitleChoiceText(const std::vector<player::TrackInfo>& tracks, std::optional<int> chosen) {
    return chosen && *chosen >= 0 && *chosen < int(tracks.size())
               ? trackText(tracks[std::size_t(*chosen)], *chosen)
               : QStringLiteral("Subtitles off");
}

void addMenuActions(Session& session, QMenu* menu, const QList<const char*>& ids) {
    for (const char* id : ids) {
        if (*id == '\0')
            menu->addSeparator();
        else if (QAction* action = session.actions().action(QString::fromUtf8(id)))
            menu->addAction(action);
    }
}

}  // namespace qd::app
