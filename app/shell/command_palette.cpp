#include "app/shell/command_palette.hpp"

#include <QApplication>
#include <QGraphicsDropShadowEffect>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

namespace qd::app {
namespace {

constexpr std::size_t kMaxHits = 200;
constexpr int kBlockedMalus = 6;  // what can be done now comes first among equals
constexpr int kRowHeight = 36;
constexpr int kPaletteWidth = 640;
constexpr int kPaletteRows = 10;

/// Kind, title with the matched letters in bold, and the shortcut, on one line.
class PaletteDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        return {option.rect.width(), kRowHeight};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QPalette& colours = option.palette;
        const bool selected = option.state & QStyle::State_Selected;
        const bool blocked = !index.data(PaletteModel::BlockedRole).toString().isEmpty();
        if (selected) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(colours.color(QPalette::Highlight));
            painter->drawRoundedRect(option.rect.adjusted(6, 1, -6, -1), 6, 6);
        }
        const QColor strong =
            selected ? colours.color(QPalette::HighlightedText) : colours.color(QPalette::Text);
        QColor faint = strong;
        faint.setAlphaF(0.65f);

        QRect area = option.rect.adjusted(18, 0, -18, 0);
        painter->setFont(option.font);
        painter->setPen(faint);
        const QString shortcut = index.data(PaletteModel::ShortcutRole).toString();
        if (!shortcut.isEmpty()) {
            painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, shortcut);
            area.setRight(area.right() - option.fontMetrics.horizontalAdvance(shortcut) - 16);
        }
        painter->drawText(QRect(area.left(), area.top(), 84, area.height()), Qt::AlignLeft | Qt::AlignVCenter,
                          index.data(PaletteModel::KindRole).toString());
        area.setLeft(area.left() + 92);
        painter->setPen(blocked ? faint : strong);
        drawTitle(painter, area, option.font, index);
        painter->restore();
    }

private:
    static void drawTitle(QPainter* painter, QRect area, QFont font, const QModelIndex& index) {
        QString title = index.data(Qt::DisplayRole).toString();
        const auto positions = index.data(PaletteModel::MatchRole).value<QVector<int>>();
        title = QFontMetrics(font).elidedText(title, Qt::ElideRight, area.width() - 24);
        QFont bold = font;
        bold.setWeight(QFont::Bold);
        int x = area.left();
        for (int at = 0; at < title.size();) {
            const bool hit = positions.contains(at);
            int end = at + 1;
            while (end < title.size() && positions.contains(end) == hit) ++end;
            const QString run = title.mid(at, end - at);
            painter->setFont(hit ? bold : font);
            painter->drawText(QRect(x, area.top(), area.right() - x, area.height()),
                              Qt::AlignLeft | Qt::AlignVCenter, run);
            x += QFontMetrics(hit ? bold : font).horizontalAdvance(run);
            at = end;
        }
    }
};

}  // namespace

int PaletteModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(hits_.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const Hit& hit = hits_[std::size_t(index.row())];
    const PaletteItem& item = items_[hit.item];
    switch (role) {
        case Qt::DisplayRole:
        case Qt::AccessibleTextRole:
            return item.title;
        case Qt::ToolTipRole:
            return item.blocked.isEmpty() ? QVariant() : QVariant(item.blocked);
        case KindRole:
            return item.kind;
        case ShortcutRole:
            return item.shortcut;
        case BlockedRole:
            return item.blocked;
        case MatchRole:
            return QVariant::fromValue(hit.match.positions);
        default:
            return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const {
    return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

void PaletteModel::setItems(std::vector<PaletteItem> items) {
    beginResetModel();
    items_ = std::move(items);
    match();
    endResetModel();
}

void PaletteModel::setPattern(const QString& pattern) {
    if (pattern == pattern_) return;
    beginResetModel();
    pattern_ = pattern;
    match();
    endResetModel();
}

const PaletteItem* PaletteModel::at(int row) const {
    return row >= 0 && row < int(hits_.size()) ? &items_[hits_[std::size_t(row)].item] : nullptr;
}

void PaletteModel::match() {
    hits_.clear();
    for (std::size_t i = 0; i < items_.size(); ++i)
        if (auto found = fuzzyMatch(pattern_, items_[i].title)) {
            if (!items_[i].blocked.isEmpty() && !pattern_.isEmpty()) found->score -= kBlockedMalus;
            hits_.push_back({i, *std::move(found)});
        }
    std::stable_sort(hits_.begin(), hits_.end(),
                     [](const Hit& a, const Hit& b) { return a.match.score > b.match.score; });
    if (hits_.size() > kMaxHits) hits_.resize(kMaxHits);
}

CommandPalette::CommandPalette(Source source, QWidget* window) : QFrame(window), source_(std::move(source)) {
    setObjectName(QStringLiteral("commandPalette"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setAccessibleName(QStringLiteral("Command palette"));
    field_ = new QLineEdit(this);
    field_->setPlaceholderText(QStringLiteral("Type an action, a page, an SLO, an incident or a title…"));
    field_->setAccessibleName(QStringLiteral("Find an action or a thing"));
    field_->setFrame(false);
    field_->setMinimumHeight(40);
    model_ = new PaletteModel(this);
    list_ = new QListView(this);
    list_->setModel(model_);
    list_->setItemDelegate(new PaletteDelegate(list_));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setUniformItemSizes(true);
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setMouseTracking(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setFixedHeight(kPaletteRows * kRowHeight + 8);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->setSpacing(6);
    layout->addWidget(field_);
    layout->addWidget(list_);
    setFixedWidth(kPaletteWidth);
    auto* shadow = new QGraphicsDropShadowEffect(this);
    shadow->setBlurRadius(32);
    shadow->setOffset(0, 8);
    shadow->setColor(QColor(0, 0, 0, 120));
    setGraphicsEffect(shadow);
    hide();

    connect(field_, &QLineEdit::textChanged, this, [this](const QString& typed) {
        model_->setPattern(typed);
        list_->setCurrentIndex(model_->index(0));
    });
    connect(field_, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(list_, &QListView::clicked, this, &CommandPalette::runCurrent);
    field_->installEventFilter(this);
    window->installEventFilter(this);
}

void CommandPalette::popUp(const QString& typed) {
    model_->setItems(source_());
    field_->setText(typed);
    model_->setPattern(typed);
    list_->setCurrentIndex(model_->index(0));
    place();
    if (!isVisible()) before_ = QApplication::focusWidget();
    show();
    raise();
    field_->setFocus(Qt::ShortcutFocusReason);
    field_->selectAll();
}

void CommandPalette::place() {
    adjustSize();
    move((parentWidget()->width() - width()) / 2, std::max(24, parentWidget()->height() / 8));
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget()) {
        if (event->type() == QEvent::Resize && isVisible()) place();
        return false;
    }
    if (event->type() == QEvent::FocusOut && isVisible()) hide();
    if (event->type() != QEvent::KeyPress) return false;
    switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Escape:
            close();
            return true;
        case Qt::Key_Down:
            moveCurrent(1);
            return true;
        case Qt::Key_Up:
            moveCurrent(-1);
            return true;
        case Qt::Key_PageDown:
            moveCurrent(kPaletteRows);
            return true;
        case Qt::Key_PageUp:
            moveCurrent(-kPaletteRows);
            return true;
        default:
            return false;
    }
}

void CommandPalette::close() {
    if (before_) before_->setFocus(Qt::OtherFocusReason);  // which hides it
    hide();
}

void CommandPalette::moveCurrent(int by) {
    const int rows = model_->rowCount();
    if (rows == 0) return;
    list_->setCurrentIndex(model_->index(std::clamp(list_->currentIndex().row() + by, 0, rows - 1)));
}

void CommandPalette::runCurrent() {
    const PaletteItem* item = model_->at(list_->currentIndex().row());
    if (!item || !item->blocked.isEmpty()) return;
    const auto run = item->run;
    close();
    if (run) run();
}

}  // namespace qd::app
