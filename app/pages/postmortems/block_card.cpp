#include "app/pages/postmortems/block_card.hpp"

#include <QAbstractTextDocumentLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QRegularExpression>
#include <QScrollBar>
#include <QTextBrowser>
#include <QTextTable>
#include <QVBoxLayout>
#include <cmath>

#include "app/models/values.hpp"
#include "widgets/theme/buttons.hpp"
#include "widgets/theme/labels.hpp"
#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

namespace {
// As exports have it: GitHub's tables, and _words_ slanted, where Qt would underline them (md4c's 0x4000).
constexpr QTextDocument::MarkdownFeatures kDialect{QTextDocument::MarkdownDialectGitHub & ~0x4000};
constexpr int kShortHeight = 168;  // until "Show all": the text around it matters more
}  // namespace

QString withEventLinks(const QString& markdown) {
    static const QRegularExpression mention(QStringLiteral("\\bevents? (\\d{1,19}(?:, \\d{1,19})*)"));
    static const QRegularExpression number(QStringLiteral("(\\d+)"));
    QString linked;
    qsizetype from = 0;
    for (auto found = mention.globalMatch(markdown); found.hasNext();) {
        const auto match = found.next();
        linked += QStringView(markdown).mid(from, match.capturedStart(1) - from);
        linked += match.captured(1).replace(number, QStringLiteral("[\\1](event:\\1)"));
        from = match.capturedEnd(1);
    }
    return linked += QStringView(markdown).mid(from);
}

BlockCard::BlockCard(QWidget* parent) : QFrame(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::lg, space::sm, space::md, space::sm);
    column->setSpacing(space::xs);
    title_ = makeElidedLabel(Type::Body, this);
    title_->setForegroundRole(QPalette::WindowText);
    source_ = makeElidedLabel(Type::Small, this);
    more_ = makeButton({}, ButtonKind::Link, this);
    detach_ = makeButton(QStringLiteral("Edit by hand"), ButtonKind::Quiet, this);
    detach_->setToolTip(QStringLiteral("Takes the text over; it does not follow the journal any more"));
    remove_ = makeButton(QStringLiteral("Remove"), ButtonKind::Quiet, this);
    remove_->setToolTip(QStringLiteral("Takes the block out of this section; Insert brings it back"));
    auto* foot = new QHBoxLayout;
    foot->setSpacing(space::xs);
    foot->addWidget(more_);
    foot->addStretch();
    foot->addWidget(detach_);
    foot->addWidget(remove_);
    column->addWidget(title_);
    column->addWidget(source_);
    text_ = new QTextBrowser(this);
    text_->setFrameShape(QFrame::NoFrame);
    text_->setOpenLinks(false);
    text_->viewport()->setAutoFillBackground(false);
    text_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    text_->document()->setDocumentMargin(0);
    // Folded, it shows its beginning; the wheel is the pane's.
    text_->viewport()->installEventFilter(this);
    connect(text_->verticalScrollBar(), &QScrollBar::rangeChanged, this,
            [this] { text_->verticalScrollBar()->setValue(0); });
    column->addWidget(text_);
    column->addLayout(foot);
    connect(text_, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        if (url.scheme() == QLatin1String("event")) emit eventWanted(url.path().toULongLong());
    });
    connect(more_, &QPushButton::clicked, this, [this] {
        all_ = !all_;
        fit();
    });
    connect(detach_, &QPushButton::clicked, this, &BlockCard::detachWanted);
    connect(remove_, &QPushButton::clicked, this, &BlockCard::removeWanted);
    connect(&Theme::instance(), &Theme::changed, this, &BlockCard::fill);
}

void BlockCard::show(const postmortems::Block& block, std::uint64_t journalVersion, const QString& readOnly) {
    source_->setText(QStringLiteral("from the journal, up to event %1").arg(journalVersion));
    setDisabledReason(detach_, readOnly);
    setDisabledReason(remove_, readOnly);
    if (block == block_) return;
    block_ = block;
    title_->setText(str(block.title));
    setAccessibleName(QStringLiteral("%1, from the journal").arg(title_->text()));
    text_->setAccessibleName(title_->text());
    fill();
}

void BlockCard::fill() {
    const QString markdown = str(block_.markdown).trimmed();
    text_->document()->setDefaultFont(textFont(Type::Small));
    text_->document()->setMarkdown(markdown.isEmpty()
                                       ? QStringLiteral("*The journal has nothing for this yet.*")
                                       : withEventLinks(markdown),
                                   kDialect);
    // Qt's own frame around each cell is louder than the text.
    QTextTableFormat quiet;
    quiet.setBorder(1);
    quiet.setBorderCollapse(true);
    quiet.setBorderBrush(color(Token::Line));
    quiet.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
    quiet.setCellPadding(space::xs);
    for (QTextFrame* frame : text_->document()->rootFrame()->childFrames())
        if (auto* table = qobject_cast<QTextTable*>(frame)) table->setFormat(quiet);
    fit();
}

void BlockCard::fit() {
    const int whole = int(std::ceil(text_->document()->size().height())) + space::xs;
    const bool isLong = whole > kShortHeight;
    const int height = all_ || !isLong ? whole : kShortHeight;
    if (text_->height() != height || text_->minimumHeight() != height) text_->setFixedHeight(height);
    text_->verticalScrollBar()->setValue(0);
    more_->setVisible(isLong);
    more_->setText(all_ ? QStringLiteral("Show less") : QStringLiteral("Show all"));
}

bool BlockCard::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::Wheel) return QFrame::eventFilter(watched, event);
    event->ignore();
    return true;
}

void BlockCard::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    fit();
}

void BlockCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(Token::Sunken));
    painter.drawRoundedRect(rect(), controlRadius, controlRadius);
    // A bar at the left, as a quotation has: this is the journal speaking.
    painter.setBrush(color(Token::Info));
    painter.drawRect(0, space::sm, 3, height() - 2 * space::sm);
}

}  // namespace qd::app
