#include "app/shell/shortcut_sheet.hpp"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "app/shell/actions.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/theme.hpp"
#include "widgets/tiles/key_hint.hpp"

namespace qd::app {

using namespace widgets;

namespace {

constexpr int kWideWindow = 1'280;  // from here on three columns fit

struct Line {
    QString title;
    QString keys;
};

struct Group {
    QString title;
    QString page;  // empty: everywhere
    std::vector<Line> lines;
};

// Keys that belong to a widget rather than to an action.
const std::vector<Group>& widgetKeys() {
    static const std::vector<Group> keys{
        {QStringLiteral("Tables"),
         {},
         {{QStringLiteral("Next, previous row"), QStringLiteral("J, K")},
          {QStringLiteral("Open the row"), QStringLiteral("Enter")},
          {QStringLiteral("Filter"), QStringLiteral("/")},
          {QStringLiteral("Copy the rows"), QStringLiteral("Ctrl+C")}}},
        {QStringLiteral("Charts and timelines"),
         {},
         {{QStringLiteral("Move the crosshair"), QStringLiteral("Left, Right")},
          {QStringLiteral("Zoom in, out"), QStringLiteral("Plus, Minus")},
          {QStringLiteral("The whole range"), QStringLiteral("0")},
          {QStringLiteral("Save a chart as PNG, SVG or CSV"), QStringLiteral("Ctrl+E")},
          {QStringLiteral("Copy a chart as a picture"), QStringLiteral("Ctrl+C")}}},
        {QStringLiteral("The player's position bar"),
         QStringLiteral("preview"),
         {{QStringLiteral("Back, ahead 30 s"), QStringLiteral("Page Up, Page Down")},
          {QStringLiteral("Leave full screen or its own window"), QStringLiteral("Esc")},
          {QStringLiteral("Move the wipe"), QStringLiteral("Left, Right")}}},
        {QStringLiteral("The likeness of two pictures"),
         QStringLiteral("preview"),
         {{QStringLiteral("From column to column; with Shift from pair to pair"),
           QStringLiteral("Left, Right")},
          {QStringLiteral("From finding to finding"), QStringLiteral("Page Up, Page Down")},
          {QStringLiteral("Go there"), QStringLiteral("Enter")}}},
    };
    return keys;
}

QWidget* groupBox(const Group& group, QWidget* parent) {
    auto* box = new QWidget(parent);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, space::lg);
    grid->setHorizontalSpacing(space::lg);
    grid->setVerticalSpacing(space::sm);
    grid->setColumnStretch(0, 1);
    auto* heading = new QLabel(group.title, box);
    heading->setFont(widgets::textFont(Type::Body, Weight::Semibold));
    grid->addWidget(heading, 0, 0, 1, 2);
    int row = 1;
    for (const Line& line : group.lines) {
        auto* name = new QLabel(line.title, box);
        name->setFont(widgets::textFont(Type::Body));
        grid->addWidget(name, row, 0);
        auto* keys = new KeyHint(line.keys, box);
        keys->setAccessibleName(line.keys);
        grid->addWidget(keys, row++, 1, Qt::AlignRight);
    }
    return box;
}

}  // namespace

ShortcutSheet::ShortcutSheet(const ActionRegistry& actions, const QString& page, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(QStringLiteral("Keyboard shortcuts"));
    setObjectName(QStringLiteral("shortcutSheet"));
    std::vector<Group> groups;
    for (const Command* command : actions.commands()) {
        if (command->shortcut.isEmpty()) continue;
        auto at = std::ranges::find(groups, command->group, &Group::title);
        if (at == groups.end()) at = groups.insert(groups.end(), {command->group, command->page, {}});
        QStringList keys;
        for (const QKeySequence& key : actions.action(command->id)->shortcuts())
            keys << key.toString(QKeySequence::NativeText);
        at->lines.push_back({command->title, keys.join(QStringLiteral(", "))});
    }
    groups.insert(groups.end(), widgetKeys().begin(), widgetKeys().end());
    std::ranges::stable_partition(groups, [&](const Group& group) { return group.page == page; });

    auto* content = new QWidget(this);
    auto* columns = new QHBoxLayout(content);
    columns->setContentsMargins(space::xl, space::lg, space::xl, 0);
    columns->setSpacing(space::xxl);
    const QSize room = parent ? parent->size() : QSize(kWideWindow, kWideWindow);
    std::vector<QVBoxLayout*> sides(room.width() >= kWideWindow ? 3 : 2);
    for (QVBoxLayout*& side : sides) columns->addLayout(side = new QVBoxLayout, 1);
    std::vector<std::size_t> filled(sides.size());
    for (const Group& group : groups) {
        const auto side = std::size_t(std::ranges::min_element(filled) - filled.begin());
        sides[side]->addWidget(groupBox(group, content));
        filled[side] += group.lines.size() + 2;
    }
    for (QVBoxLayout* side : sides) side->addStretch();
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);

    auto* close = makeButton(QStringLiteral("Close"), ButtonKind::Primary, this);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(space::xl, space::md, space::xl, space::lg);
    foot->addStretch();
    foot->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll, 1);
    layout->addLayout(foot);
    // As wide as its words, so that it scrolls up and down only; as high as the window allows.
    const int wide = content->sizeHint().width() + scroll->verticalScrollBar()->sizeHint().width();
    resize(std::min(wide, room.width()),
           std::min(sizeHint().height() + content->sizeHint().height(), room.height() * 9 / 10));
}

}  // namespace qd::app
